/** An AMQP 0-9-1 client for the JVM. */
module dev.leveret.amqp {
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires org.slf4j;
    requires transitive java.net.http;
    requires static transitive org.jspecify;

    exports dev.leveret.amqp;
    exports dev.leveret.amqp.api;
    exports dev.leveret.amqp.oauth2;
}
