/** An AMQP 0-9-1 client for the JVM. */
module dev.leveret.amqp {
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires org.slf4j;
    requires transitive java.net.http;
    // Not transitive: who does not use their packages need not have them. Who does requires them himself.
    requires static io.opentelemetry.api;
    requires static io.opentelemetry.context;
    requires static micrometer.core;
    requires static io.netty.transport.classes.epoll;
    // For those who look up SRV records.
    requires static java.naming;
    requires static transitive org.jspecify;

    exports dev.leveret.amqp;
    exports dev.leveret.amqp.api;
    exports dev.leveret.amqp.oauth2;
    exports dev.leveret.amqp.topology;
    exports dev.leveret.amqp.micrometer;
    exports dev.leveret.amqp.opentelemetry;
}
