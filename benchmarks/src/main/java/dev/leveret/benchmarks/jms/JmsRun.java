package dev.leveret.benchmarks.jms;

import dev.leveret.benchmarks.client.Result;
import dev.leveret.benchmarks.client.Usage;
import dev.leveret.benchmarks.client.WarmUp;
import java.time.Duration;
import java.util.List;

/** One provider, one scenario: warmed up, measured, checked against the broker's counts. */
public final class JmsRun {

    /** The providers under measurement. */
    public static final List<String> CLIENTS = List.of("rabbitmq-jms", "leveret");

    /** The environment variable with the broker's URI: a command line could be read by anybody. */
    public static final String URI = "LEVERET_BENCHMARK_URI";

    private JmsRun() {}

    /**
     * Runs in this JVM.
     *
     * @throws Exception also if the broker has counted anything else than the provider
     */
    public static Result run(String client, JmsScenario scenario, String uri, Duration warmUp, Duration time)
            throws Exception {
        try (JmsWorkload workload = scenario.workload(Provider.of(client), uri)) {
            WarmUp.run(warmUp, part -> {
                workload.prepare(part);
                return workload.run(part);
            });
            workload.prepare(time);
            System.gc();
            Usage start = Usage.now();
            long messages = workload.run(time);
            Usage end = Usage.now();
            return Result.of(client, scenario.key(), messages, start, end, workload.latencies());
        }
    }

    /** Arguments: provider, scenario, and how long to warm up and to measure, in milliseconds. Prints the result. */
    public static void main(String[] args) throws Exception {
        Result result = run(
                args[0],
                JmsScenario.of(args[1]),
                System.getenv(URI),
                Duration.ofMillis(Long.parseLong(args[2])),
                Duration.ofMillis(Long.parseLong(args[3])));
        System.out.println(result.toLine());
    }
}
