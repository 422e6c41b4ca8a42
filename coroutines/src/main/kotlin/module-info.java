/** The Kotlin face of Leveret. */
module dev.leveret.coroutines {
    requires transitive dev.leveret.amqp;
    requires transitive kotlin.stdlib;
    requires transitive kotlinx.coroutines.core;
    requires org.slf4j;

    exports dev.leveret.coroutines;
}
