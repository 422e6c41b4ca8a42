package dev.leveret.amqp.api;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** No connection could be opened. {@link #attempts} tells each address that was tried, how far it came, and why not. */
public final class ConnectFailedException extends AmqpException {

    private static final long serialVersionUID = 1L;

    /** How far an attempt came. */
    public enum Phase {
        /** The {@link CredentialsProvider} was asked. */
        CREDENTIALS,
        /** The host name was looked up. */
        DNS,
        /** The TCP connection was being made. */
        TCP,
        /** The TLS handshake, and before it the reading of certificates and keys. */
        TLS,
        /** The protocol header had been sent, up to the broker's {@code connection.start}. */
        PROTOCOL,
        /** Credentials had been sent, up to {@code connection.tune}. */
        AUTHENTICATION,
        /** The virtual host was asked for, up to {@code connection.open-ok}. */
        OPEN
    }

    /**
     * One attempt.
     *
     * @param endpoint what was configured
     * @param address the address it led to; empty while none was known
     * @param phase how far it came
     * @param cause why it went no further
     */
    public record Attempt(Endpoint endpoint, String address, Phase phase, Throwable cause) {
        @Override
        public String toString() {
            return endpoint + (address.isEmpty() ? "" : " (" + address + ")") + " failed in phase " + phase + ": "
                    + (cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
        }
    }

    private final transient List<Attempt> attempts;

    public ConnectFailedException(List<Attempt> attempts) {
        this(
                describe(attempts),
                attempts,
                attempts.isEmpty() ? null : attempts.get(attempts.size() - 1).cause());
    }

    private ConnectFailedException(String message, List<Attempt> attempts, @Nullable Throwable cause) {
        super(message, cause);
        this.attempts = List.copyOf(attempts);
    }

    /** The attempts in the order they were made. */
    public List<Attempt> attempts() {
        return attempts;
    }

    @Override
    public ConnectFailedException forCaller() {
        return new ConnectFailedException(getMessage(), attempts, this);
    }

    private static String describe(List<Attempt> attempts) {
        return "no connection to the broker: "
                + attempts.stream().map(Attempt::toString).collect(Collectors.joining("; "));
    }
}
