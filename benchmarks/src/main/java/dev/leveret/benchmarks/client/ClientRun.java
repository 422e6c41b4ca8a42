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
            long before = warmUp(workload, warmUp);
            System.gc();
            Usage start = Usage.now();
            long messages = workload.run(time);
            Usage end = Usage.now();
            workload.check(before + messages);
            return Result.of(client, scenario.key(), messages, start, end, workload.latencies());
        }
    }

    /**
     * Warms up for this time. On a machine that is busy with something else, until the compiler has had a chance too:
     * until this process has had the CPU for half of that time, but no longer than five times as long.
     */
    private static long warmUp(Workload workload, Duration time) throws Exception {
        Usage start = Usage.now();
        long messages = workload.run(time);
        for (int more = 1; more < 5 && Usage.now().cpuSeconds() - start.cpuSeconds() < time.toMillis() / 2e3; more++) {
            messages += workload.run(time);
        }
        return messages;
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
