package dev.leveret.amqp;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.client.Connecting;
import java.util.concurrent.CompletableFuture;

/** Where everything begins: opens connections to AMQP 0-9-1 brokers. */
public final class Amqp {

    private Amqp() {}

    /**
     * Opens a connection and waits for it.
     *
     * @param uri see {@link AmqpUri}
     * @throws IllegalArgumentException if the URI is not one
     * @throws AmqpException as {@link #connect(ConnectionOptions)}
     */
    public static Connection connect(String uri) {
        return connect(AmqpUri.parse(uri).build());
    }

    /**
     * Opens a connection and waits for it: at most for the {@linkplain ConnectionOptions#connectDeadline deadline} of the
     * options.
     *
     * @throws dev.leveret.amqp.api.AuthenticationException if the broker refuses the credentials
     * @throws dev.leveret.amqp.api.ConnectFailedException if no address could be connected to, with each attempt
     */
    public static Connection connect(ConnectionOptions options) {
        return Connecting.await(options).blocking();
    }

    /**
     * Opens a connection. The future fails as {@link #connect(ConnectionOptions)} throws, and ends by itself; cancelling it
     * ends the attempt.
     */
    public static CompletableFuture<AsyncConnection> connectAsync(ConnectionOptions options) {
        return Connecting.start(options);
    }
}
