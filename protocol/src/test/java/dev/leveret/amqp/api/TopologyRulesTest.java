package dev.leveret.amqp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.TopologyProblem.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is known against a topology; whether brokers agree is the matter of {@code ArgumentsOnBrokersTest}. */
class TopologyRulesTest {

    private static Topology of(QueueSpec... queues) {
        return new Topology(List.of(), List.of(queues), List.of());
    }

    private static Topology of(ExchangeSpec... exchanges) {
        return new Topology(List.of(exchanges), List.of(), List.of());
    }

    private static List<Kind> kinds(QueueSpec queue, String version) {
        return of(queue).problemsOn(version).stream().map(TopologyProblem::kind).toList();
    }

    @Test
    void aProblemNamesTheEntityAndTheReason() {
        assertThat(of(QueueSpec.classic("fine"), QueueSpec.quorum("orders").withExclusive(true))
                        .problems())
                .extracting(TopologyProblem::toString)
                .containsExactly("queue 'orders' cannot be exclusive: a quorum queue is durable and everybody's");
    }

    @Test
    void allThatIsWrongIsTold() {
        QueueSpec wrong =
                QueueSpec.quorum("q").withAutoDelete(true).withMaxPriority(5).withArgument("x-expires", 0);
        assertThat(wrong.problems())
                .containsExactly(
                        "cannot be auto-delete: a quorum queue is durable and everybody's",
                        "has arguments that RabbitMQ refuses for a quorum queue: x-max-priority",
                        "has x-expires 0, which is less than 1");
    }

