package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.ConnectionObserver;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.ConsumerCancelledException;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.DeliverySink;
import dev.leveret.amqp.api.Subscription;
import dev.leveret.amqp.machine.ChannelMachine;
import dev.leveret.amqp.machine.ConsumerSink;
import dev.leveret.amqp.machine.Reply;
import dev.leveret.amqp.recovery.RecoverableConsumer;
import dev.leveret.amqp.wire.BasicMethod;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A consumer as its user holds it, and where the machine brings its deliveries. */
final class ConsumerHandle implements Subscription, ConsumerSink, RecoverableConsumer {

    private static final Logger LOG = LoggerFactory.getLogger(ConsumerHandle.class);

    private final ChannelHandle channel;
    private final ConsumeOptions options;
    private final boolean readsStream;
    private final DeliverySink sink;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicReference<@Nullable CompletableFuture<Void>> cancelling = new AtomicReference<>();
    private final AtomicBoolean paused = new AtomicBoolean();
    private final @Nullable ConnectionObserver observer;
    /** Set on the event loop before anybody holds this object. */
    private String consumerTag = "";
    /** Changed on the event loop when the broker has made up another name. */
    private volatile String queue;

    /** The event loop's, as is what follows: the machine that it is on, or was last. */
    private @Nullable Incarnation incarnation;

    /** Why the broker had cancelled it, while it is not started again. */
    private @Nullable AmqpException cancelledFor;

    private boolean deliveriesEnded;
    /** Whether its machine is gone and another one is to come. */
    private boolean suspended;
    /** Whether it is being started on its own. */
    private boolean retried;
    /** Whether the broker has granted it, on the current machine. */
    private boolean started;
    /** Where to go on, if it consumes from a stream. */
    private final StreamResume stream = new StreamResume();

    ConsumerHandle(ChannelHandle channel, ConsumeOptions options, DeliverySink sink) {
        this.channel = channel;
        this.options = options;
        this.queue = options.queue();
        this.readsStream = RabbitMqRules.readsStream(options);
        this.sink = sink;
        this.observer = channel.connection().observer();
    }

    /** The broker has granted it. */
    Subscription started() {
        started = true;
        if (observer != null) {
            observer.onConsumerStarted(channel.number(), consumerTag, queue);
        }
        return this;
    }

    /** What it is called, and the queue as the broker is asked for it. */
    void name(String tag, String queueAsked) {
        consumerTag = tag;
        queue = queueAsked;
    }

    /** What the queue is called. */
    void named(String name) {
        queue = name;
    }

    /** Whether it is known to read a stream. */
    boolean readsStream() {
        return readsStream;
    }

    /** The delivery that its handler is at, if it has one; any thread may ask. */
    @Nullable
    Delivery handling() {
        return sink instanceof HandlerSink handler ? handler.current() : null;
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
                // Also when it ends in another way meanwhile, which is what was asked for.
                ended.whenComplete((ignored, failure) -> ChannelHandle.complete(outcome));
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
            channel.connection().onLoop(channel.connection().life()::pauseReading);
            if (ended.isDone()) {
                resumeReading();
            }
        }
    }

    @Override
    public void resumeReading() {
        if (paused.compareAndSet(true, false)) {
            channel.connection().onLoop(channel.connection().life()::resumeReading);
        }
    }

    @Override
    public CompletableFuture<Void> ended() {
        return ended.copy();
    }

    @Override
    public boolean isEnded() {
        return ended.isDone();
    }

    // ---- the machine's --------------------------------------------------------------------------------------------

    /** Starts it on the channel as it is now. */
    void startOn(Incarnation on, Reply reply) {
        incarnation = on;
        suspended = false;
        if (!options.autoAck()) {
            // Half of the prefetch at most: the broker has to have something left to send.
            int half = options.prefetch() == 0 ? Integer.MAX_VALUE : Math.max(1, options.prefetch() / 2);
            on.machine().gatherAcks(Math.min(options.ackBatchSize(), half), options.ackBatchDelay());
        }
        on.machine()
                .consume(
                        queue,
                        consumerTag,
                        options.prefetch(),
                        options.autoAck(),
                        options.exclusive(),
                        stream.arguments(
                                options.arguments(),
                                readsStream || channel.connection().life().isStream(queue)),
                        this,
                        reply);
    }

    @Override
    public void startOn(ChannelMachine machine, Reply reply) {
        startOn(channel.life().incarnation(), reply);
    }

    @Override
    public boolean isRetried() {
        return retried;
    }

    @Override
    public void retried(boolean value) {
        retried = value;
    }

    @Override
    public void onRestored() {
        if (!ended.isDone() && !suspended) {
            cancelledFor = null;
            retried = false;
            started();
        }
    }

    @Override
    public void onNotRestored(RuntimeException cause) {
        finish(cancelledFor == null ? cause : cancelledFor);
    }

    @Override
    public void onDelivery(BasicMethod.Deliver deliver, byte[] properties, byte[] body) {
        Incarnation on = incarnation;
        if (on == null) {
            throw new IllegalStateException("a delivery before the consumer was started");
        }
        LiveDelivery delivery = new LiveDelivery(on, deliver, properties, body, options.autoAck(), readsStream);
        if (observer != null) {
            observer.onDelivered(channel.number(), queue, delivery);
        }
        if (stream.isKnown(delivery, on)) {
            delivery.ack();
            return;
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
    public void onEnd(@Nullable AmqpException cause) {
        stopped(cause);
        if (cause instanceof ConsumerCancelledException
                && cancelling.get() == null
                && channel.life().resumes(this)) {
            cancelledFor = cause;
            suspended = true;
        } else if (cause != null
                && !(cause instanceof ConsumerCancelledException)
                && cancelling.get() == null
                && channel.life().willReopen()) {
            suspended = true;
            interrupted();
        } else {
            finish(cause);
        }
    }

    private void interrupted() {
        try {
            sink.onInterrupted();
        } catch (Throwable e) {
            failed(e);
        }
    }

    /** Its machine does not run it any more. */
    private void stopped(@Nullable AmqpException cause) {
        if (observer != null && started) {
            observer.onConsumerEnded(channel.number(), consumerTag, queue, cause);
        }
        started = false;
        stream.stopped();
    }

    @Override
    public boolean isSuspended() {
        return suspended;
    }

    @Override
    public void onReleased() {
        if (suspended) {
            channel.life().resume(this);
        }
    }

    /** It is over for good; without a cause when it was cancelled or closed by this side. */
    @SuppressWarnings("NullAway") // the value of a CompletableFuture<Void>
    void finish(@Nullable RuntimeException cause) {
        suspended = false;
        channel.life().ended(this);
        endDeliveries();
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
