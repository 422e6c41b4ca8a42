package dev.leveret.examples;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.BlockedPolicy;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.EntityOutcome;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishException;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.RecoveryOptions;
import dev.leveret.amqp.api.TopologyEntity;
import dev.leveret.testkit.Brokers;
import dev.leveret.testkit.proxy.Cut;
import dev.leveret.testkit.proxy.FaultProxy;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Publishes and consumes on one connection, which is cut again and again, and says what happens to it. The snippets of the
 * documentation of recovery.
 */
public final class Recovering {

    private static final int MESSAGES = 100;

    private Recovering() {}

    public static void main(String[] args) throws InterruptedException {
        String uri = args.length > 0 ? args[0] : Brokers.any().uri().toString();
        System.out.println(
                publishAndConsume(uri, MESSAGES, 3) + " messages of " + MESSAGES + " were handled, once each");
    }

    /** Cuts the connection so many times, evenly spread; returns how many messages were handled. */
    static int publishAndConsume(String uri, int messages, int cuts) throws InterruptedException {
        Set<String> done = ConcurrentHashMap.newKeySet();
        CountDownLatch left = new CountDownLatch(messages);
        Semaphore recovered = new Semaphore(0);
        try (FaultProxy proxy = FaultProxy.to(URI.create(uri));
                Connection connection =
                        Amqp.connect(options(proxy.uri(URI.create(uri)).toString()));
                Channel channel = connection.openChannel()) {
            tellAll(connection);
            connection.onEvent(event -> {
                if (event instanceof ConnectionEvent.Recovered) {
                    recovered.release();
                }
            });
            // Neither exclusive nor deleted with its last consumer, so that what it holds outlives the connection.
            String queue = channel.declareQueue(QueueSpec.of("leveret.recovering." + System.nanoTime()))
                    .name();
            consume(channel, queue, done, left);
            for (int i = 1; i <= messages; i++) {
                BasicProperties properties =
                        BasicProperties.builder().messageId("message " + i).build();
                publishUntilConfirmed(
                        channel,
                        OutboundMessage.toQueue(queue, properties.messageId().getBytes())
                                .withProperties(properties));
                if (i % Math.max(1, messages / (cuts + 1)) == 0 && proxy.cut(Cut.RST) > 0) {
                    recovered.tryAcquire(30, TimeUnit.SECONDS);
                }
            }
            left.await(30, TimeUnit.SECONDS);
            channel.deleteQueue(queue);
        }
        return done.size();
    }

    private static ConnectionOptions options(String uri) {
        // recovery
        ConnectionOptions options = AmqpUri.parse(uri)
                .recovery(RecoveryOptions.standard()
                        .withDelay(Duration.ofMillis(100), Duration.ofSeconds(10))
                        .withGivingUpAfter(Duration.ofMinutes(10))
                        .withCallsMeanwhile(BlockedPolicy.waitUpTo(Duration.ofSeconds(20))))
                .build();
        // end
        return options;
    }

    static RecoveryOptions queuesOnly() {
        // recovery
        RecoveryOptions withoutExchanges =
                RecoveryOptions.standard().withRestoring(entity -> !(entity instanceof TopologyEntity.Exchange));
        // end
        return withoutExchanges;
    }

    private static void consume(Channel channel, String queue, Set<String> done, CountDownLatch left) {
        // recovery
        channel.consume(ConsumeOptions.of(queue), delivery -> {
            // True once for each message, however often it comes: in earnest, a unique key in your database.
            if (done.add(delivery.properties().messageId())) {
                left.countDown();
            }
            delivery.ack();
        });
        // end
    }

    private static void publishUntilConfirmed(Channel channel, OutboundMessage message) {
        // recovery
        boolean unknown;
        do {
            try {
                channel.publish(message);
                unknown = false;
            } catch (PublishException failure) {
                if (!failure.outcomeUnknown()) {
                    throw failure;
                }
                // It may have arrived. Its message-id tells consumers that it is the same.
                unknown = true;
            }
        } while (unknown);
        // end
    }

    static RecoveryOptions republishing() {
        // recovery
        RecoveryOptions republishing =
                RecoveryOptions.standard().withRepublishing(16 * 1024 * 1024, Duration.ofSeconds(30));
        // end
        return republishing;
    }

    private static void tellAll(Connection connection) {
        // recovery
        connection.onEvent(event -> {
            if (event instanceof ConnectionEvent.Lost lost) {
                System.out.println("lost: " + lost.cause().getMessage());
            } else if (event instanceof ConnectionEvent.Recovered recovered) {
                System.out.println("recovered after " + recovered.report().downtime());
                recovered.report().outcomes(EntityOutcome.Result.FAILED).forEach(System.out::println);
            }
        });
        // end
    }
}
