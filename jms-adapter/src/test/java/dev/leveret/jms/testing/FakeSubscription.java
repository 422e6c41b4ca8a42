package dev.leveret.jms.testing;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.ConsumerCancelledException;
import dev.leveret.amqp.api.DeliverySink;
import dev.leveret.amqp.api.Subscription;
import java.util.concurrent.CompletableFuture;

/** A consumer that the test feeds. */
public final class FakeSubscription implements Subscription {

    private final FakeChannel channel;
    private final ConsumeOptions options;
    private final DeliverySink sink;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    FakeSubscription(FakeChannel channel, ConsumeOptions options, DeliverySink sink) {
        this.channel = channel;
        this.options = options;
        this.sink = sink;
    }

    @Override
    public void pauseReading() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void resumeReading() {
        throw new UnsupportedOperationException();
    }

    FakeChannel channel() {
        return channel;
    }

    public int prefetch() {
        return options.prefetch();
    }

    /** Delivers one message; {@link #batchEnd} is to follow. */
    public FakeDelivery deliver(boolean redelivered, BasicProperties properties, byte[] body) {
        FakeDelivery delivery = new FakeDelivery(channel, channel.nextTag(), redelivered, properties, body);
        sink.onDelivery(delivery);
        return delivery;
    }

    public void batchEnd() {
        sink.onBatchEnd();
    }

    /** The broker ends it, as when its queue is deleted. */
    public void cancelByBroker() {
        ended.completeExceptionally(new ConsumerCancelledException("the queue was deleted"));
    }

    void interrupt() {
        if (!ended.isDone()) {
            sink.onInterrupted();
        }
    }

    void end(Throwable cause) {
        ended.completeExceptionally(cause);
    }

    void channelClosed() {
        ended.complete(null);
    }

    @Override
    public String consumerTag() {
        return "consumer";
    }

    @Override
    public String queue() {
        return options.queue();
    }

    @Override
    public CompletableFuture<Void> cancel() {
        channel.log().add("cancel " + queue());
        ended.complete(null);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> ended() {
        return ended;
    }
}
