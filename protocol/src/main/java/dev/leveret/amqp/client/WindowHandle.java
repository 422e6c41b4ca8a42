package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AsyncPublishWindow;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishException;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.PublishWindow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Counts the unconfirmed messages and keeps those whose turn has not come. */
final class WindowHandle implements AsyncPublishWindow {

    /** A publish whose turn has not come; the future is the one its caller has. */
    private record Waiting(OutboundMessage message, CompletableFuture<Void> fate) {}

    private final ChannelHandle channel;
    private final int size;
    private final PublishWindow blocking = new Blocking();

    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by the lock, as is what follows. */
    private final Queue<Waiting> waiting = new ArrayDeque<>();

    private final List<CompletableFuture<Void>> waitingForReady = new ArrayList<>();
    private final List<CompletableFuture<Void>> waitingForFlush = new ArrayList<>();
    private int unconfirmed;
    private @Nullable PublishException firstFailure;

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
            waiting.add(new Waiting(message, fate));
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
        PublishException failure;
        lock.lock();
        try {
            if (unconfirmed > 0) {
                waitingForFlush.add(flushed);
                return flushed;
            }
            failure = firstFailure;
            firstFailure = null;
        } finally {
            lock.unlock();
        }
        complete(flushed, failure);
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
            }
        }
    }

    @SuppressWarnings("NullAway") // the value of a CompletableFuture<Void>
    private void decided(Waiting publish, PublishResult result) {
        PublishException failure =
                result instanceof PublishResult.Confirmed ? null : PublishException.of(publish.message, result);
        List<CompletableFuture<Void>> ready = List.of();
        List<CompletableFuture<Void>> flushed = List.of();
        PublishException told = null;
        lock.lock();
        try {
            unconfirmed--;
            if (firstFailure == null) {
                firstFailure = failure;
            }
            sendWhatMayGo();
            if (unconfirmed < size && waiting.isEmpty()) {
                ready = List.copyOf(waitingForReady);
                waitingForReady.clear();
            }
            if (unconfirmed == 0 && !waitingForFlush.isEmpty()) {
                flushed = List.copyOf(waitingForFlush);
                waitingForFlush.clear();
                told = firstFailure;
                firstFailure = null;
            }
        } finally {
            lock.unlock();
        }
        complete(publish.fate, failure);
        PublishException failureOfFlush = told;
        flushed.forEach(it -> complete(it, failureOfFlush));
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
