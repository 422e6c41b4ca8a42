package dev.leveret.amqp.api;

/** The order in which endpoints, and the addresses of each, are tried. */
public enum AddressOrder {

    /**
     * Endpoints as they are given; the addresses of a name as the resolver returns them, with IPv6 and IPv4 taking turns
     * (RFC 8305).
     */
    IN_ORDER,

    /**
     * Endpoints at random, and at random the addresses of each, with IPv6 and IPv4 taking turns; anew at each connect.
     * Spreads many clients over the nodes of a cluster. The order of SRV records is theirs and not touched.
     */
    SHUFFLED
}
