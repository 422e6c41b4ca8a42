package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.ConnectionObserver;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.amqp.api.HandlingObservation;
import dev.leveret.amqp.api.Negotiated;
import dev.leveret.amqp.api.ObservedConnection;
import dev.leveret.amqp.api.Observer;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishObservation;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.RecoveryReport;
import dev.leveret.amqp.api.RequestObservation;
import dev.leveret.amqp.api.ReturnedMessage;
import dev.leveret.amqp.api.ServerInfo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The observers of one connection as one that does not throw. */
final class GuardedObserver implements ConnectionObserver {

    private static final Logger LOG = LoggerFactory.getLogger(GuardedObserver.class);

    private final String connection;
    private final List<ConnectionObserver> observers;

    private GuardedObserver(String connection, List<ConnectionObserver> observers) {
        this.connection = connection;
        this.observers = observers;
    }

    /** Asks each observer whether it wants to observe a connection; {@code null} if none does. */
    static @Nullable ConnectionObserver of(List<Observer> observers, ObservedConnection connection) {
        List<ConnectionObserver> interested = started(connection.name(), observers, it -> it.onConnecting(connection));
        return interested.isEmpty() ? null : new GuardedObserver(connection.name(), interested);
    }

    // ---- tell all of them -----------------------------------------------------------------------------------------

    @Override
    public void onOpened(Endpoint endpoint, ServerInfo server, Negotiated negotiated) {
        tell(it -> it.onOpened(endpoint, server, negotiated));
    }

    @Override
    public void onFailed(Throwable cause) {
        tell(it -> it.onFailed(cause));
    }

    @Override
    public void onLost(AmqpException cause) {
        tell(it -> it.onLost(cause));
    }

    @Override
    public void onRecovered(RecoveryReport report) {
        tell(it -> it.onRecovered(report));
    }

    @Override
    public void onClosed(@Nullable AmqpException cause) {
        tell(it -> it.onClosed(cause));
    }

    @Override
    public void onBlocked(String reason) {
        tell(it -> it.onBlocked(reason));
    }

    @Override
    public void onUnblocked() {
        tell(ConnectionObserver::onUnblocked);
    }

    @Override
    public void onWritabilityChanged(boolean writable) {
        tell(it -> it.onWritabilityChanged(writable));
    }

    @Override
    public void onRead(int bytes, int frames) {
        tell(it -> it.onRead(bytes, frames));
    }

    @Override
    public void onWritten(int bytes, int frames) {
        tell(it -> it.onWritten(bytes, frames));
    }

    @Override
    public void onChannelOpened(int channel) {
        tell(it -> it.onChannelOpened(channel));
    }

    @Override
    public void onChannelClosed(int channel, @Nullable AmqpException cause) {
        tell(it -> it.onChannelClosed(channel, cause));
    }

    @Override
    public void onPublished(int channel, OutboundMessage message) {
        tell(it -> it.onPublished(channel, message));
    }

    @Override
    public void onReturned(int channel, ReturnedMessage message) {
        tell(it -> it.onReturned(channel, message));
    }

    @Override
    public void onConsumerStarted(int channel, String consumerTag, String queue) {
        tell(it -> it.onConsumerStarted(channel, consumerTag, queue));
    }

    @Override
    public void onConsumerEnded(int channel, String consumerTag, String queue, @Nullable AmqpException cause) {
        tell(it -> it.onConsumerEnded(channel, consumerTag, queue, cause));
    }

    @Override
    public void onDelivered(int channel, String queue, Delivery delivery) {
        tell(it -> it.onDelivered(channel, queue, delivery));
    }

    @Override
    public void onSettle(int channel, Delivery delivery, Settlement how, boolean requeue, boolean multiple) {
        tell(it -> it.onSettle(channel, delivery, how, requeue, multiple));
    }

    @Override
    public void onSettled(int channel, Settlement how, boolean requeue, int count) {
        tell(it -> it.onSettled(channel, how, requeue, count));
    }

    // ---- ask all of them ------------------------------------------------------------------------------------------

    @Override
    public @Nullable RequestObservation onRequest(int channel, String method, String entity) {
        List<RequestObservation> all = started(connection, observers, it -> it.onRequest(channel, method, entity));
        return all.isEmpty()
                ? null
                : new RequestObservation() {
                    @Override
                    public void onMessage(Delivery delivery) {
                        tell(all, it -> it.onMessage(delivery));
                    }

                    @Override
                    public void onEnd(@Nullable Throwable failure) {
                        tell(all, it -> it.onEnd(failure));
                    }
                };
    }

    @Override
    public @Nullable PublishObservation onPublish(int channel, OutboundMessage message) {
        List<PublishObservation> all = started(connection, observers, it -> it.onPublish(channel, message));
        return all.isEmpty()
                ? null
                : new PublishObservation() {
                    @Override
                    public OutboundMessage message(OutboundMessage original) {
                        OutboundMessage[] changed = {original};
                        tell(all, it -> changed[0] = it.message(changed[0]));
                        return changed[0];
                    }

                    @Override
                    public void onEnd(@Nullable PublishResult result) {
                        tell(all, it -> it.onEnd(result));
                    }
                };
    }

    /** Ended in reverse order, as what each has set for the thread may lie within another's. */
    @Override
    public @Nullable HandlingObservation onHandling(int channel, String queue, Delivery delivery) {
        List<HandlingObservation> all = started(connection, observers, it -> it.onHandling(channel, queue, delivery));
        Collections.reverse(all);
        return all.isEmpty() ? null : failure -> tell(all, it -> it.onEnd(failure));
    }

    // ---- parts ----------------------------------------------------------------------------------------------------

    private void tell(Consumer<ConnectionObserver> event) {
        tell(observers, event);
    }

    private <T> void tell(List<T> all, Consumer<T> event) {
        for (int i = 0; i < all.size(); i++) {
            try {
                event.accept(all.get(i));
            } catch (Throwable e) {
                // Errors too: an observer's must not end the connection that it observes.
                LOG.error("an observer of connection '{}' threw", connection, e);
            }
        }
    }

    private static <T, O> List<O> started(String connection, List<T> all, Function<T, @Nullable O> question) {
        List<O> answers = new ArrayList<>(all.size());
        for (int i = 0; i < all.size(); i++) {
            try {
                O answer = question.apply(all.get(i));
                if (answer != null) {
                    answers.add(answer);
                }
            } catch (Throwable e) {
                LOG.error("an observer of connection '{}' threw", connection, e);
            }
        }
        return answers;
    }
}
