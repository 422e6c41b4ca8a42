package dev.leveret.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.benchmarks.client.Result;
import dev.leveret.benchmarks.jms.JmsScenario;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JmsReportTest {

    @Test
    void whatIsPromisedIsComparedWithTheMedianOfTheRatios() {
        JmsOptions options = JmsOptions.parse("--rounds", "3", "--scenarios", "listener,send-8,request-reply");
        List<Result> results = List.of(
                result("rabbitmq-jms", JmsScenario.LISTENER, "cpu", 30),
                result("leveret", JmsScenario.LISTENER, "cpu", 10),
                result("leveret", JmsScenario.LISTENER, "cpu", 20),
                result("rabbitmq-jms", JmsScenario.LISTENER, "cpu", 40),
                result("rabbitmq-jms", JmsScenario.LISTENER, "cpu", 40),
                result("leveret", JmsScenario.LISTENER, "cpu", 5),
                result("rabbitmq-jms", JmsScenario.SEND_8, "rate", 9000),
                result("leveret", JmsScenario.SEND_8, "rate", 8000),
                result("rabbitmq-jms", JmsScenario.REQUEST_REPLY, "p50", 500),
                result("leveret", JmsScenario.REQUEST_REPLY, "p50", 400));
        String report = new JmsReport(results, options, "a JVM", List.of(2.0)).toMarkdown();
        assertThat(report)
                .contains(
                        "| a message listener | 40.0 [30.0 – 40.0] | 10.0 [5.0 – 20.0] | 1/3 [1/8 – 1/2] | 1/3 | met |")
                .contains("| persistent send by eight sessions | 9,000 | 8,000 | 0.89 | 1.00 | missed |")
                .contains("| 500 | 400 | 1/1.3 | 1/2 | missed | – | – |");
    }

    @Test
    void anOptionThatIsNotKnownIsAnsweredWithThoseThatAre() {
        for (String[] args :
                List.of(new String[] {"--fast"}, new String[] {"--rounds"}, new String[] {"--scenarios", "listen"})) {
            assertThatThrownBy(() -> JmsOptions.parse(args))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("--warm-up");
        }
    }

    private static Result result(String client, JmsScenario scenario, String figure, double value) {
        return new Result(client, scenario.key(), Map.of(figure, value));
    }
}
