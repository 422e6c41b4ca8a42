package dev.leveret.testkit.probe;

import java.net.URI;

/**
 * Host, port and transport of an AMQP URI. Its {@code toString} is {@code host:port}, so it may be printed.
 *
 * @param host name or number; without the brackets of IPv6
 * @param port TCP port
 * @param tls whether the URI is {@code amqps}
 */
public record AmqpAddress(String host, int port, boolean tls) {

    private static final int AMQP_PORT = 5672;
    private static final int AMQPS_PORT = 5671;

    /**
     * Reads a URI. The name of a host may hold an underscore, as names of containers do; {@link URI#getHost} gives up
     * on those.
     *
     * @param uri {@code amqp} or {@code amqps}
     * @return where to connect to
     * @throws IllegalArgumentException when it is no AMQP URI or names no host; the message holds no part of the URI
     *     that could be a password
     */
    public static AmqpAddress of(URI uri) {
        boolean tls = "amqps".equalsIgnoreCase(uri.getScheme());
        if (!tls && !"amqp".equalsIgnoreCase(uri.getScheme())) {
            throw new IllegalArgumentException("its scheme is neither amqp nor amqps");
        }
        String authority = uri.getRawAuthority();
        String endpoint = authority == null ? "" : authority.substring(authority.lastIndexOf('@') + 1);
        int colon = endpoint.lastIndexOf(':');
        boolean hasPort = colon > endpoint.lastIndexOf(']');
        String host = hasPort ? endpoint.substring(0, colon) : endpoint;
        if (host.isEmpty()) {
            throw new IllegalArgumentException("it names no host");
        }
        int otherwise = tls ? AMQPS_PORT : AMQP_PORT;
        return new AmqpAddress(unbracketed(host), hasPort ? port(endpoint.substring(colon + 1)) : otherwise, tls);
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static int port(String digits) {
        if (digits.matches("[0-9]{1,5}")) {
            int port = Integer.parseInt(digits);
            if (port > 0 && port <= 0xFFFF) {
                return port;
            }
        }
        throw new IllegalArgumentException("its port is not a number from 1 to 65535");
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
