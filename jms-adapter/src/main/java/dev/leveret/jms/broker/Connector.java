package dev.leveret.jms.broker;

import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.ConnectionOptions;
import java.util.concurrent.CompletableFuture;

/** Opens AMQP connections. */
@FunctionalInterface
public interface Connector {

    /** Opens one; the future ends by itself. */
    CompletableFuture<AsyncConnection> connect(ConnectionOptions options);
}