    @Test
    void argumentsThatAreSetByNameAreHeldToTheirTypesAndRanges() {
        assertThat(QueueSpec.of("q").withArgument("x-max-length", "5").problems())
                .containsExactly("has x-max-length '5', which is not a whole number");
        assertThat(QueueSpec.of("q").withArgument("x-max-length", -1).problems())
                .containsExactly("has x-max-length -1, which is less than 0");
        assertThat(QueueSpec.of("q").withArgument("x-max-priority", 256).problems())
                .containsExactly("has x-max-priority 256, which is not in 0..255");
        assertThat(QueueSpec.of("q")
                        .withArgument("x-message-ttl", (short) 5)
                        .withMaxLength(Long.MAX_VALUE)
                        .problems())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "3.10.8, WITHOUT_EFFECT",
        "3.13.7, WITHOUT_EFFECT",
        "4.0.5, WITHOUT_EFFECT",
        "4.2.9, WITHOUT_EFFECT",
        "4.3.0-rc.1, REFUSED",
        "4.10, REFUSED",
        "5.0, REFUSED"
    })
    void whatAVersionMakesOfAnArgumentIsToldForThatVersion(String version, Kind kind) {
        assertThat(kinds(QueueSpec.classic("q").withConsumerTimeout(Duration.ofMinutes(1)), version))
                .containsExactly(kind);
    }

    @Test
    void whatIsTakenFromSomeVersionOnIsRefusedBefore() {
        QueueSpec located = QueueSpec.classic("q").withLeaderLocator(LeaderLocator.BALANCED);
        assertThat(kinds(located, "3.13")).containsExactly(Kind.REFUSED);
        assertThat(kinds(located, "4.0")).isEmpty();
        QueueSpec old = QueueSpec.classic("q").withVersion(1);
        assertThat(kinds(old, "4.0")).isEmpty();
        assertThat(kinds(old, "4.3")).containsExactly(Kind.REFUSED);
        QueueSpec unlimited = QueueSpec.quorum("q").withUnlimitedDeliveries();
        assertThat(kinds(unlimited, "3.10.8")).containsExactly(Kind.REFUSED);
        assertThat(kinds(unlimited, "4.0.5")).isEmpty();
        assertThat(of(ExchangeSpec.localRandom("x")).problemsOn("3.13.0")).hasSize(1);
        assertThat(of(ExchangeSpec.localRandom("x")).problemsOn("4.0.0")).isEmpty();
        assertThat(kinds(QueueSpec.of("q").withArgument("x-queue-master-locator", "random"), "4.3.6"))
                .containsExactly(Kind.REFUSED);
    }

    @Test
    void aTransientQueueOfEverybodyIsDeprecated() {
        QueueSpec transientQueue = QueueSpec.of("q").withDurable(false);
        assertThat(kinds(transientQueue, "4.3.6")).containsExactly(Kind.DEPRECATED);
        assertThat(kinds(transientQueue, "4.0.5")).isEmpty();
        assertThat(kinds(transientQueue.withExclusive(true), "4.3.6")).isEmpty();
    }

    @Test
    void whatDoesNothingIsTold() {
        assertThat(kinds(QueueSpec.classic("q").withLazyMode(), "3.12.0")).containsExactly(Kind.WITHOUT_EFFECT);
        assertThat(kinds(QueueSpec.classic("q").withLazyMode(), "3.10.8")).isEmpty();
        QueueSpec unsure = QueueSpec.quorum("q").withDeadLetterStrategy(DeadLetterStrategy.AT_LEAST_ONCE);
        assertThat(kinds(unsure, "4.3.6")).containsExactly(Kind.WITHOUT_EFFECT);
        assertThat(kinds(unsure.withDeadLetterExchange("x").withOverflow(Overflow.REJECT_PUBLISH), "4.3.6"))
                .isEmpty();
        assertThat(kinds(QueueSpec.quorum("q").withOverflow(Overflow.REJECT_PUBLISH_DLX), "4.3.6"))
                .containsExactly(Kind.WITHOUT_EFFECT);
        QueueSpec retrying = QueueSpec.quorum("q")
                .withDelayedRetry(DelayedRetryType.ALL, Duration.ofSeconds(1), Duration.ofSeconds(9));
        assertThat(kinds(retrying, "4.0.5")).containsOnly(Kind.WITHOUT_EFFECT).hasSize(3);
        assertThat(kinds(retrying, "4.3.6")).isEmpty();
        assertThat(kinds(QueueSpec.stream("q").withStreamFilterSizeBytes(16), "3.12"))
                .containsExactly(Kind.WITHOUT_EFFECT);
    }

    @Test
    void whatIsTheBrokersOwnIsNotDeclared() {
        assertThat(of(ExchangeSpec.topic("amq.mine"), ExchangeSpec.topic("amq.topic"), ExchangeSpec.direct(""))
                        .problems())
                .extracting(TopologyProblem::toString)
                .containsExactly(
                        "exchange 'amq.mine' has a name that begins with 'amq.', which the broker keeps for itself (403)",
                        "exchange '' is the default exchange, which is the broker's");
        assertThat(of(QueueSpec.of("amq.gen-x")).problems()).hasSize(1);
        assertThat(new Topology(List.of(), List.of(), List.of(BindingSpec.toQueue("", "q", "k"))).problems())
                .hasSize(1);
    }

    @Test
    void ofABrokerThatIsNotRabbitMqLittleIsKnown() {
        Topology topology =
                of(QueueSpec.classic("q").withVersion(1), QueueSpec.quorum("r").withExclusive(true));
        assertThat(topology.problemsOn(new ServerInfo("RabbitMQ", "4.3.6", Map.of())))
                .hasSize(2);
        assertThat(topology.problemsOn(new ServerInfo("qpid", "10.1.0", Map.of())))
                .hasSize(1);
        assertThat(topology.problemsOn(new ServerInfo("RabbitMQ", "", Map.of())))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "4.", "4.x", "v4.3", "-1", "4.3 ", "99999.1"})
    void whatIsNoVersionIsRefused(String version) {
        assertThatThrownBy(() -> of(QueueSpec.of("q")).problemsOn(version))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + version + "'");
    }
}
