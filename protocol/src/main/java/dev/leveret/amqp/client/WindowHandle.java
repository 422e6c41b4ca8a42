package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AsyncPublishWindow;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishException;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.PublishWindow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Counts the unconfirmed messages and keeps those whose turn has not come. */
final class WindowHandle implements AsyncPublishWindow {

    /** A publish whose turn has not come; the future is the one its caller has. */
    private record Waiting(OutboundMessage message, CompletableFuture<Void> fate, Batch batch) {}

    /** What was published between two flushes; the flushes are those that wait for it. */
    private static final class Batch {
        final List<CompletableFuture<Void>> flushes = new ArrayList<>();
        int published;
        int undecided;

        @Nullable
        PublishException firstFailure;

        boolean isDecided() {
            return !flushes.isEmpty() && undecided == 0;
        }
    }

    private final ChannelHandle channel;
    private final int size;
    private final PublishWindow blocking = new Blocking();

    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by the lock, as is what follows. */
    private final Queue<Waiting> waiting = new ArrayDeque<>();

    private final List<CompletableFuture<Void>> waitingForReady = new ArrayList<>();
    /** Oldest first; the last one is not flushed yet and takes what is published now. */
    private final Deque<Batch> batches = new ArrayDeque<>(List.of(new Batch()));

    private int unconfirmed;

    WindowHandle(ChannelHandle channel, int size) {
        if (size < 1) {
            throw new IllegalArgumentException("a publish window of " + size + " messages lets none through");
        }
        this.channel = channel;
        this.size = size;
    }

    @Override
    public CompletableFuture<Void> publish(OutboundMessage message) {
        CompletableFuture<Void> fate = new CompletableFuture<>();
        lock.lock();
        try {
            Batch batch = batches.getLast();
            batch.published++;
            batch.undecided++;
            waiting.add(new Waiting(message, fate, batch));
            // Within the lock, so that the channel gets them in the order of the calls.
            sendWhatMayGo();
        } finally {
            lock.unlock();
        }
        return fate;
    }

    @Override
    public CompletableFuture<Void> ready() {
        lock.lock();
        try {
            if (unconfirmed < size && waiting.isEmpty()) {
                return channel.room();
            }
            CompletableFuture<Void> ready = new CompletableFuture<>();
            waitingForReady.add(ready);
            return ready;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CompletableFuture<Void> flush() {
        CompletableFuture<Void> flushed = new CompletableFuture<>();
        List<Batch> decided;
        lock.lock();
        try {
            Batch last = batches.removeLast();
            if (last.published > 0 || batches.isEmpty()) {
                batches.add(last);
            }
            // Nothing was published since the flush before, so both wait for the same.
            batches.getLast().flushes.add(flushed);
            batches.add(new Batch());
            decided = takeDecided();
        } finally {
            lock.unlock();
        }
        tell(decided);
        return flushed;
    }

    @Override
    public int unconfirmed() {
        lock.lock();
        try {
            return unconfirmed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public PublishWindow blocking() {
        return blocking;
    }

    /** With the lock held; the channel answers later, on its event loop. */
    private void sendWhatMayGo() {
        while (unconfirmed < size && !waiting.isEmpty()) {
            Waiting next = waiting.remove();
            if (!next.fate.isDone()) {
                unconfirmed++;
                channel.publish(next.message, result -> decided(next, result));
            } else {
                next.batch.undecided--;
            }
        }
    }

    /** With the lock held: the batches that are flushed now. */
    private List<Batch> takeDecided() {
        List<Batch> decided = new ArrayList<>();
        while (batches.getFirst().isDecided()) {
            Batch batch = batches.removeFirst();
            if (batch.firstFailure != null && batch.flushes.stream().allMatch(CompletableFuture::isDone)) {
                // Nobody waits any more, so the next flush has to tell it.
                batches.getFirst().firstFailure = batch.firstFailure;
            }
            decided.add(batch);
        }
        return decided;
    }

    private static void tell(List<Batch> decided) {
        decided.forEach(batch -> batch.flushes.forEach(it -> complete(it, batch.firstFailure)));
    }

    @SuppressWarnings("NullAway") // the value of a CompletableFuture<Void>
    private void decided(Waiting publish, PublishResult result) {
        PublishException failure =
                result instanceof PublishResult.Confirmed ? null : PublishException.of(publish.message, result);
        List<CompletableFuture<Void>> ready = List.of();
        List<Batch> flushed;
        lock.lock();
        try {
            unconfirmed--;
            publish.batch.undecided--;
            if (publish.batch.firstFailure == null) {
                publish.batch.firstFailure = failure;
            }
            sendWhatMayGo();
            if (unconfirmed < size && waiting.isEmpty()) {
                ready = List.copyOf(waitingForReady);
                waitingForReady.clear();
            }
            flushed = takeDecided();
        } finally {
            lock.unlock();
        }
        complete(publish.fate, failure);
        tell(flushed);
        ready.forEach(it -> channel.room().whenComplete((ignored, cause) -> it.complete(null)));
    }

    @SuppressWarnings("NullAway") // the value of a CompletableFuture<Void>
    private static void complete(CompletableFuture<Void> future, @Nullable PublishException failure) {
        if (failure == null) {
            future.complete(null);
        } else {
            future.completeExceptionally(failure);
        }
    }

    /** The face for callers that wait. */
    private final class Blocking implements PublishWindow {

        @Override
        public CompletableFuture<Void> publish(OutboundMessage message) {
            Await.result(
                    channel.connection(),
                    ready(),
                    channel.connection().options().requestTimeout());
            return WindowHandle.this.publish(message);
        }

        @Override
        public void flush() {
            Await.refuseOnLoop(channel.connection());
            Await.result(
                    channel.connection(),
                    WindowHandle.this.flush(),
                    channel.connection().options().requestTimeout());
        }

        @Override
        public int unconfirmed() {
            return WindowHandle.this.unconfirmed();
        }

        @Override
        public AsyncPublishWindow async() {
            return WindowHandle.this;
        }
    }
}
