package dev.leveret.benchmarks;

import dev.leveret.benchmarks.jms.JmsRun;
import dev.leveret.benchmarks.jms.JmsScenario;
import dev.leveret.testkit.Brokers;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * Measures what a message costs in Leveret's JMS provider and in RabbitMQ's own, on a RabbitMQ: each scenario and provider
 * in a fresh JVM, one provider after the other, several rounds. Prints Markdown; fails if any run does, or its counts are
 * not the broker's.
 */
public final class JmsBenchmark {

    /** Beyond the time that is asked for: slow consumers of a prepared number of messages. */
    private static final Duration GRACE = Duration.ofMinutes(5);

    private JmsBenchmark() {}

    /** See {@link JmsOptions#USAGE}. */
    public static void main(String[] args) throws Exception {
        System.out.println(measure(JmsOptions.parse(args)));
    }

    /** The report. Progress goes to the standard error. */
    static String measure(JmsOptions options) throws IOException, InterruptedException, TimeoutException {
        String uri = options.broker == null ? Brokers.rabbitMq().uri().toString() : options.broker;
        Jvms jvms = new Jvms(options.rounds.java(), false);
        Rounds.Outcome outcome = options.rounds.run(
                jvms,
                JmsRun.class,
                JmsRun.CLIENTS,
                options.scenarios.stream().map(JmsScenario::key).toList(),
                client -> Map.of(JmsRun.URI, uri),
                GRACE);
        return new JmsReport(outcome.results(), options, jvms.version(), outcome.loads()).toMarkdown();
    }
}
