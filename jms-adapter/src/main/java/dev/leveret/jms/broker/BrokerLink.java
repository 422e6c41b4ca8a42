package dev.leveret.jms.broker;

import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.Negotiated;
import dev.leveret.amqp.api.ServerInfo;
import jakarta.jms.JMSException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The AMQP connection under one JMS connection, for callers that wait. Thread-safe; holds no lock while waiting.
 *
 * <p>AMQP closes a channel on the first thing it refuses, so whatever might be refused runs on a channel of its own: see
 * {@link #onSpareChannel}.
 */
public final class BrokerLink {

    /** How much longer than the client's own deadlines a wait may take: it only guards against a lost completion. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final AsyncConnection connection;
    private final Duration requestTimeout;

    private BrokerLink(AsyncConnection connection, Duration requestTimeout) {
        this.connection = connection;
        this.requestTimeout = requestTimeout;
    }

    /**
     * Connects.
     *
     * @throws jakarta.jms.JMSSecurityException if the broker does not accept the credentials
     * @throws JMSException if no broker can be reached; it names the endpoints
     */
    public static BrokerLink open(Connector connector, ConnectionOptions options) throws JMSException {
        Duration limit = options.credentialsTimeout().plus(options.connectDeadline());
        CompletableFuture<AsyncConnection> attempt = connector.connect(options);
        try {
            AsyncConnection connection = await(attempt, "connecting to " + options.endpoints(), limit);
            return new BrokerLink(connection, options.requestTimeout());
        } catch (JMSException e) {
            // Whoever waited has gone: a connection that comes all the same would stay open for nobody.
            attempt.thenAccept(AsyncConnection::close);
            attempt.cancel(true);
            throw e;
        }
    }

    /** Opens a channel; waits. */
    public AsyncChannel openChannel() throws JMSException {
        CompletableFuture<AsyncChannel> request = connection.openChannel();
        try {
            return await(request, "opening a channel");
        } catch (JMSException e) {
            request.thenAccept(AsyncChannel::close);
            throw e;
        }
    }

    /**
     * Runs one operation on a channel that is closed afterwards, so that a refusal harms nothing else; waits.
     *
     * @param doing what to call it in an exception
     */
    public <T> T onSpareChannel(String doing, Function<AsyncChannel, CompletableFuture<T>> operation)
            throws JMSException {
        AsyncChannel channel = openChannel();
        try {
            return await(operation.apply(channel), doing);
        } finally {
            channel.close();
        }
    }

    /**
     * Waits for an operation.
     *
     * @param doing what to call it in an exception
     * @throws JMSException what it failed with; also when the thread is interrupted, whose interrupt status is then set
     */
    public <T> T await(CompletableFuture<T> operation, String doing) throws JMSException {
        return await(operation, doing, requestTimeout);
    }

    /**
     * Waits for an operation that began before.
     *
     * @param start when it did, as {@link System#nanoTime} tells
     * @throws JMSException as {@link #await(CompletableFuture, String)}
     */
    <T> T awaitSince(long start, CompletableFuture<T> operation, String doing) throws JMSException {
        Duration left = requestTimeout.minusNanos(System.nanoTime() - start);
        return await(operation, doing, left.isNegative() ? Duration.ZERO : left);
    }

    private static <T> T await(CompletableFuture<T> operation, String doing, Duration timeout) throws JMSException {
        try {
            return operation.get(timeout.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw JmsErrors.of(doing, e);
        } catch (TimeoutException e) {
            throw JmsErrors.with(e, new JMSException(doing + ": no answer within " + timeout));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw JmsErrors.with(e, new JMSException(doing + ": interrupted; it may still happen"));
        }
    }

    /** Calls back, on the event loop, when the connection has ended otherwise than by {@link #close}. */
    public void onLoss(Consumer<Throwable> action) {
        connection.closed().whenComplete((ended, cause) -> {
            if (cause != null) {
                action.accept(cause);
            }
        });
    }

    /**
     * Whether closing a channel counts against the messages that it gives back, while {@code basic.nack} does not: so it is
     * with quorum queues of RabbitMQ 4.3 and later. Before, either counts, and only closing keeps every order.
     */
    boolean closingCountsAsFailure() {
        String[] parts = connection.serverInfo().version().split("\\.", 3);
        if (!connection.serverInfo().product().equals("RabbitMQ") || parts.length < 2) {
            return false;
        }
        try {
            int major = Integer.parseInt(parts[0]);
            return major > 4 || (major == 4 && Integer.parseInt(parts[1]) >= 3);
        } catch (NumberFormatException e) {
            // A version that is not written in numbers is newer than all that were.
            return true;
        }
    }

    /** Whether {@code basic.nack} returns messages to quorum queues without counting that as a failure, as it does to others. */
    boolean nackIsFree() {
        return closingCountsAsFailure();
    }

    Duration requestTimeout() {
        return requestTimeout;
    }

    boolean isRabbitMq() {
        return connection.serverInfo().product().equals("RabbitMQ");
    }

    /** Whether the connection is open; it may end at any time. */
    public boolean isOpen() {
        return connection.isOpen();
    }

    /** The broker's own words about itself, such as {@code RabbitMQ 4.0.5}. */
    public String broker() {
        return connection.serverInfo().toString();
    }

    /** What the broker says of itself. */
    ServerInfo serverInfo() {
        return connection.serverInfo();
    }

    /** What was agreed on with it. */
    Negotiated negotiated() {
        return connection.negotiated();
    }

    /** Closes the connection and with it all channels; waits. Does nothing if it has ended. */
    public void close() throws JMSException {
        await(connection.close(), "closing the connection");
    }
}
