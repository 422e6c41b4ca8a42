package dev.leveret.benchmarks.client;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishCallback;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.Subscription;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** One channel for everything: it may be used from any thread. */
final class LeveretPeer implements Peer {

    private static final BasicProperties PROPERTIES = BasicProperties.builder()
            .contentType("application/octet-stream")
            .deliveryMode(2)
            .build();

    private final Connection connection;
    private final Channel channel;
    private final AsyncChannel async;

    LeveretPeer(ConnectionOptions options) {
        connection = Amqp.connect(options);
        channel = connection.openChannel();
        async = channel.async();
    }

    @Override
    public Sender unconfirmed(String queue) {
        return body -> channel.send(message(queue, body));
    }

    @Override
    public Sender confirmed(String queue, Progress confirmed) {
        BiConsumer<Void, Throwable> whenDone = (nothing, failure) -> {
            if (failure == null) {
                confirmed.add(1);
            } else {
                confirmed.fail(failure);
            }
        };
        return body -> async.publish(message(queue, body)).whenComplete(whenDone);
    }

    @Override
    public Sender confirmedByCallback(String queue, Progress confirmed) {
        PublishCallback callback = result -> {
            if (result instanceof PublishResult.Confirmed) {
                confirmed.add(1);
            } else {
                confirmed.fail(new IllegalStateException("not confirmed: " + result));
            }
        };
        return body -> async.publish(message(queue, body), callback);
    }

    @Override
    public Sender oneAtATime(String queue) {
        return body -> channel.publish(message(queue, body));
    }

    /** Publishes for this time in as many chains, on a thread of its own, and returns how many messages it were. */
    long publishInChains(String queue, byte[] body, int chains, Duration time) throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try {
            return new FutureChains(executor, () -> async.publish(message(queue, body))).run(chains, time);
        } finally {
            executor.shutdown();
        }
    }

    @Override
    public AutoCloseable consume(String queue, ConsumeMode mode, int prefetch, Receiver receiver) throws Exception {
        ConsumeOptions options = ConsumeOptions.of(queue).withPrefetch(prefetch).withAutoAck(mode != ConsumeMode.ACK);
        Subscription subscription = switch (mode) {
            case ACK ->
                channel.consume(options, delivery -> {
                    receiver.onBody(delivery.body());
                    delivery.ack();
                });
            case AUTO_ACK -> channel.consume(options, delivery -> receiver.onBody(delivery.body()));
            case AUTO_ACK_ON_EVENT_LOOP ->
                async.consumeOnEventLoop(options, (Delivery delivery) -> receiver.onBody(delivery.body()))
                        .get(10, TimeUnit.SECONDS);
        };
        return () -> subscription.cancel().get(10, TimeUnit.SECONDS);
    }

    @Override
    public long messageCount(String queue) {
        return channel.declareQueuePassive(queue).messageCount();
    }

    @Override
    public void declareQueue(String queue) {
        channel.declareQueue(QueueSpec.of(queue));
    }

    @Override
    public void deleteQueue(String queue) {
        channel.deleteQueue(queue);
    }

    @Override
    public void close() {
        connection.close();
    }

    private static OutboundMessage message(String queue, byte[] body) {
        return new OutboundMessage("", queue, false, PROPERTIES, body);
    }
}
