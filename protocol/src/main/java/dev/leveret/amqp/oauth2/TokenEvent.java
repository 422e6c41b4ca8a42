package dev.leveret.amqp.oauth2;

import java.time.Duration;
import java.util.Optional;

/** What happens to the token of an {@link OAuth2ClientCredentials}. */
public sealed interface TokenEvent {

    /**
     * There is a new token.
     *
     * @param life how long it is valid; empty if the endpoint did not say
     */
    record Fetched(Optional<Duration> life) implements TokenEvent {}

    /**
     * The endpoint gave no token.
     *
     * @param cause why
     * @param retry when it is asked again; empty if nobody needs it, or the token has expired
     */
    record FetchFailed(Throwable cause, Optional<Duration> retry) implements TokenEvent {}

    /**
     * The token has expired and there is no new one: the broker will close the connections that use it.
     *
     * @param connections how many these are
     */
    record Expired(int connections) implements TokenEvent {}

    /**
     * A connection could not be given the new token.
     *
     * @param connection its name
     * @param cause why
     */
    record UpdateFailed(String connection, Throwable cause) implements TokenEvent {}
}
