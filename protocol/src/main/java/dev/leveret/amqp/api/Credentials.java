package dev.leveret.amqp.api;

import org.jspecify.annotations.Nullable;

/**
 * How a connection proves who it is: one SASL mechanism and its responses.
 *
 * <p>It is asked anew for every connection attempt, on the connection's event loop: an implementation must not block.
 * Its {@code toString} must not tell a secret; those made here do not.
 */
public interface Credentials {

    /** The SASL mechanism's name as the broker lists it in {@code connection.start}, such as {@code PLAIN}. */
    String mechanism();

    /**
     * The response to the broker's challenge.
     *
     * @param challenge what {@code connection.secure} carried; {@code null} for the first response, which goes out in
     *     {@code connection.start-ok}
     */
    byte[] response(byte @Nullable [] challenge);

    /** User name and password by SASL {@code PLAIN} (RFC 4616). */
    static Credentials plain(String username, String password) {
        return new PlainCredentials(username, password);
    }
}
