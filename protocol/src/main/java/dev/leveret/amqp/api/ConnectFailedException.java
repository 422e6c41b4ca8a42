package dev.leveret.amqp.api;

import java.time.Duration;
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
        this("no connection to the broker: " + describe(attempts), attempts, lastCause(attempts));
    }

    private ConnectFailedException(String message, List<Attempt> attempts, @Nullable Throwable cause) {
        super(message, cause);
        this.attempts = List.copyOf(attempts);
    }

    /**
     * All rounds over the endpoints have failed; the message tells the last one.
     *
     * @param deadline what was up before a round succeeded; {@code null} if it was not
     */
    public static ConnectFailedException afterRounds(List<List<Attempt>> rounds, @Nullable Duration deadline) {
        List<Attempt> all = rounds.stream().flatMap(List::stream).toList();
        List<Attempt> last = rounds.isEmpty() ? List.of() : rounds.get(rounds.size() - 1);
        String message = "no connection to the broker"
                + (deadline == null ? "" : " within " + deadline)
                + (rounds.size() > 1 ? " in " + rounds.size() + " rounds over all endpoints; in the last one: " : ": ")
                + describe(last);
        return new ConnectFailedException(message, all, lastCause(all));
    }

    /** The same failure, with the reason why no more is tried in front of its message. */
    public static ConnectFailedException givenUp(String why, ConnectFailedException last) {
        return new ConnectFailedException(why + ": " + last.getMessage(), last.attempts, last);
    }

    /** The attempts in the order in which they were begun, of all rounds. */
    public List<Attempt> attempts() {
        return attempts;
    }

    @Override
    public ConnectFailedException forCaller() {
        return new ConnectFailedException(getMessage(), attempts, this);
    }

    private static String describe(List<Attempt> attempts) {
        return attempts.stream().map(Attempt::toString).collect(Collectors.joining("; "));
    }

    private static @Nullable Throwable lastCause(List<Attempt> attempts) {
        return attempts.isEmpty() ? null : attempts.get(attempts.size() - 1).cause();
    }
}
