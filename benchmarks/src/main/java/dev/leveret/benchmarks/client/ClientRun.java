package dev.leveret.benchmarks.client;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** One client, one scenario: warmed up, measured, checked against the broker's counts. */
public final class ClientRun {

    /** The clients under measurement. */
    public static final List<String> CLIENTS = List.of("amqp-client", "leveret");

    /** The environment variable with the broker's URI: a command line could be read by anybody. */
    public static final String URI = "LEVERET_BENCHMARK_URI";

    private static final String WARM = "warm";

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
            Result result = measure(client, scenario, workload, time);
            workload.check(before + (long) result.figure("messages"));
            return result;
        }
    }

    /**
     * Runs in this JVM, in turns: says when it is warm, then measures once for every number of milliseconds that it reads.
     *
     * @throws Exception also if the broker has counted anything else than the client, after the last turn
     */
    public static void takeTurns(
            String client, Scenario scenario, String uri, Duration warmUp, BufferedReader turns, PrintStream out)
            throws Exception {
        try (Workload workload = scenario.workload(client, uri)) {
            long total = WarmUp.run(warmUp, workload::run);
            System.gc();
            out.println(WARM);
            for (String turn = turns.readLine(); turn != null; turn = turns.readLine()) {
                Result result = measure(client, scenario, workload, Duration.ofMillis(Long.parseLong(turn)));
                total += (long) result.figure("messages");
                out.println(result.toLine());
            }
            workload.check(total);
        }
    }

    private static Result measure(String client, Scenario scenario, Workload workload, Duration time) throws Exception {
        Usage start = Usage.now();
        long messages = workload.run(time);
        Usage end = Usage.now();
        return Result.of(client, scenario.key(), messages, start, end, workload.latencies());
    }

    /**
     * Arguments: client, scenario, and how long to warm up and to measure, in milliseconds. Prints the result. Without the last
     * one it takes turns, which it reads from the standard input.
     */
    public static void main(String[] args) throws Exception {
        Scenario scenario = Scenario.of(args[1]);
        Duration warmUp = Duration.ofMillis(Long.parseLong(args[2]));
        if (args.length == 3) {
            BufferedReader turns = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            takeTurns(args[0], scenario, System.getenv(URI), warmUp, turns, System.out);
        } else {
            Duration time = Duration.ofMillis(Long.parseLong(args[3]));
            System.out.println(
                    run(args[0], scenario, System.getenv(URI), warmUp, time).toLine());
        }
    }
}
