package dev.leveret.amqp.scenarios;

import static dev.leveret.amqp.scenarios.BrokerClient.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.DeadLetterStrategy;
import dev.leveret.amqp.api.DelayedRetryType;
import dev.leveret.amqp.api.LeaderLocator;
import dev.leveret.amqp.api.Overflow;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.Topology;
import dev.leveret.amqp.api.TopologyProblem;
import dev.leveret.amqp.testing.RawConnection;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.Method;
import dev.leveret.amqp.wire.QueueMethod;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.Capability;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RabbitMQ's arguments on RabbitMQ: what it takes, and that it agrees with what is refused before it is asked. */
class ArgumentsOnBrokersTest {

    /** A channel or connection that the broker has closed because of a request. */
    private static boolean isRefusal(Method answer) {
        return answer instanceof ChannelMethod.Close || answer instanceof ConnectionMethod.Close;
    }

    private static Method declare(Broker broker, QueueSpec it) throws IOException {
        try (RawConnection raw = RawConnection.to(broker).channel(1)) {
            return raw.write(
                            1,
                            new QueueMethod.Declare(
                                    it.name(),
                                    false,
                                    it.durable(),
                                    it.exclusive(),
                                    it.autoDelete(),
                                    false,
                                    it.arguments()))
                    .next();
        }
    }

    static List<QueueSpec> impossible() {
        QueueSpec classic = QueueSpec.classic("q");
        QueueSpec quorum = QueueSpec.quorum("q");
        QueueSpec stream = QueueSpec.stream("q");
        List<QueueSpec> all = new ArrayList<>();
        for (QueueSpec replicated : List.of(quorum, stream)) {
            all.add(replicated.withExclusive(true));
            all.add(replicated.withAutoDelete(true));
            all.add(replicated.withDurable(false));
            all.add(replicated.withMaxPriority(5));
            all.add(replicated.withVersion(2));
            all.add(replicated.withLazyMode());
        }
        for (QueueSpec replaced : List.of(classic, quorum)) {
            all.add(replaced.withMaxAge(Duration.ofDays(1)));
            all.add(replaced.withMaxSegmentSizeBytes(1_000_000));
            all.add(replaced.withInitialClusterSize(1));
        }
        for (QueueSpec other : List.of(classic, stream)) {
            all.add(other.withDeadLetterStrategy(DeadLetterStrategy.AT_MOST_ONCE));
            all.add(other.withDeliveryLimit(5));
            all.add(other.withInitialGroupSize(1));
        }
        all.add(stream.withMessageTtl(Duration.ofSeconds(1)));
        all.add(stream.withExpires(Duration.ofSeconds(10)));
        all.add(stream.withMaxLength(5));
        all.add(stream.withOverflow(Overflow.DROP_HEAD));
        all.add(stream.withDeadLetterExchange("amq.fanout"));
        all.add(stream.withSingleActiveConsumer(true));
        all.add(QueueSpec.of("q").withArgument("x-dead-letter-routing-key", "k"));
        all.add(QueueSpec.of("q").withArgument("x-message-ttl", -1));
        all.add(QueueSpec.of("q").withArgument("x-message-ttl", "1000"));
        all.add(QueueSpec.of("q").withArgument("x-expires", 0));
        all.add(QueueSpec.of("q").withArgument("x-expires", "1000"));
        all.add(QueueSpec.of("q").withArgument("x-max-length", -1));
        all.add(QueueSpec.of("q").withArgument("x-max-length", "5"));
        all.add(QueueSpec.of("q").withArgument("x-max-length-bytes", -1));
        all.add(classic.withArgument("x-max-priority", 256));
        all.add(classic.withArgument("x-max-priority", -1));
        return all;
    }

    @RequiresRabbitMq({Capability.QUORUM_QUEUES, Capability.STREAMS})
    @ParameterizedTest
    @MethodSource("impossible")
    void whatIsRefusedHereTheBrokerWouldRefuseToo(QueueSpec impossible, Broker broker) throws IOException {
        QueueSpec spec = impossible.withName(unique("impossible"));
        assertThat(isRefusal(declare(broker, spec))).as("%s", spec).isTrue();
        try (BrokerClient client = BrokerClient.of(broker)) {
            assertThatThrownBy(() -> client.channel.declareQueue(spec))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(spec.name());
            assertThatThrownBy(() -> client.connection.declare(new Topology(List.of(), List.of(spec), List.of())))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(client.channel.isOpen()).isTrue();
        }
    }

    static List<QueueSpec> possibleOnSome() {
        Duration minute = Duration.ofMinutes(1);
        return List.of(
                QueueSpec.classic("q").withLeaderLocator(LeaderLocator.CLIENT_LOCAL),
                QueueSpec.classic("q").withVersion(1),
                QueueSpec.classic("q").withVersion(2),
                QueueSpec.classic("q").withLazyMode(),
                QueueSpec.classic("q").withConsumerTimeout(minute),
                QueueSpec.stream("q").withConsumerTimeout(minute),
                QueueSpec.classic("q").withConsumerDisconnectedTimeout(minute),
                QueueSpec.classic("q").withDelayedRetry(DelayedRetryType.ALL, minute, minute),
                QueueSpec.stream("q").withDelayedRetry(DelayedRetryType.ALL, minute, minute),
                QueueSpec.of("q").withArgument("x-queue-master-locator", "min-masters"),
                QueueSpec.quorum("q").withOverflow(Overflow.REJECT_PUBLISH_DLX),
                QueueSpec.quorum("q").withTargetGroupSize(1),
                QueueSpec.quorum("q").withDeadLetterStrategy(DeadLetterStrategy.AT_LEAST_ONCE),
                QueueSpec.of("q").withDurable(false));
    }

