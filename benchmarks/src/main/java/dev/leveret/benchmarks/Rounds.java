package dev.leveret.benchmarks;

import dev.leveret.benchmarks.client.Result;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** How often and how long, as the command line says, and the runs themselves. */
final class Rounds {

    private static final String USAGE = """
            --rounds <n>        runs of each scenario and client (5)
            --warm-up <s>       seconds before each measurement (%d)
            --seconds <s>       seconds of each measurement (3)
            --java <path>       the java command that all run with (this one)
            """;

    private int count = 5;
    private Duration warmUp;
    private Duration time = Duration.ofSeconds(3);
    private String java =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    /** With this warm-up if the command line says nothing of it. */
    Rounds(int warmUpSeconds) {
        warmUp = Duration.ofSeconds(warmUpSeconds);
    }

    static String usage(int warmUpSeconds) {
        return USAGE.formatted(warmUpSeconds);
    }

    /** What came out, and the machine's load average before each run. */
    record Outcome(List<Result> results, List<Double> loads) {}

    /** Takes an option with its value if it is one of these; false if it is another. */
    boolean take(String option, Iterator<String> values) {
        switch (option) {
            case "--rounds" -> count = Integer.parseInt(values.next());
            case "--warm-up" -> warmUp = seconds(values.next());
            case "--seconds" -> time = seconds(values.next());
            case "--java" -> java = values.next();
            default -> {
                return false;
            }
        }
        return true;
    }

    private static Duration seconds(String value) {
        return Duration.ofMillis(Math.round(Double.parseDouble(value) * 1000));
    }

    String java() {
        return java;
    }

    /**
     * Runs each scenario by each client, one after the other, in another order from round to round. Progress goes to the
     * standard error.
     *
     * @param main runs a client and a scenario for a warm-up and a measurement in milliseconds: its four arguments
     * @param environment of the JVM of a client
     * @param grace how long a run may take beyond the time that is asked for
     */
    Outcome run(
            Jvms jvms,
            Class<?> main,
            List<String> clients,
            List<String> scenarios,
            Function<String, Map<String, String>> environment,
            Duration grace)
            throws IOException, InterruptedException, TimeoutException {
        Duration limit = limit(grace);
        List<Result> results = new ArrayList<>();
        List<Double> loads = new ArrayList<>();
        List<String> order = new ArrayList<>(clients);
        for (int round = 1; round <= count; round++) {
            for (String scenario : scenarios) {
                for (String client : order) {
                    loads.add(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
                    List<String> arguments =
                            List.of(client, scenario, Long.toString(warmUp.toMillis()), Long.toString(time.toMillis()));
                    Result result = jvms.run(main.getName(), arguments, environment.apply(client), limit);
                    System.err.println("round " + round + " " + result.toLine());
                    results.add(result);
                }
            }
            Collections.reverse(order);
        }
        return new Outcome(results, loads);
    }

    /**
     * The same by clients that stay and take turns, those of one scenario after those of another.
     *
     * @param main as {@link #run}, without the last argument: then it takes turns as {@link SideBySide} gives them
     */
    Outcome runSideBySide(
            Jvms jvms,
            Class<?> main,
            List<String> clients,
            List<String> scenarios,
            Function<String, Map<String, String>> environment,
            Duration grace)
            throws IOException, InterruptedException {
        Outcome all = new Outcome(new ArrayList<>(), new ArrayList<>());
        for (String scenario : scenarios) {
            try (SideBySide beside = new SideBySide(limit(grace))) {
                for (String client : clients) {
                    List<String> arguments = List.of(client, scenario, Long.toString(warmUp.toMillis()));
                    Process process = jvms.start(main.getName(), arguments, environment.apply(client));
                    beside.add(process, client + " " + scenario);
                }
                Outcome outcome = beside.run(count, time);
                all.results.addAll(outcome.results);
                all.loads.addAll(outcome.loads);
            }
        }
        return all;
    }

    private Duration limit(Duration grace) {
        return warmUp.multipliedBy(5).plus(time).plus(grace);
    }

    /** For the head of the report. */
    @Override
    public String toString() {
        return count + (count == 1 ? " round of " : " rounds of ") + text(warmUp) + " s warm-up and " + text(time)
                + " s";
    }

    private static String text(Duration time) {
        long millis = time.toMillis();
        return millis % 1000 == 0 ? Long.toString(millis / 1000) : Double.toString(millis / 1000.0);
    }
}
