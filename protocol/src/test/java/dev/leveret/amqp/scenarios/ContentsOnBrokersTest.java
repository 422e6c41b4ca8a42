package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishException;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.BrokerKind;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Bodies of every size and headers of every type, there and back through brokers. */
class ContentsOnBrokersTest {

    private static Delivery roundTrip(BrokerClient client, String queue, OutboundMessage message) {
        client.channel.publish(message);
        return client.channel.get(queue, true).orElseThrow().delivery();
    }

    @EveryBroker
    void bodiesOfEverySizeComeBackAsTheyWent(Broker broker) {
        Random random = new Random(7);
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            int frame = Math.min(client.connection.negotiated().frameMax(), 4 * 1024 * 1024);
            for (int size : new int[] {0, 1, frame - 9, frame - 8, frame - 7, 2 * (frame - 8), 1024 * 1024}) {
                byte[] body = new byte[size];
                random.nextBytes(body);
                assertThat(roundTrip(client, queue, OutboundMessage.toQueue(queue, body))
                                .body())
                        .as("%d bytes", size)
                        .isEqualTo(body);
            }
        }
    }

    @EveryBroker
    void theSmallestFramesThatBrokersAcceptAreEnough(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker, it -> it.frameMax(8192))) {
            assertThat(client.connection.negotiated().frameMax()).isEqualTo(8192);
            String queue = client.queue();
            for (int size : new int[] {8183, 8184, 8185, 100_000}) {
                byte[] body = new byte[size];
                Arrays.fill(body, (byte) size);
                assertThat(roundTrip(client, queue, OutboundMessage.toQueue(queue, body))
                                .body())
                        .isEqualTo(body);
            }
        }
    }

    @EveryBroker
    void aBodyOfSeventeenMebibytesComesBackOrIsRefusedWithTheLimit(Broker broker) {
        byte[] body = new byte[17 * 1024 * 1024];
        new Random(3).nextBytes(body);
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            boolean limited =
                    broker.kind() == BrokerKind.RABBITMQ && !broker.version().startsWith("3.");
            OutboundMessage message = OutboundMessage.toQueue(queue, body);
            if (limited) {
                PublishException refused = Futures.failure(client.async().publish(message), PublishException.class);
                assertThat(refused).hasMessageContaining("406").hasMessageContaining("16777216");
                assertThat(client.connection.isOpen()).isTrue();
            } else {
                assertThat(roundTrip(client, queue, message).body()).isEqualTo(body);
            }
        }
    }

    private static Map<String, @Nullable Object> everyType() {
        Map<String, @Nullable Object> headers = new LinkedHashMap<>();
        headers.put("boolean", true);
        headers.put("byte", (byte) -7);
        headers.put("short", (short) -300);
        headers.put("int", 70_000);
        headers.put("long", 1L << 40);
        headers.put("float", 1.5f);
        headers.put("double", -2.25);
        headers.put("decimal", new BigDecimal("123.45"));
        headers.put("string", "text \u20ac \uD83D\uDC07");
        headers.put("bytes", new byte[] {0, (byte) 0xFF});
        headers.put("timestamp", Instant.ofEpochSecond(1_700_000_000));
        headers.put("nothing", null);
        headers.put("list", Arrays.asList(1, "two", null, List.of(3L)));
        headers.put("table", Map.of("inner", Map.of("deep", (short) 1)));
        return headers;
    }

    @EveryBroker
    void headersOfEveryTypeComeBackAsTheyWent(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            BasicProperties sent =
                    BasicProperties.builder().headers(everyType()).build();
            Delivery back = roundTrip(
                    client, queue, OutboundMessage.toQueue(queue, new byte[1]).withProperties(sent));
            assertThat(back.properties()).isEqualTo(sent);
            everyType().forEach((name, value) -> {
                if (value != null) {
                    assertThat(back.properties().header(name)).as(name).hasSameClassAs(kept(value));
                }
            });
        }
    }

    /** A value as tables keep it: copied, if it is a container. */
    private static Object kept(Object value) {
        return BasicProperties.builder().header("x", value).build().header("x");
    }

    // Qpid takes an expiration for a point in time, so the message vanishes.
    @RequiresRabbitMq
    @Test
    void allFourteenPropertiesComeBackAsTheyWent(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            BasicProperties sent = BasicProperties.builder()
                    .contentType("text/plain")
                    .contentEncoding("identity")
                    .header("h", 1)
                    .deliveryMode(2)
                    .priority(7)
                    .correlationId("correlation")
                    .replyTo("reply")
                    .expiration("60000")
                    .messageId("message")
                    .timestamp(Instant.ofEpochSecond(1_700_000_000))
                    .type("type")
                    .userId("guest")
                    .appId("app")
                    .clusterId("cluster")
                    .build();
            Delivery back = roundTrip(
                    client, queue, OutboundMessage.toQueue(queue, new byte[1]).withProperties(sent));
            assertThat(back.properties()).isEqualTo(sent);
            assertThat(back.exchange()).isEmpty();
            assertThat(back.routingKey()).isEqualTo(queue);
        }
    }

    @EveryBroker
    void namesAndKeysOfEveryAlphabetAreRoutedAsTheyAre(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            String exchange = BrokerClient.unique("\u00fc\u20ac\uD83D\uDC07");
            client.channel.declareExchange(
                    dev.leveret.amqp.api.ExchangeSpec.direct(exchange).withDurable(false));
            String key = "k\u00e9y \u65e5\u672c";
            client.channel.bind(dev.leveret.amqp.api.BindingSpec.toQueue(exchange, queue, key));
            Delivery back = roundTrip(
                    client,
                    queue,
                    OutboundMessage.of(exchange, key, new byte[1]).withMandatory(true));
            assertThat(back.exchange()).isEqualTo(exchange);
            assertThat(back.routingKey()).isEqualTo(key);
            client.channel.deleteExchange(exchange);
        }
    }
}
