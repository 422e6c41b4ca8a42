package dev.leveret.benchmarks;

import dev.leveret.benchmarks.client.Result;
import dev.leveret.benchmarks.jms.JmsRun;
import dev.leveret.benchmarks.jms.JmsScenario;
import dev.leveret.testkit.Brokers;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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

    private static final OperatingSystemMXBean SYSTEM = ManagementFactory.getOperatingSystemMXBean();

    private JmsBenchmark() {}

    /** See {@link JmsOptions#USAGE}. */
    public static void main(String[] args) throws Exception {
        System.out.println(measure(JmsOptions.parse(args)));
    }

    /** The report. Progress goes to the standard error. */
    static String measure(JmsOptions options) throws IOException, InterruptedException, TimeoutException {
        String uri = options.broker == null ? Brokers.rabbitMq().uri().toString() : options.broker;
        Jvms jvms = new Jvms(options.java, false);
        List<Result> results = new ArrayList<>();
        List<Double> loads = new ArrayList<>();
        List<String> clients = new ArrayList<>(JmsRun.CLIENTS);
        for (int round = 1; round <= options.rounds; round++) {
            for (JmsScenario scenario : options.scenarios) {
                for (String client : clients) {
                    loads.add(SYSTEM.getSystemLoadAverage());
                    Result result = run(jvms, client, scenario, uri, options);
                    System.err.println("round " + round + " " + result.toLine());
                    results.add(result);
                }
            }
            Collections.reverse(clients);
        }
        return new JmsReport(results, options, jvms.version(), loads).toMarkdown();
    }

    private static Result run(Jvms jvms, String client, JmsScenario scenario, String uri, JmsOptions options)
            throws IOException, InterruptedException, TimeoutException {
        return jvms.run(
                JmsRun.class.getName(),
                List.of(
                        client,
                        scenario.key(),
                        Long.toString(options.warmUp.toMillis()),
                        Long.toString(options.time.toMillis())),
                Map.of(JmsRun.URI, uri),
                options.warmUp.multipliedBy(5).plus(options.time).plus(GRACE));
    }
}
