package dev.leveret.amqp.client;

import dev.leveret.amqp.api.ConnectionObserver;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.DeliveryHandler;
import dev.leveret.amqp.api.DeliverySink;
import dev.leveret.amqp.api.HandlerErrorPolicy;
import dev.leveret.amqp.api.HandlingObservation;
import dev.leveret.amqp.api.SettlementException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a consumer's deliveries on the event loop and has its handler handle them elsewhere. */
final class HandlerSink implements DeliverySink, DeliveryDispatch.Handling {

    private static final Logger LOG = LoggerFactory.getLogger(HandlerSink.class);

    private final ChannelHandle channel;
    private final DeliveryHandler handler;
    private final HandlerErrorPolicy onError;
    private final Executor executor;
    private final Backlog backlog;
    private final String queue;
    private final @Nullable ConnectionObserver observer;
    /** What the handler is at, for whoever wonders; set lazily, as nothing depends on it. */
    private final AtomicReference<@Nullable Delivery> current = new AtomicReference<>();

    HandlerSink(
            ChannelHandle channel,
            @Nullable ConnectionObserver observer,
            ConsumeOptions options,
            DeliveryHandler handler) {
        this.channel = channel;
        this.observer = observer;
        this.queue = options.queue();
        this.handler = handler;
        this.onError = options.onHandlerError();
        this.executor = options.executor().orElse(HandlerThreads.shared());
        this.backlog = new Backlog(channel.connection(), options.bufferMessages(), options.bufferBytes());
    }

    @Override
    public void onDelivery(Delivery delivery) {
        channel.dispatch().add(this, delivery);
    }

    @Override
    public void onBatchEnd() {
        channel.dispatch().flush();
    }

    @Override
    public Executor executor() {
        return executor;
    }

    @Override
    public Backlog backlog() {
        return backlog;
    }

    @Override
    public void onEnd() {
        backlog.end();
    }

    @Override
    public void refused(Throwable cause) {
        LOG.error(
                "{}: the executor of a consumer of '{}' refuses deliveries; the channel is closed",
                channel,
                queue,
                cause);
        channel.fail("the executor of a consumer refuses deliveries: " + cause, cause);
    }

    @Override
    public void handle(Delivery delivery) {
        if (delivery instanceof LiveDelivery live && live.isStale()) {
            // The broker gives it to somebody again, so handling it here would be once too often.
            return;
        }
        HandlingObservation observation =
                observer == null ? null : observer.onHandling(channel.number(), queue, delivery);
        current.lazySet(delivery);
        try {
            handler.handle(delivery);
            if (observation != null) {
                observation.onEnd(null);
            }
        } catch (Throwable e) {
            if (observation != null) {
                observation.onEnd(e);
            }
            if (e instanceof SettlementException refusal
                    && refusal.reason() == SettlementException.Reason.STALE
                    && delivery instanceof LiveDelivery live
                    && live.isStale()) {
                // Nobody's mistake, and it comes again.
                LOG.info("{}: {} was handled when its channel had been lost", channel, delivery);
                return;
            }
            // Errors too: a handler that dies of one must not take the deliveries behind it along.
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            LOG.error("{}: the handler of a consumer of '{}' failed on {}: {}", channel, queue, delivery, onError, e);
            try {
                applyPolicy(delivery, e);
            } catch (SettlementException refused) {
                notGivenBack(delivery, refused);
            }
        } finally {
            current.lazySet(null);
        }
    }

    @Override
    public @Nullable Delivery current() {
        return current.get();
    }

    /** It has ended with its channel just now, or cannot be given back at all; then the consumer must not wait for it. */
    private void notGivenBack(Delivery delivery, SettlementException cause) {
        if (cause.reason() == SettlementException.Reason.STREAM) {
            channel.fail(
                    "a delivery handler failed, and its delivery cannot be given back: " + cause.getMessage(), cause);
        } else {
            LOG.debug("{} goes back with its channel", delivery, cause);
        }
    }

    private void applyPolicy(Delivery delivery, Throwable cause) {
        boolean settleable = delivery.isSettleable();
        switch (onError) {
            case CLOSE_CHANNEL -> channel.fail("a delivery handler failed: " + cause, cause);
            case REQUEUE -> {
                if (settleable) {
                    delivery.nack(true);
                }
            }
            case REJECT -> {
                if (settleable) {
                    delivery.reject(false);
                }
            }
            case LEAVE_UNSETTLED -> {}
        }
    }
}
