package dev.leveret.amqp.api;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/**
 * Finds the addresses of an endpoint: the system's resolver, DNS SRV records, or whatever knows where the brokers are.
 *
 * <p>It is asked anew at each connect, on a thread of its own: it may block. After {@link ConnectionOptions#dnsTimeout}, or
 * when nobody wants the connection any more, its thread is interrupted and its answer is ignored.
 */
@FunctionalInterface
public interface AddressResolver {

    /** The service that plain AMQP's SRV records are for. */
    String SRV_AMQP = "_amqp._tcp";

    /** The service that the SRV records of AMQP over TLS are for. */
    String SRV_AMQPS = "_amqps._tcp";

    /**
     * An address that an endpoint leads to.
     *
     * @param endpoint the name and port behind the address: the endpoint that was asked for, or another that it stands for.
     *     The port is connected to, the host is what a certificate has to be for
     * @param address the address
     */
    record ResolvedAddress(Endpoint endpoint, InetAddress address) {}

    /**
     * The addresses of an endpoint, those to be tried first at the beginning.
     *
     * @throws IOException if there are none, such as {@link java.net.UnknownHostException}
     */
    List<ResolvedAddress> resolve(Endpoint endpoint) throws IOException;

    /**
     * All addresses that the JVM finds for the host. The JVM keeps answers for as long as its security property
     * {@code networkaddress.cache.ttl} says, 30 seconds by default.
     */
    static AddressResolver system() {
        return SystemResolver.INSTANCE;
    }

    /**
     * SRV records (RFC 2782): of {@code <service>.<host>}, or of the host itself where its name begins with an underscore.
     * Their targets are tried by priority and, at random, by weight, each at all its addresses. A host without such
     * records, or an IP address, is connected to as it is, with the port of its endpoint.
     *
     * <p>The DNS servers are those of the operating system; they are asked through JNDI, for which the modules
     * {@code java.naming} and {@code jdk.naming.dns} have to be in the JDK's image.
     *
     * @param service {@link #SRV_AMQP} or {@link #SRV_AMQPS}, or a service of your own
     * @throws IllegalStateException if the JDK has no {@code java.naming}
     */
    static AddressResolver srv(String service) {
        return new SrvResolver(service);
    }
}
