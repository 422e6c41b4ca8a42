package dev.leveret.amqp.api;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Where connections get their credentials from: a vault, a token service, a file that is rewritten. {@link Credentials}
 * that do not change are their own provider.
 *
 * <p>It is asked once for each connect, before the first address is dialled, on a thread of its own: it may block, and takes
 * no time from the broker's patience. What its stage fails with is the cause of the connect's failure.
 */
@FunctionalInterface
public interface CredentialsProvider {

    /**
     * The credentials for a connect, with those to be preferred first: the first whose SASL mechanism the broker offers
     * are taken. The stage has to complete within {@link ConnectionOptions#credentialsTimeout}.
     */
    CompletionStage<List<Credentials>> credentials();

    /**
     * A connection is open for which this was asked. A provider whose credentials expire can renew them in time, with
     * {@link AsyncConnection#updateSecret}. Called on the connection's event loop; must not block.
     *
     * @param credentials what it gave for this connect
     */
    default void onOpen(AsyncConnection connection, List<Credentials> credentials) {}

    /** Several credentials, of which the first is taken whose SASL mechanism the broker offers. */
    static CredentialsProvider inOrder(Credentials... preferredFirst) {
        if (preferredFirst.length == 0) {
            throw new IllegalArgumentException("no credentials are given");
        }
        List<Credentials> list = List.of(preferredFirst);
        return new CredentialsProvider() {
            @Override
            public CompletionStage<List<Credentials>> credentials() {
                return CompletableFuture.completedFuture(list);
            }

            @Override
            public String toString() {
                return list.toString();
            }
        };
    }
}
