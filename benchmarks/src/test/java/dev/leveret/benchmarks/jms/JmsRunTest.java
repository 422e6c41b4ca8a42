package dev.leveret.benchmarks.jms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.benchmarks.client.Result;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That each scenario does what it says with both providers; a run fails by itself if its counts are not the broker's. */
@RequiresRabbitMq
class JmsRunTest {

    private static final Duration BRIEF = Duration.ofMillis(20);

    @ParameterizedTest
    @EnumSource
    void aRunCountsWhatTheBrokerCounts(JmsScenario scenario, Broker broker) throws Exception {
        for (String client : JmsRun.CLIENTS) {
            Result result = JmsRun.run(client, scenario, broker.uri().toString(), Duration.ZERO, BRIEF);
            assertThat(result.figure("messages")).isPositive();
            assertThat(result.figure("rate")).isPositive();
            assertThat(Double.isNaN(result.figure("p50"))).isNotEqualTo(scenario.takesLatency());
            assertThat(Result.parse(result.toLine())).isEqualTo(result);
        }
    }
}
