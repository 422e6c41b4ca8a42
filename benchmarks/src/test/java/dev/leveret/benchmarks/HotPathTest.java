package dev.leveret.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.benchmarks.client.Result;
import dev.leveret.benchmarks.client.Scenario;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HotPathTest {

    @Test
    void eachClientRunsInAJvmOfItsOwnAgainstAStubInAnother() throws Exception {
        Options options = Options.parse(
                "--no-pin",
                "--rounds",
                "1",
                "--warm-up",
                "0.05",
                "--seconds",
                "0.05",
                "--scenarios",
                "publish",
                "--transport",
                "nio");
        assertThat(HotPath.measure(options))
                .contains("not pinned", "1 round of", "| publish, fire and forget | ")
                .doesNotContain("consume", "latency");
    }

    @Test
    void sideBySideEachClientTakesAsManyTurnsAsThereAreRounds() throws Exception {
        Options options = Options.parse(
                "--no-pin",
                "--side-by-side",
                "--rounds",
                "3",
                "--warm-up",
                "0.05",
                "--seconds",
                "0.05",
                "--scenarios",
                "one-at-a-time");
        assertThat(HotPath.measure(options))
                .contains(
                        "3 rounds of 0.05 s warm-up and 0.05 s, side by side", "| publish, confirmed, one at a time | ")
                .doesNotContain("| – |", "NaN");
    }

    @Test
    void aClientThatFailsBesideAnotherFailsTheWholeRun() {
        Options options =
                Options.parse("--no-pin", "--side-by-side", "--rounds", "1", "--broker", "amqp://127.0.0.1:1");
        assertThatThrownBy(() -> HotPath.measure(options))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("amqp-client end-to-end has failed");
    }

    @Test
    void aClientThatFailsFailsTheWholeRun() {
        Options options = Options.parse("--no-pin", "--rounds", "1", "--broker", "amqp://127.0.0.1:1");
        assertThatThrownBy(() -> HotPath.measure(options))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("amqp-client end-to-end failed");
    }

    @Test
    void anOptionThatIsNotKnownIsAnsweredWithThoseThatAre() {
        for (String[] args : List.of(
                new String[] {"--fast"},
                new String[] {"--rounds"},
                new String[] {"--rounds", "many"},
                new String[] {"--scenarios", "publish,consum"},
                new String[] {"--transport", "pigeon"})) {
            assertThatThrownBy(() -> Options.parse(args))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("--warm-up");
        }
    }

    @Test
    void theReportGivesMedianExtremesAndTheRatioOfEachRound() {
        Options options = Options.parse("--rounds", "3", "--scenarios", "publish");
        List<Result> results = List.of(
                result("amqp-client", 4, 900), result("leveret", 0.4, 50),
                result("leveret", 1, 60), result("amqp-client", 5, 900),
                result("amqp-client", 6, 900), result("leveret", 0.5, 90));
        String report = new Report(results, options, "a JVM", "not pinned", List.of(1.0, 3.0, 2.0)).toMarkdown();
        assertThat(report)
                .contains("Load average 2.0 [1.0 – 3.0]")
                .contains("| 5.00 [4.00 – 6.00] | 0.50 [0.40 – 1.00] | – [– – –] | 1/10 [1/12 – 1/5] | 1/8 | met |")
                .contains("| 900 [900 – 900] | 60 [50 – 90] | 80 | met |");
    }

    private static Result result(String client, double cpu, double bytes) {
        return new Result(client, Scenario.PUBLISH.key(), Map.of("cpu", cpu, "bytes", bytes, "rate", 1e6));
    }
}
