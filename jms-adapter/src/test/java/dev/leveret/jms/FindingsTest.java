package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.jms.Diagnosis.Severity;
import dev.leveret.jms.broker.AutoDeclare;
import dev.leveret.jms.broker.BrokerFacts;
import dev.leveret.jms.broker.BrokerFacts.Presence;
import dev.leveret.jms.broker.BrokerFacts.QueueFacts;
import dev.leveret.jms.broker.BrokerFacts.Trial;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the doctor makes of facts, whatever broker they are of. */
class FindingsTest {

    private static BrokerFacts broker(String version, List<Trial> trials, QueueFacts... queues) {
        boolean rabbit = !version.isEmpty();
        return new BrokerFacts(
                rabbit ? "RabbitMQ" : "other",
                version,
                rabbit,
                rabbit && version.compareTo("4.3") >= 0,
                2047,
                Duration.ofSeconds(60),
                trials,
                Set.of(),
                List.of(queues));
    }

    private static QueueFacts queue(String type, boolean durable, boolean autoDelete, Map<String, Object> arguments) {
        return new QueueFacts(
                "q",
                Presence.THERE,
                Optional.ofNullable(type),
                3,
                1,
                durable,
                autoDelete,
                arguments,
                type == null ? Optional.of("ACCESS_REFUSED") : Optional.empty());
    }

    private static Diagnosis diagnosis(BrokerFacts facts, AutoDeclare autoDeclare) {
        return new Diagnosis("it", new Findings(facts, autoDeclare).all());
    }

    private static String about(String version, QueueFacts queue) {
        return diagnosis(broker(version, List.of(), queue), AutoDeclare.ON).about("queue://q").stream()
                .map(Object::toString)
                .reduce("", (a, b) -> a + "\n" + b);
    }

    @ParameterizedTest
    @CsvSource({
        "3.10.8, selectors and browsers are refused on this version",
        "4.0.5,  selectors and browsers are refused on this version",
        "4.3.6,  selectors and browsers work",
    })
    void whatAQuorumQueueCanDoDependsOnTheVersion(String version, String words) {
        assertThat(about(version, queue("quorum", true, false, Map.of()))).contains(words);
    }

    @ParameterizedTest
    @CsvSource({"3.10.8, false", "4.0.5, true", "4.3.6, true"})
    void theDeliveryLimitThatNobodyAskedForIsWarnedOf(String version, boolean warned) {
        assertThat(about(version, queue("quorum", true, false, Map.of())).contains("dropped after 20 (the default)"))
                .isEqualTo(warned);
        assertThat(about(version, queue("quorum", true, false, Map.of("x-delivery-limit", 5))))
                .contains("dropped after 5 failed");
        assertThat(about(version, queue("quorum", true, false, Map.of("x-dead-letter-exchange", "dlx"))))
                .doesNotContain("dropped after");
    }

    @Test
    void aClassicQueueIsOnOneNodeAndKnowsPrioritiesIfToldSo() {
        assertThat(about("3.10.8", queue("classic", true, false, Map.of())))
                .contains("selectors and browsers work", "on one node", "JMSPriority is carried but not obeyed");
        assertThat(about("3.10.8", queue("classic", true, false, Map.of("x-max-priority", 9))))
                .doesNotContain("JMSPriority");
        assertThat(about("3.10.8", queue("classic", false, false, Map.of()))).contains("WARNING", "not durable");
    }

    @Test
    void whatLosesMessagesIsAWarning() {
        assertThat(about("4.0.5", queue("classic", true, true, Map.of()))).contains("deleted with its last consumer");
        assertThat(about("4.0.5", queue("classic", true, false, Map.of("x-expires", 1000))))
                .contains("not been used for 1000 ms");
        assertThat(about("4.0.5", queue("classic", true, false, Map.of("x-max-length", 10))))
                .contains("drops its oldest messages");
        assertThat(about(
                        "4.0.5",
                        queue("classic", true, false, Map.of("x-max-length", 10, "x-overflow", "reject-publish"))))
                .doesNotContain("drops its oldest messages");
        assertThat(about("4.0.5", queue("stream", true, false, Map.of()))).contains("WARNING", "a stream");
    }

    @Test
    void aQueueOfWhichNothingIsKnownSaysWhy() {
        assertThat(about("4.0.5", queue(null, true, false, Map.of()))).contains("ACCESS_REFUSED", "grant configure");
    }

    @Test
    void aMissingQueueIsAProblemOnlyWhereItIsNotDeclared() {
        QueueFacts missing =
                new QueueFacts("q", Presence.MISSING, Optional.empty(), 0, 0, false, false, Map.of(), Optional.empty());
        BrokerFacts facts = broker("4.0.5", List.of(), missing);
        assertThat(diagnosis(facts, AutoDeclare.ON).worst()).isEqualTo(Severity.NOTE);
        assertThat(diagnosis(facts, AutoDeclare.PASSIVE).worst()).isEqualTo(Severity.PROBLEM);
        assertThat(diagnosis(facts, AutoDeclare.OFF).toString()).contains("jms.autoDeclare is off");
        QueueFacts locked =
                new QueueFacts("q", Presence.LOCKED, Optional.empty(), 0, 0, false, false, Map.of(), Optional.empty());
        assertThat(about("4.0.5", locked)).contains("PROBLEM", "exclusive to another connection");
    }

    @Test
    void whatIsRefusedIsAProblemWithThePermissionThatItTakes() {
        Trial refused = new Trial("client identifiers", "setClientID", Optional.of("ACCESS_REFUSED"), "configure on x");
        Diagnosis diagnosis = diagnosis(broker("4.0.5", List.of(refused)), AutoDeclare.ON);
        assertThat(diagnosis.worst()).isEqualTo(Severity.PROBLEM);
        assertThat(diagnosis.toString()).contains("refused: ACCESS_REFUSED", "-> grant configure on x");
    }

    @Test
    void anotherBrokerAndNoHeartbeatAreWarnedOf() {
        assertThat(diagnosis(broker("", List.of()), AutoDeclare.ON).toString())
                .contains("WARNING", "not RabbitMQ", "jms.browseAnyQueue");
        BrokerFacts facts = new BrokerFacts(
                "RabbitMQ", "4.3.0", true, true, 10, Duration.ZERO, List.of(), Set.of("x-jms-topic"), List.of());
        assertThat(diagnosis(facts, AutoDeclare.ON).toString())
                .contains("WARNING", "there is none", "may have 10", "x-jms-topic may be there");
    }
}
