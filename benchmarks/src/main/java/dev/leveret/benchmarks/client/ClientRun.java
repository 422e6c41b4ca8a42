package dev.leveret.benchmarks.client;

import java.time.Duration;
import java.util.List;

/** One client, one scenario: warmed up, measured, checked against the broker's counts. */
public final class ClientRun {

    /** The clients under measurement. */
    public static final List<String> CLIENTS = List.of("amqp-client", "leveret");

    /** The environment variable with the broker's URI: a command line could be read by anybody. */
    public static final String URI = "LEVERET_BENCHMARK_URI";

    private ClientRun() {}

    /**
     * Runs in this JVM.
     *
     * @throws Exception also if the broker has counted anything else than the client
     */
    public static Result run(String client, Scenario scenario, String uri, Duration warmUp, Duration time)
            throws Exception {
        try (Workload workload = scenario.workload(client, uri)) {
            long before = WarmUp.run(warmUp, workload::run);
            System.gc();
            Usage start = Usage.now();
            long messages = workload.run(time);
            Usage end = Usage.now();
            workload.check(before + messages);
            return Result.of(client, scenario.key(), messages, start, end, workload.latencies());
        }
    }

    /** Arguments: client, scenario, and how long to warm up and to measure, in milliseconds. Prints the result. */
    public static void main(String[] args) throws Exception {
        Result result = run(
                args[0],
                Scenario.of(args[1]),
                System.getenv(URI),
                Duration.ofMillis(Long.parseLong(args[2])),
                Duration.ofMillis(Long.parseLong(args[3])));
        System.out.println(result.toLine());
    }
}
