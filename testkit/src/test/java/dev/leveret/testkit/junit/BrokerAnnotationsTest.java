package dev.leveret.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.displayName;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedSuccessfully;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.EventConditions.skippedWithReason;
import static org.junit.platform.testkit.engine.EventConditions.test;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.cause;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.instanceOf;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import dev.leveret.testkit.Brokers;
import dev.leveret.testkit.NoBrokerException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** With the choice {@code embedded}, so that they say the same on every machine: there is no RabbitMQ. */
class BrokerAnnotationsTest {

    private static final String CHOICE = "leveret.broker";
    private static final String REQUIRED = "leveret.rabbitmq.required";
    private static final String REASON = "no RabbitMQ: leveret.broker=embedded leaves it out";

    private String choiceBefore;
    private String requiredBefore;

    @BeforeEach
    void chooseEmbedded() {
        choiceBefore = System.setProperty(CHOICE, "embedded");
        requiredBefore = System.setProperty(REQUIRED, "false");
    }

    @AfterEach
    void restoreChoice() {
        restore(CHOICE, choiceBefore);
        restore(REQUIRED, requiredBefore);
    }

    @Test
    void aClassThatRequiresRabbitMqIsSkippedWithTheReason() {
        assertThat(run(Annotated.NeedsRabbitMq.class)
                        .containerEvents()
                        .skipped()
                        .list())
                .singleElement()
                .satisfies(it -> skippedWithReason(REASON).matches(it));
        assertThat(run(Annotated.NeedsRabbitMq.class).testEvents().started().count())
                .isZero();
    }

    @Test
    void aClassThatRequiresRabbitMqFailsWhereItIsRequired() {
        System.setProperty(REQUIRED, "true");

        run(Annotated.NeedsRabbitMq.class)
                .containerEvents()
                .assertThatEvents()
                .haveExactly(
                        1,
                        event(finishedWithFailure(cause(
                                instanceOf(NoBrokerException.class),
                                message(it -> it.startsWith("There is no RabbitMQ to be had"))))));
    }

    @Test
    void aMethodThatRequiresRabbitMqIsSkippedAlone() {
        EngineExecutionResults results = run(Annotated.NeedsRabbitMqOnce.class);

        results.testEvents().assertStatistics(it -> it.skipped(1).succeeded(1).failed(0));
    }

    @Test
    void anUnknownChoiceFailsTheTest() {
        System.setProperty(CHOICE, "nonsense");

        run(Annotated.NeedsBroker.class).containerEvents().assertStatistics(it -> it.failed(1));
    }

    @Test
    void testsThatNeedPrivateNodesAreSkippedWithTheReason() {
        run(Annotated.NeedsNodes.class)
                .containerEvents()
                .assertThatEvents()
                .haveExactly(1, event(skippedWithReason("leveret.broker=embedded leaves private nodes out")));
    }

    @Test
    void aBrokerComesAsAParameterInTestsAndNestedTestsAndBeforeThem() {
        run(Annotated.NeedsBroker.class)
                .testEvents()
                .assertStatistics(it -> it.started(2).succeeded(2));
    }

    @Test
    void aBrokerThatLacksWhatIsNeededSkipsTheTest() {
        run(Annotated.NeedsStreams.class)
                .testEvents()
                .assertThatEvents()
                .haveExactly(1, event(skippedWithReason(it -> it.endsWith("lacks DIRECT_REPLY_TO, STREAMS"))));
    }

    @Test
    void everyBrokerRunsOnTheEmbeddedOneAndNamesTheMissingOne() {
        EngineExecutionResults results = run(Annotated.OnEveryBroker.class);

        String embedded = "on " + Brokers.embedded().description();
        results.testEvents()
                .assertThatEvents()
                .haveExactly(1, event(test("passes"), displayName(embedded), finishedSuccessfully()))
                .haveExactly(1, event(test("passes"), displayName("on RabbitMQ"), skippedWithReason(REASON)))
                .haveExactly(
                        1,
                        event(
                                test("lacks"),
                                displayName(embedded),
                                skippedWithReason(it -> it.endsWith("lacks QUORUM_QUEUES"))));
    }

    @Test
    void everyBrokerFailsWhereRabbitMqIsRequiredAndMissing() {
        System.setProperty(REQUIRED, "true");

        run(Annotated.OnEveryBroker.class).containerEvents().assertStatistics(it -> it.failed(2));
    }

    private static EngineExecutionResults run(Class<?> tests) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(tests))
                .execute();
    }

    private static void restore(String property, String before) {
        if (before == null) {
            System.clearProperty(property);
        } else {
            System.setProperty(property, before);
        }
    }
}
