package dev.leveret.amqp.client;

import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.DeliverySink;
import dev.leveret.amqp.api.PullConsumer;
import dev.leveret.amqp.api.SettlementException;
import dev.leveret.amqp.api.Subscription;
import dev.leveret.amqp.machine.Deadlines;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a consumer's deliveries until they are taken. */
final class PullBuffer implements PullConsumer, DeliverySink {

    private static final Logger LOG = LoggerFactory.getLogger(PullBuffer.class);

    private final ChannelHandle channel;
    private final Backlog backlog;

    /** The event loop's: what arrived together. */
    private final List<Delivery> arriving = new ArrayList<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Guarded by the lock, as is what follows. */
    private final Queue<Delivery> waiting = new ArrayDeque<>();

    private boolean closed;
    private boolean ended;
    private @Nullable Throwable failure;

    /** Set before anybody holds this object. */
    private @Nullable Subscription subscription;

    PullBuffer(ChannelHandle channel, ConsumeOptions options) {
        this.channel = channel;
        this.backlog = new Backlog(channel.connection(), options.bufferMessages(), options.bufferBytes());
    }

    /** The broker has accepted the consumer. */
    PullConsumer attach(Subscription accepted) {
        subscription = accepted;
        accepted.ended().whenComplete((ignored, cause) -> {
            lock.lock();
            try {
                ended = true;
                failure = cause instanceof CompletionException ? cause.getCause() : cause;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        });
        return this;
    }

    // ---- on the event loop ----------------------------------------------------------------------------------------

    @Override
    public void onDelivery(Delivery delivery) {
        arriving.add(delivery);
    }

    @Override
    public void onBatchEnd() {
        long bytes = 0;
        for (Delivery delivery : arriving) {
            bytes += delivery.body().length;
        }
        backlog.arrived(arriving.size(), bytes);
        boolean unwanted;
        lock.lock();
        try {
            unwanted = closed;
            if (!unwanted) {
                waiting.addAll(arriving);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (unwanted) {
            arriving.forEach(this::giveBack);
            backlog.taken(arriving.size(), bytes);
        }
        arriving.clear();
    }

    @Override
    public void onEnd() {
        backlog.end();
    }

    // ---- on users' threads ----------------------------------------------------------------------------------------

    @Override
    public Optional<Delivery> poll(Duration timeout) {
        if (!timeout.isZero()) {
            Await.refuseOnLoop(channel.connection());
        }
        Delivery next = next(timeout);
        if (next != null) {
            backlog.taken(1, next.body().length);
        }
        return Optional.ofNullable(next);
    }

    private @Nullable Delivery next(Duration timeout) {
        long left = Deadlines.nanos(timeout);
        lock.lock();
        try {
            while (true) {
                Delivery next = waiting.poll();
                if (next instanceof LiveDelivery live && live.isStale()) {
                    // The broker gives it to somebody again.
                    backlog.taken(1, next.body().length);
                } else if (next != null) {
                    return next;
                } else if (ended && failure != null) {
                    throw Await.forCaller(failure);
                } else if (ended || left <= 0) {
                    return null;
                } else {
                    left = changed.awaitNanos(left);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for a delivery from '" + queue() + "'");
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int buffered() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Delivery> cancel() {
        awaitCancel();
        return takeAll();
    }

    @Override
    public void close() {
        markClosed();
        takeAll().forEach(this::giveBack);
        if (!ended().isDone()) {
            awaitCancel();
        }
    }

    private void markClosed() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    /** Nobody wants it any more; on the event loop. */
    static void abandon(PullConsumer unwanted) {
        ((PullBuffer) unwanted).release();
    }

    private void release() {
        markClosed();
        takeAll().forEach(this::giveBack);
        subscription().cancel();
    }

    private void awaitCancel() {
        Await.refuseOnLoop(channel.connection());
        Await.result(
                channel.connection(),
                subscription().cancel(),
                channel.connection().options().requestTimeout());
    }

    private List<Delivery> takeAll() {
        List<Delivery> all;
        lock.lock();
        try {
            all = new ArrayList<>(waiting);
            waiting.clear();
        } finally {
            lock.unlock();
        }
        backlog.taken(all.size(), all.stream().mapToLong(it -> it.body().length).sum());
        all.removeIf(it -> it instanceof LiveDelivery live && live.isStale());
        return all;
    }

    private void giveBack(Delivery delivery) {
        if (delivery.autoAcknowledged()) {
            LOG.warn("{} was acknowledged automatically and is lost, as its consumer was closed", delivery);
            return;
        }
        try {
            delivery.nack(true);
        } catch (SettlementException e) {
            LOG.debug("{} is not given back one by one", delivery, e);
        }
    }

    @Override
    public String consumerTag() {
        return subscription().consumerTag();
    }

    @Override
    public String queue() {
        return subscription().queue();
    }

    @Override
    public CompletableFuture<Void> ended() {
        return subscription().ended();
    }

    private Subscription subscription() {
        Subscription accepted = subscription;
        if (accepted == null) {
            throw new IllegalStateException("the broker has not accepted the consumer yet");
        }
        return accepted;
    }

    @Override
    public String toString() {
        return "PullConsumer[" + subscription + "]";
    }
}