    @RequiresRabbitMq({Capability.QUORUM_QUEUES, Capability.STREAMS})
    @ParameterizedTest
    @MethodSource("possibleOnSome")
    void aBrokerRefusesWhatItsVersionIsSaidToRefuseAndNothingElse(QueueSpec some, Broker broker) throws IOException {
        QueueSpec spec = some.withName(unique("some"));
        boolean expected = new Topology(List.of(), List.of(spec), List.of())
                .problemsOn(broker.version()).stream().anyMatch(it -> it.kind() == TopologyProblem.Kind.REFUSED);
        assertThat(isRefusal(declare(broker, spec))).as("%s", spec).isEqualTo(expected);
        try (BrokerClient client = BrokerClient.of(broker)) {
            client.channel.deleteQueue(spec.name());
        }
    }

    static List<QueueSpec> possible() {
        Duration minute = Duration.ofMinutes(1);
        return List.of(
                QueueSpec.classic("q")
                        .withMessageTtl(Duration.ZERO)
                        .withExpires(minute)
                        .withMaxLength(0)
                        .withMaxLengthBytes(1_000_000)
                        .withOverflow(Overflow.REJECT_PUBLISH_DLX)
                        .withDeadLetterExchange("", "k")
                        .withSingleActiveConsumer(true)
                        .withMaxPriority(255)
                        .withVersion(2),
                QueueSpec.classic("q").withLazyMode().withExclusive(true).withAutoDelete(true),
                QueueSpec.quorum("q")
                        .withMessageTtl(minute)
                        .withExpires(minute)
                        .withMaxLength(100)
                        .withMaxLengthBytes(1_000_000)
                        .withOverflow(Overflow.REJECT_PUBLISH)
                        .withDeadLetterExchange("amq.fanout")
                        .withDeadLetterStrategy(DeadLetterStrategy.AT_LEAST_ONCE)
                        .withSingleActiveConsumer(true)
                        .withDeliveryLimit(0)
                        .withInitialGroupSize(1)
                        .withTargetGroupSize(1)
                        .withLeaderLocator(LeaderLocator.CLIENT_LOCAL)
                        .withConsumerTimeout(minute)
                        .withConsumerDisconnectedTimeout(minute)
                        .withDelayedRetry(DelayedRetryType.ALL, Duration.ofMillis(100), minute),
                QueueSpec.stream("q")
                        .withMaxAge(Duration.ofDays(7))
                        .withMaxLengthBytes(1_000_000_000)
                        .withMaxSegmentSizeBytes(3_000_000_000L)
                        .withStreamFilterSizeBytes(16)
                        .withInitialClusterSize(1)
                        .withLeaderLocator(LeaderLocator.BALANCED));
    }

    @RequiresRabbitMq({Capability.QUORUM_QUEUES, Capability.STREAMS})
    @ParameterizedTest
    @MethodSource("possible")
    void everyArgumentIsTakenForTheTypeItIsMeantFor(QueueSpec possible, Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            QueueSpec spec = possible.withName(unique("possible"));
            client.channel.declareQueue(spec);
            // Equal again: the values came over as they are.
            assertThat(client.channel.declareQueue(spec).name()).isEqualTo(spec.name());
            client.channel.deleteQueue(spec.name());
        }
    }

    @RequiresRabbitMq(Capability.STREAMS)
    @ParameterizedTest
    @ValueSource(strings = {"", "5", "bogus", "FIRST", "1H", "0s"})
    void anOffsetThatIsRefusedHereTheBrokerWouldRefuseToo(String offset, Broker broker) throws IOException {
        try (BrokerClient client = BrokerClient.of(broker);
                RawConnection raw = RawConnection.to(broker).channel(1)) {
            String stream = unique("stream");
            client.channel.declareQueue(QueueSpec.stream(stream));
            raw.write(1, new BasicMethod.Qos(0, 10, false)).next();
            Method answer = raw.write(
                            1,
                            new BasicMethod.Consume(
                                    stream, "t", false, false, false, false, Map.of("x-stream-offset", offset)))
                    .next();
            assertThat(isRefusal(answer)).isTrue();
            client.channel.deleteQueue(stream);
        }
    }

    static List<Method> connectionEnders() {
        return List.of(new BasicMethod.Qos(1, 0, false), new BasicMethod.Recover(false), new ChannelMethod.Flow(false));
    }

    /** Therefore no call of the API can ask for them: see {@code InexpressibleTest}. */
    @RequiresRabbitMq
    @ParameterizedTest
    @MethodSource("connectionEnders")
    void whatTheCallsCannotExpressWouldEndTheConnection(Method request, Broker broker) throws IOException {
        try (RawConnection raw = RawConnection.to(broker).channel(1)) {
            assertThat(raw.write(1, request).next())
                    .isInstanceOfSatisfying(
                            ConnectionMethod.Close.class,
                            it -> assertThat(it.replyCode()).isEqualTo(540));
        }
    }

    @Test
    @RequiresRabbitMq(Capability.QUORUM_QUEUES)
    void unlimitedDeliveriesAreDeclaredOnlyWhereTheyAreUnlimited(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            QueueSpec spec = QueueSpec.quorum(unique("unlimited")).withUnlimitedDeliveries();
            if (broker.version().startsWith("3.")) {
                assertThatThrownBy(() -> client.channel.declareQueue(spec))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("drops each message");
                return;
            }
            client.channel.declareQueue(spec);
            client.publish(spec.name(), "1");
            for (int i = 0; i < 30; i++) {
                client.channel.get(spec.name(), false).orElseThrow().delivery().reject(true);
            }
            assertThat(client.drain(spec.name())).containsExactly("1");
            client.channel.deleteQueue(spec.name());
        }
    }
}
