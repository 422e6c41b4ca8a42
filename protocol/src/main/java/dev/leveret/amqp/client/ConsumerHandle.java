package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.ConnectionObserver;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.DeliverySink;
import dev.leveret.amqp.api.Subscription;
import dev.leveret.amqp.machine.ConsumerSink;
import dev.leveret.amqp.wire.BasicMethod;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A consumer as its user holds it, and where the machine brings its deliveries. */
final class ConsumerHandle implements Subscription, ConsumerSink {

    private static final Logger LOG = LoggerFactory.getLogger(ConsumerHandle.class);

    private final ChannelHandle channel;
    private final Incarnation incarnation;
    private final String queue;
    private final boolean autoAck;
    private final DeliverySink sink;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicReference<@Nullable CompletableFuture<Void>> cancelling = new AtomicReference<>();
    private final AtomicBoolean paused = new AtomicBoolean();
    /** The event loop's. */
    private boolean deliveriesEnded;
    /** Set on the event loop before anybody holds this object. */
    private String consumerTag = "";

    private final @Nullable ConnectionObserver observer;
    /** The event loop's. */
    private boolean started;

    ConsumerHandle(ChannelHandle channel, Incarnation incarnation, String queue, boolean autoAck, DeliverySink sink) {
        this.channel = channel;
        this.incarnation = incarnation;
        this.queue = queue;
        this.autoAck = autoAck;
        this.sink = sink;
        this.observer = incarnation.connection().observer();
    }

    /** The broker has granted it. */
    Subscription started() {
        started = true;
        if (observer != null) {
            observer.onConsumerStarted(channel.number(), consumerTag, queue);
        }
        return this;
    }

    /** The delivery that its handler is at, if it has one; any thread may ask. */
    @Nullable
    Delivery handling() {
        return sink instanceof HandlerSink handler ? handler.current() : null;
    }

    void consumerTag(String tag) {
        consumerTag = tag;
    }

    @Override
    public String consumerTag() {
        return consumerTag;
    }

    @Override
    public String queue() {
        return queue;
    }

    @Override
    public CompletableFuture<Void> cancel() {
        CompletableFuture<Void> first = cancelling.get();
        if (first == null) {
            CompletableFuture<Void> outcome = new CompletableFuture<>();
            if (cancelling.compareAndSet(null, outcome)) {
                channel.cancel(this, outcome);
                return outcome.copy();
            }
            first = cancelling.get();
        }
        // A copy: one caller's cancelling of the future is not another's.
        return first == null ? ended() : first.copy();
    }

    @Override
    public void pauseReading() {
        if (paused.compareAndSet(false, true)) {
            channel.connection().onLoop(channel.connection()::pauseReading);
            if (ended.isDone()) {
                resumeReading();
            }
        }
    }

    @Override
    public void resumeReading() {
        if (paused.compareAndSet(true, false)) {
            channel.connection().onLoop(channel.connection()::resumeReading);
        }
    }

    @Override
    public CompletableFuture<Void> ended() {
        return ended.copy();
    }

    boolean isEnded() {
        return ended.isDone();
    }

    @Override
    public void onDelivery(BasicMethod.Deliver deliver, byte[] properties, byte[] body) {
        LiveDelivery delivery = new LiveDelivery(incarnation, deliver, properties, body, autoAck);
        if (observer != null) {
            observer.onDelivered(channel.number(), queue, delivery);
        }
        try {
            sink.onDelivery(delivery);
        } catch (Throwable e) {
            failed(e);
        }
    }

    @Override
    public void onBatchEnd() {
        try {
            sink.onBatchEnd();
        } catch (Throwable e) {
            failed(e);
        }
    }

    @Override
    @SuppressWarnings("NullAway") // the value of a CompletableFuture<Void>
    public void onEnd(@Nullable AmqpException cause) {
        channel.ended(this);
        endDeliveries();
        if (observer != null && started) {
            observer.onConsumerEnded(channel.number(), consumerTag, queue, cause);
        }
        if (cause == null) {
            ended.complete(null);
        } else {
            ended.completeExceptionally(cause);
        }
        resumeReading();
    }

    @Override
    public void onClosing() {
        endDeliveries();
        resumeReading();
    }

    private void endDeliveries() {
        if (deliveriesEnded) {
            return;
        }
        deliveriesEnded = true;
        try {
            sink.onEnd();
        } catch (Throwable e) {
            failed(e);
        }
    }

    /** Errors too: one consumer's must not end the connection of all others. */
    private void failed(Throwable cause) {
        LOG.error("{}: the sink of consumer '{}' failed; the channel is closed", channel, consumerTag, cause);
        channel.fail("a delivery sink failed: " + cause, cause);
    }
}
