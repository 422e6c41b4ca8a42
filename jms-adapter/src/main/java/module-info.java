/** A Jakarta Messaging provider over AMQP 0-9-1. */
module dev.leveret.jms {
    requires transitive java.naming;
    requires org.slf4j;
    requires transitive dev.leveret.amqp;
    requires transitive jakarta.messaging;
    requires static transitive org.jspecify;

    exports dev.leveret.jms;
    exports dev.leveret.jms.jndi;

    provides javax.naming.spi.InitialContextFactory with
            dev.leveret.jms.jndi.LeveretInitialContextFactory;
}
