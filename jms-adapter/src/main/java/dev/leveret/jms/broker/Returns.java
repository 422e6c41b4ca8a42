package dev.leveret.jms.broker;

import dev.leveret.amqp.api.AsyncChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Closes a channel on which messages of a queue have been returned one by one, so that none of them is returned by the closing
 * instead, which counts as a failure on quorum queues of RabbitMQ 4.3.
 *
 * <p>RabbitMQ sends a quorum queue some 32 commands at a time, and drops those that wait when the channel closes. There is no
 * answer to a return; commands that have one, such as starting a consumer, take messages. So the channel closes some time
 * later, many times what such a queue needs to write what it was sent. Thread-safe.
 */
final class Returns {

    /** So many commands to a queue wait for no other, with some to spare. */
    private static final int WITHOUT_WAITING = 24;

    private static final long LINGER_MILLIS = 250;

    private final BrokerLink link;
    private final AsyncChannel channel;
    private final String queue;
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();

    /** Those of one channel to one queue. */
    Returns(BrokerLink link, AsyncChannel channel, String queue) {
        this.link = link;
        this.channel = channel;
        this.queue = queue;
    }

    /** A message was returned by a command of its own. */
    void add() {
        count.incrementAndGet();
    }

    /** Closes the channel, when it is sure that everything was returned that was; once. */
    CompletableFuture<@Nullable Void> close() {
        if (begun.compareAndSet(false, true)) {
            closeNow().whenComplete((done, failure) -> closed.complete(null));
        }
        return closed;
    }

    private CompletableFuture<Void> closeNow() {
        if (count.get() <= WITHOUT_WAITING || !link.closingCountsAsFailure() || !channel.isOpen()) {
            return channel.close();
        }
        Executor later = CompletableFuture.delayedExecutor(LINGER_MILLIS, TimeUnit.MILLISECONDS);
        // Its answer comes when the channel has read the returns.
        return channel.declareQueuePassive(queue)
                .handleAsync((info, failure) -> channel.close(), later)
                .thenCompose(it -> it);
    }
}
