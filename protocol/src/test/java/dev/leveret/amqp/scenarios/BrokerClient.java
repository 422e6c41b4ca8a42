package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.GetResponse;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.Subscription;
import dev.leveret.testkit.Broker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A connection to a shared broker with one channel, and queues that go with it. */
final class BrokerClient implements AutoCloseable {

    final Connection connection;
    final Channel channel;

    private BrokerClient(Connection connection) {
        this.connection = connection;
        this.channel = connection.openChannel();
    }

    static BrokerClient of(Broker broker) {
        return of(broker, options -> options);
    }

    static BrokerClient of(Broker broker, UnaryOperator<ConnectionOptions.Builder> more) {
        return new BrokerClient(
                Amqp.connect(more.apply(AmqpUri.parse(broker.uri())).build()));
    }

    /** A name that nobody else uses. */
    static String unique(String what) {
        return "leveret-test-" + what + "-" + UUID.randomUUID();
    }

    AsyncChannel async() {
        return channel.async();
    }

    /** A queue of this connection only. */
    String queue() {
        return queue(spec -> spec);
    }

    String queue(UnaryOperator<QueueSpec> more) {
        String name = unique("q");
        channel.declareQueue(more.apply(QueueSpec.of(name).withDurable(false).withExclusive(true)));
        return name;
    }

    /** A queue that other connections may use too; whoever declares it deletes it. */
    static QueueSpec shared(QueueSpec queue) {
        return queue.withExclusive(false).withDurable(true);
    }

    static OutboundMessage message(String queue, String text) {
        return OutboundMessage.toQueue(queue, text.getBytes(StandardCharsets.UTF_8));
    }

    void publish(String queue, String... texts) {
        for (String text : texts) {
            channel.publish(message(queue, text));
        }
    }

    static String text(Delivery delivery) {
        return new String(delivery.body(), StandardCharsets.UTF_8);
    }

    /** Fetches all that is ready and acknowledges it. */
    List<String> drain(String queue) {
        List<String> texts = new ArrayList<>();
        for (Optional<GetResponse> got = channel.get(queue, true); got.isPresent(); got = channel.get(queue, true)) {
            texts.add(text(got.get().delivery()));
        }
        return texts;
    }

    /** Consumes into a queue of this process. */
    Deliveries consume(ConsumeOptions options) {
        BlockingQueue<Delivery> received = new LinkedBlockingQueue<>();
        return new Deliveries(channel.consume(options, received::add), received);
    }

    Deliveries consume(String queue) {
        return consume(ConsumeOptions.of(queue));
    }

    @Override
    public void close() {
        connection.close();
    }

    /** What a consumer has received. */
    record Deliveries(Subscription subscription, BlockingQueue<Delivery> received) {

        Delivery next() {
            Delivery next = poll(20_000);
            assertThat(next).as("a delivery").isNotNull();
            return next;
        }

        List<Delivery> next(int count) {
            List<Delivery> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                all.add(next());
            }
            return all;
        }

        List<String> nextTexts(int count) {
            return next(count).stream().map(BrokerClient::text).toList();
        }

        private Delivery poll(long millis) {
            try {
                return received.poll(millis, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }
    }
}
