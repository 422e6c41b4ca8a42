package dev.leveret.benchmarks;

import dev.leveret.benchmarks.client.ClientRun;
import dev.leveret.benchmarks.client.Scenario;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Measures what a message costs in Leveret and in RabbitMQ's Java client: each scenario and client in a fresh JVM, one
 * client after the other, several rounds, against a stub broker in a JVM of its own or against a RabbitMQ. Prints
 * Markdown; fails if any run does, or its counts are not the broker's.
 */
public final class HotPath {

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
        Jvms jvms = new Jvms(options.rounds.java(), pinned);
        Rounds.Outcome outcome;
        if (options.broker != null) {
            outcome = run(jvms, options, options.broker);
        } else {
            Process stub = jvms.startStub();
            try (BufferedReader output = stub.inputReader(StandardCharsets.UTF_8)) {
                outcome = run(jvms, options, output.readLine());
            } finally {
                stub.destroy();
            }
        }
        return new Report(outcome.results(), options, jvms.version(), jvms.pinning(), outcome.loads()).toMarkdown();
    }

    private static Rounds.Outcome run(Jvms jvms, Options options, String uri)
            throws IOException, InterruptedException, TimeoutException {
        List<String> scenarios = options.scenarios.stream().map(Scenario::key).toList();
        Function<String, Map<String, String>> environment =
                client -> Map.of(ClientRun.URI, client.equals("leveret") ? withTransport(uri, options.transport) : uri);
        return options.sideBySide
                ? options.rounds.runSideBySide(jvms, ClientRun.class, ClientRun.CLIENTS, scenarios, environment, GRACE)
                : options.rounds.run(jvms, ClientRun.class, ClientRun.CLIENTS, scenarios, environment, GRACE);
    }

    private static String withTransport(String uri, String transport) {
        return uri + (uri.contains("?") ? "&" : "?") + "transport=" + transport;
    }
}
