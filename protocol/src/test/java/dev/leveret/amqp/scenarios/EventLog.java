package dev.leveret.amqp.scenarios;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.BasicProperties;
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
import dev.leveret.amqp.api.RequestObservation;
import dev.leveret.amqp.api.ReturnedMessage;
import dev.leveret.amqp.api.ServerInfo;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** An observer that writes down what it is told. */
final class EventLog implements Observer, ConnectionObserver {

    private final List<String> events = new CopyOnWriteArrayList<>();
    final AtomicLong bytesRead = new AtomicLong();
    final AtomicLong bytesWritten = new AtomicLong();
    final AtomicLong framesRead = new AtomicLong();
    final AtomicLong framesWritten = new AtomicLong();
    private final boolean marking;

    /** @param marking whether each message gets a header {@code mark} */
    EventLog(boolean marking) {
        this.marking = marking;
    }

    /** What happened, in order; of one kind. */
    List<String> of(String prefix) {
        return events.stream().filter(it -> it.startsWith(prefix)).toList();
    }

    private void add(Object... words) {
        StringBuilder line = new StringBuilder();
        for (Object word : words) {
            line.append(line.length() == 0 ? "" : " ").append(word);
        }
        events.add(line.toString());
    }

    private static String name(@Nullable Object value) {
        return value == null ? "-" : value.getClass().getSimpleName();
    }

    @Override
    public ConnectionObserver onConnecting(ObservedConnection connection) {
        add("connecting", connection.name());
        return this;
    }

    @Override
    public void onOpened(Endpoint endpoint, ServerInfo server, Negotiated negotiated) {
        add("opened", endpoint.host(), server, negotiated.channelMax());
    }

    @Override
    public void onFailed(Throwable cause) {
        add("failed", name(cause));
    }

    @Override
    public void onClosed(@Nullable AmqpException cause) {
        add("closed", name(cause));
    }

    @Override
    public void onBlocked(String reason) {
        add("blocked", reason);
    }

    @Override
    public void onUnblocked() {
        add("unblocked");
    }

    @Override
    public void onWritabilityChanged(boolean writable) {
        add("writable", writable);
    }

    @Override
    public void onRead(int bytes, int frames) {
        bytesRead.addAndGet(bytes);
        framesRead.addAndGet(frames);
    }

    @Override
    public void onWritten(int bytes, int frames) {
        bytesWritten.addAndGet(bytes);
        framesWritten.addAndGet(frames);
    }

    @Override
    public void onChannelOpened(int channel) {
        add("channel opened", channel);
    }

    @Override
    public void onChannelClosed(int channel, @Nullable AmqpException cause) {
        add("channel closed", channel, name(cause));
    }

    @Override
    public RequestObservation onRequest(int channel, String method, String entity) {
        add("request", channel, method, entity);
        return failure -> add("answer", channel, method, name(failure));
    }

    @Override
    public PublishObservation onPublish(int channel, OutboundMessage message) {
        add("publish", channel, message.routingKey());
        return new PublishObservation() {
            @Override
            public OutboundMessage message(OutboundMessage original) {
                BasicProperties properties = original.properties();
                return marking
                        ? original.withProperties(
                                properties.toBuilder().header("mark", "x").build())
                        : original;
            }

            @Override
            public void onEnd(@Nullable PublishResult result) {
                add("result", message.routingKey(), name(result));
            }
        };
    }

    @Override
    public void onPublished(int channel, OutboundMessage message) {
        add("published", channel, message.routingKey(), message.body().length);
    }

    @Override
    public void onReturned(int channel, ReturnedMessage message) {
        add("returned", channel, message.routingKey());
    }

    @Override
    public void onConsumerStarted(int channel, String consumerTag, String queue) {
        add("consumer started", channel, consumerTag, queue);
    }

    @Override
    public void onConsumerEnded(int channel, String consumerTag, String queue, @Nullable AmqpException cause) {
        add("consumer ended", channel, consumerTag, queue, name(cause));
    }

    @Override
    public void onDelivered(int channel, String queue, Delivery delivery) {
        add("delivered", channel, queue, delivery.deliveryTag());
    }

    @Override
    public HandlingObservation onHandling(int channel, String queue, Delivery delivery) {
        Thread thread = Thread.currentThread();
        add("handling", channel, queue, delivery.deliveryTag());
        return failure -> add(
                "handled",
                delivery.deliveryTag(),
                name(failure),
                thread == Thread.currentThread() ? "same thread" : "another thread");
    }

    @Override
    public void onSettle(int channel, Delivery delivery, Settlement how, boolean requeue, boolean multiple) {
        add("settle", channel, delivery.deliveryTag(), how, requeue, multiple);
    }

    @Override
    public void onSettled(int channel, Settlement how, boolean requeue, int count) {
        add("settled", channel, how, requeue, count);
    }
}
