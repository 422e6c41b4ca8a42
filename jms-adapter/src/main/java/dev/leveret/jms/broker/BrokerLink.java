package dev.leveret.jms.broker;

import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.ChannelPurpose;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.Negotiated;
import dev.leveret.amqp.api.ServerInfo;
import dev.leveret.jms.message.Causes;
import jakarta.jms.JMSException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
    private final boolean recovers;
    private final Interruptions interruptions;

    private BrokerLink(AsyncConnection connection, ConnectionOptions options) {
        this.connection = connection;
        requestTimeout = options.requestTimeout();
        recovers = options.recovery().enabled();
        interruptions = new Interruptions(
                connection, options.recovery().callsMeanwhile().patience().orElse(requestTimeout));
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
            return new BrokerLink(connection, options);
        } catch (JMSException e) {
            // Whoever waited has gone: a connection that comes all the same would stay open for nobody.
            attempt.thenAccept(AsyncConnection::close);
            attempt.cancel(true);
            throw e;
        }
    }

    /** Something that waits for the broker. */
    interface Attempt<T> {
        T run() throws JMSException;
    }

    /** Opens a channel; waits. */
    public AsyncChannel openChannel() throws JMSException {
        return repeat(() -> openChannel(ChannelPurpose.CONSUME));
    }

    private AsyncChannel openChannel(ChannelPurpose purpose) throws JMSException {
        awaitOpen("opening a channel");
        CompletableFuture<AsyncChannel> request = connection.openChannel(purpose);
        try {
            return await(request, "opening a channel");
        } catch (JMSException e) {
            request.thenAccept(AsyncChannel::close);
            throw e;
        }
    }

    /**
     * Runs one operation on a channel that is closed afterwards, so that a refusal harms nothing else; waits. It must be one
     * that may be done twice: it is {@linkplain #repeat repeated}.
     *
     * @param doing what to call it in an exception
     */
    public <T> T onSpareChannel(String doing, Function<AsyncChannel, CompletableFuture<T>> operation)
            throws JMSException {
        return repeat(() -> onSpareChannelOnce(doing, operation));
    }

    /** The same for an operation that means something else when it is done twice. */
    <T> T onSpareChannelOnce(String doing, Function<AsyncChannel, CompletableFuture<T>> operation) throws JMSException {
        return on(openChannel(), doing, operation);
    }

    /** The same for an operation that declares nothing, though it may look so: nothing of it is declared after a loss. */
    <T> T asking(String doing, Function<AsyncChannel, CompletableFuture<T>> operation) throws JMSException {
        return repeat(() -> on(openChannel(ChannelPurpose.INSPECT), doing, operation));
    }

    private <T> T on(AsyncChannel channel, String doing, Function<AsyncChannel, CompletableFuture<T>> operation)
            throws JMSException {
        try {
            return await(operation.apply(channel), doing);
        } finally {
            channel.close();
        }
    }

    /**
     * Does something that may be done twice, and does it again when the connection was lost meanwhile and comes back; waits.
     *
     * @throws JMSException as the last attempt did, if there is no connection any more or not in time
     */
    <T> T repeat(Attempt<T> attempt) throws JMSException {
        long start = System.nanoTime();
        while (true) {
            int losses = interruptions.count();
            try {
                return attempt.run();
            } catch (JMSException e) {
                boolean late = System.nanoTime() - start > requestTimeout.toNanos();
                if (late || losses == interruptions.count() || !isInterruption(e)) {
                    throw e;
                }
            }
        }
    }

    /** Whether something failed only because the connection is lost, or was just now, and is being recovered. */
    boolean isInterruption(JMSException e) {
        return recovers
                && (JmsErrors.isConnectionLoss(e) || !connection.isOpen())
                && !connection.closed().isDone();
    }

    /** Waits until the connection is there, if it is lost: as long as calls do; see {@link Interruptions#awaitOpen}. */
    void awaitOpen(String doing) throws JMSException {
        interruptions.awaitOpen(doing);
    }

    /** Who has to know of losses. */
    Interruptions interruptions() {
        return interruptions;
    }

    /** Deletes a queue when there is a connection: otherwise it would be declared again after a loss. */
    void deleteLater(String queue) {
        interruptions.whenOpen(() -> connection
                .openChannel()
                .thenCompose(channel -> channel.deleteQueue(queue).whenComplete((deleted, failure) -> channel.close()))
                .whenComplete((deleted, failure) -> {
                    if (failure != null && isInterruption(JmsErrors.of("deleting " + queue, failure))) {
                        deleteLater(queue);
                    }
                }));
    }

    /** Has events of the connection told, on the event loop. */
    public void onEvent(Consumer<? super ConnectionEvent> listener) {
        connection.onEvent(listener);
    }

    /**
     * Waits for an operation.
     *
     * @param doing what to call it in an exception
     * @throws JMSException what it failed with; also when the thread is interrupted, whose interrupt status is then set
     */
    public <T extends @Nullable Object> T await(CompletableFuture<T> operation, String doing) throws JMSException {
        return awaitOrWithdraw(operation, doing, requestTimeout);
    }

    /**
     * Waits for an operation that began before.
     *
     * @param start when it did, as {@link System#nanoTime} tells
     * @throws JMSException as {@link #await(CompletableFuture, String)}
     */
    <T extends @Nullable Object> T awaitSince(long start, CompletableFuture<T> operation, String doing)
            throws JMSException {
        Duration left = requestTimeout.minusNanos(System.nanoTime() - start);
        return awaitOrWithdraw(operation, doing, left.isNegative() ? Duration.ZERO : left);
    }

    /** What nobody waits for any more, and has not been written, never will be. */
    private static <T extends @Nullable Object> T awaitOrWithdraw(
            CompletableFuture<T> operation, String doing, Duration timeout) throws JMSException {
        try {
            return await(operation, doing, timeout);
        } catch (JMSException e) {
            operation.cancel(false);
            throw e;
        }
    }

    private static <T extends @Nullable Object> T await(CompletableFuture<T> operation, String doing, Duration timeout)
            throws JMSException {
        try {
            return operation.get(timeout.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw JmsErrors.of(doing, e);
        } catch (TimeoutException e) {
            throw Causes.with(
                    e,
                    new JMSException(
                            doing + ": no answer within " + timeout + "; it may have happened",
                            JmsErrors.OUTCOME_UNKNOWN));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Causes.with(
                    e, new JMSException(doing + ": interrupted; it may have happened", JmsErrors.OUTCOME_UNKNOWN));
        }
    }

    /** Calls back, on the event loop, when the connection has ended for good and otherwise than by {@link #close}. */
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

    /** Whether the connection is open: not while it is lost. It may end at any time. */
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
