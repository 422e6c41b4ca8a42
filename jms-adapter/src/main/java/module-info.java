/** A Jakarta Messaging provider over AMQP 0-9-1. */
module dev.leveret.jms {
    requires java.naming;
    requires org.slf4j;
    requires transitive dev.leveret.amqp;
    requires transitive jakarta.messaging;
    requires static transitive org.jspecify;

    exports dev.leveret.jms;
}
