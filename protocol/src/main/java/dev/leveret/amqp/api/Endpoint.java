package dev.leveret.amqp.api;

/**
 * Where a broker listens.
 *
 * @param host a host name, an IPv4 address, or an IPv6 address without brackets
 * @param port 1..65535
 */
public record Endpoint(String host, int port) {

    /** The port that IANA assigned to AMQP over plain TCP. */
    public static final int DEFAULT_PORT = 5672;

    /** The port that IANA assigned to AMQP over TLS. */
    public static final int DEFAULT_TLS_PORT = 5671;

    public Endpoint {
        if (host.isBlank()) {
            throw new IllegalArgumentException("host is empty");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not in 1..65535");
        }
    }

    /** {@code host:port}, with brackets around an IPv6 address. */
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
