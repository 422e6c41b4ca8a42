package dev.leveret.benchmarks.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.benchmarks.fault.FakeFaultClient.Sin;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever a client does wrong has to be found by the account. */
@Timeout(60)
class FaultRunTest {

    private static final Workload SMALL =
            new Workload(2_000, 2, 2, 50, 500, 16, 0, Duration.ofMillis(20), Duration.ofSeconds(1));

    @Test
    void aClientThatDoesNothingWrongIsAccountedForAndGetsEveryFault() throws Exception {
        FakeFaultClient client = new FakeFaultClient(Sin.NONE);
        FaultResult result = new FaultRun(client, client, SMALL, Fault.plan(1, 5)).run();

        assertThat(result.violations(true)).isEmpty();
        assertThat(result.account().confirmedIds()).isGreaterThanOrEqualTo(2_000);
        assertThat(result.account().deliveredIds()).isEqualTo(result.account().confirmedIds());
        assertThat(client.faults()).isEqualTo(5);
        assertThat(result.faults()).hasSize(5).allMatch(it -> it.publishers() > 0 && it.consumers() > 0);
        assertThat(new FaultReport(List.of(result, result)).toMarkdown())
                .contains("a broker in memory", "| messages | fake | fake |", "fake: everything is accounted for.");
    }

    @Test
    void aConfirmedMessageThatIsLostIsFound() throws Exception {
        assertThat(run(Sin.LOSES_A_CONFIRMED_MESSAGE).violations(false))
                .anyMatch(it -> it.contains("confirmed messages were not delivered"));
    }

    @Test
    void aDuplicateWithoutAMarkIsFound() throws Exception {
        assertThat(run(Sin.DELIVERS_TWICE_WITHOUT_A_WORD).violations(false))
                .hasSize(1)
                .first()
                .asString()
                .contains("more often than published");
    }

    @Test
    void aDuplicateWithAMarkIsInOrder() throws Exception {
        FaultResult result = run(Sin.DELIVERS_TWICE_AND_SAYS_SO);

        assertThat(result.violations(true)).isEmpty();
        assertThat(result.account().duplicates()).isPositive();
    }

    @Test
    void aPublishThatIsNeverAnsweredIsFound() throws Exception {
        FaultResult result = run(Sin.NEVER_ANSWERS);

        assertThat(result.violations(false)).isEmpty();
        assertThat(result.violations(true))
                .anyMatch(it -> it.contains("never got a verdict"))
                .anyMatch(it -> it.contains("nothing was said"));
    }

    @Test
    void aSecondVerdictIsFound() throws Exception {
        assertThat(run(Sin.ANSWERS_TWICE).violations(false)).anyMatch(it -> it.contains("second verdict"));
        assertThat(run(Sin.THROWS_AND_ANSWERS).violations(false)).anyMatch(it -> it.contains("second verdict"));
    }

    @Test
    void whatThrewOrWasRefusedIsPublishedAgain() throws Exception {
        for (Sin sin : List.of(Sin.THROWS, Sin.REFUSES)) {
            FaultResult result = run(sin);

            assertThat(result.violations(true)).as("%s", sin).isEmpty();
            assertThat(result.account().again()).as("%s", sin).isPositive();
            assertThat(result.thrown())
                    .isEqualTo(sin == Sin.THROWS ? result.account().unknowns() : 0);
        }
    }

    @Test
    void aConsumerThatStopsIsFoundAndNothingIsTakenForLost() throws Exception {
        FaultResult result = run(Sin.STOPS_CONSUMING);

        assertThat(result.violations(false)).isEmpty();
        assertThat(result.violations(true))
                .anyMatch(it -> it.contains("got no confirm for 1 s"))
                .anyMatch(it -> it.contains("left in the queues"));
    }

    @Test
    void aRunInWhichNothingGoesOnEndsAndSaysSo() throws Exception {
        assertThat(run(Sin.STOPS_CONFIRMING).violations(true)).anyMatch(it -> it.contains("got no confirm for 1 s"));
    }

    private static FaultResult run(Sin sin) throws Exception {
        FakeFaultClient client = new FakeFaultClient(sin);
        return new FaultRun(client, client, SMALL, List.of()).run();
    }
}
