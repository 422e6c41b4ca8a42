package dev.leveret.amqp.api;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * How a connection proves who it is: one SASL mechanism and its responses. Implement it for a mechanism that is not here.
 *
 * <p>It is asked on the connection's event loop: an implementation must not block; a {@link CredentialsProvider} may. One
 * that keeps state from challenge to challenge starts anew when it is asked for its first response, and serves one
 * connect at a time; let a provider make one for each.
 *
 * <p>Its {@code toString} must not tell a secret; those made here do not.
 */
public interface Credentials extends CredentialsProvider {

    /** The SASL mechanism's name as the broker lists it in {@code connection.start}, such as {@code PLAIN}. */
    String mechanism();

    /**
     * The response to the broker's challenge. The array is the client's from then on, which overwrites it with zeros when
     * it is sent.
     *
     * @param challenge what {@code connection.secure} carried; {@code null} for the first response, which goes out in
     *     {@code connection.start-ok}
     */
    byte[] response(byte @Nullable [] challenge);

    /** Itself, always. */
    @Override
    default CompletionStage<List<Credentials>> credentials() {
        return CompletableFuture.completedFuture(List.of(this));
    }

    /** User name and password by SASL {@code PLAIN} (RFC 4616). Readable by whoever sees the bytes: use TLS. */
    static Credentials plain(String username, String password) {
        return plain(username, password.toCharArray());
    }

    /** The same; the password is copied and the copy kept as long as these credentials. */
    static Credentials plain(String username, char[] password) {
        return new PasswordCredentials(PasswordCredentials.Form.PLAIN, username, password);
    }

    /**
     * User name and password by {@code AMQPLAIN}, which RabbitMQ has kept from AMQP 0-8: a field table with {@code LOGIN}
     * and {@code PASSWORD}. Readable by whoever sees the bytes: use TLS.
     */
    static Credentials amqplain(String username, String password) {
        return amqplain(username, password.toCharArray());
    }

    /** The same; the password is copied and the copy kept as long as these credentials. */
    static Credentials amqplain(String username, char[] password) {
        return new PasswordCredentials(PasswordCredentials.Form.AMQPLAIN, username, password);
    }

    /**
     * SASL {@code EXTERNAL} (RFC 4422 appendix A): whoever the client's certificate says. RabbitMQ offers it with its plug-in
     * {@code rabbitmq_auth_mechanism_ssl} on TLS connections; see {@link TlsOptions.Builder#clientCertificate}.
     */
    static Credentials external() {
        return new WordlessCredentials("EXTERNAL");
    }

    /** SASL {@code ANONYMOUS} (RFC 4505): nobody in particular. RabbitMQ 4 makes him its {@code anonymous_login_user}. */
    static Credentials anonymous() {
        return new WordlessCredentials("ANONYMOUS");
    }
}
