package dev.leveret.benchmarks;

import dev.leveret.benchmarks.client.ClientRun;
import dev.leveret.benchmarks.client.Result;
import dev.leveret.benchmarks.client.Scenario;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * Measures what a message costs in Leveret and in RabbitMQ's Java client: each scenario and client in a fresh JVM, one
 * client after the other, several rounds, against a stub broker in a JVM of its own or against a RabbitMQ. Prints
 * Markdown; fails if any run does, or its counts are not the broker's.
 */
public final class HotPath {

    private static final OperatingSystemMXBean SYSTEM = ManagementFactory.getOperatingSystemMXBean();

    private static final Duration GRACE = Duration.ofMinutes(2);

    private HotPath() {}

    /** See {@link Options#USAGE}. */
    public static void main(String[] args) throws Exception {
        System.out.println(measure(Options.parse(args)));
    }

    /** The report. Progress goes to the standard error. */
    static String measure(Options options) throws IOException, InterruptedException, TimeoutException {
        // A real broker is where it is: to keep a client on one core would only take CPU from it.
        boolean pinned = options.pin == null ? options.broker == null && Jvms.canPin() : options.pin;
        Jvms jvms = new Jvms(options.java, pinned);
        List<Double> loads = new ArrayList<>();
        List<Result> results;
        if (options.broker != null) {
            results = rounds(jvms, options, options.broker, loads);
        } else {
            Process stub = jvms.startStub();
            try (BufferedReader output = stub.inputReader(StandardCharsets.UTF_8)) {
                results = rounds(jvms, options, output.readLine(), loads);
            } finally {
                stub.destroy();
            }
        }
        return new Report(results, options, jvms.version(), jvms.pinning(), loads).toMarkdown();
    }

    private static List<Result> rounds(Jvms jvms, Options options, String uri, List<Double> loads)
            throws IOException, InterruptedException, TimeoutException {
        List<Result> results = new ArrayList<>();
        List<String> clients = new ArrayList<>(ClientRun.CLIENTS);
        for (int round = 1; round <= options.rounds; round++) {
            for (Scenario scenario : options.scenarios) {
                for (String client : clients) {
                    loads.add(SYSTEM.getSystemLoadAverage());
                    Result result = run(jvms, client, scenario, uri, options);
                    System.err.println("round " + round + " " + result.toLine());
                    results.add(result);
                }
            }
            Collections.reverse(clients);
        }
        return results;
    }

    private static Result run(Jvms jvms, String client, Scenario scenario, String uri, Options options)
            throws IOException, InterruptedException, TimeoutException {
        return jvms.run(
                ClientRun.class.getName(),
                List.of(
                        client,
                        scenario.key(),
                        Long.toString(options.warmUp.toMillis()),
                        Long.toString(options.time.toMillis())),
                Map.of(ClientRun.URI, client.equals("leveret") ? withTransport(uri, options.transport) : uri),
                options.warmUp.multipliedBy(5).plus(options.time).plus(GRACE));
    }

    private static String withTransport(String uri, String transport) {
        return uri + (uri.contains("?") ? "&" : "?") + "transport=" + transport;
    }
}
