package dev.leveret.benchmarks;

import dev.leveret.benchmarks.client.Result;
import dev.leveret.benchmarks.client.Scenario;
import java.util.List;
import java.util.function.Function;

/** The results as Markdown tables. */
record Report(List<Result> results, Options options, String jvm, String pinning, List<Double> loads) {

    private static final String THEIRS = "amqp-client";
    private static final String OURS = "leveret";

    String toMarkdown() {
        StringBuilder out = new StringBuilder();
        out.append(jvm).append("; ").append(System.getProperty("os.name")).append(", ");
        out.append(Runtime.getRuntime().availableProcessors())
                .append(" cores; ")
                .append(pinning);
        out.append("; Leveret over ")
                .append(options.transport)
                .append("; ")
                .append(options.rounds)
                .append(options.sideBySide ? ", side by side" : "")
                .append(". Load average ");
        out.append(Spread.of(loads).format("%.1f")).append(".\n\n");
        table(
                out,
                "| CPU per message | amqp-client, µs | Leveret, µs | its kernel part | ratio | at most | |",
                this::cpu);
        table(out, "| allocated per message | amqp-client, B | Leveret, B | at most | |", this::bytes);
        table(out, "| messages per second | amqp-client | Leveret |", this::rate);
        if (options.scenarios.stream().anyMatch(Scenario::takesLatency)) {
            table(
                    out,
                    "| latency, µs | amqp-client p50 | Leveret p50 | amqp-client p99 | Leveret p99 |",
                    this::latency);
        }
        return out.toString();
    }

    private void table(StringBuilder out, String header, Function<Scenario, List<String>> row) {
        long columns = header.chars().filter(it -> it == '|').count() - 1;
        out.append(header).append("\n|").append("---|".repeat((int) columns)).append('\n');
        for (Scenario scenario : options.scenarios) {
            List<String> cells = row.apply(scenario);
            if (!cells.isEmpty()) {
                out.append("| ").append(scenario.title()).append(" | ");
                out.append(String.join(" | ", cells)).append(" |\n");
            }
        }
        out.append('\n');
    }

    private List<String> cpu(Scenario scenario) {
        Spread theirs = spread(THEIRS, scenario, "cpu");
        Spread ours = spread(OURS, scenario, "cpu");
        Spread ratio = ours.over(theirs);
        return List.of(
                theirs.format("%.2f"),
                ours.format("%.2f"),
                spread(OURS, scenario, "system").format("%.2f"),
                ratio.formatRatio(),
                Spread.ratio(scenario.cpuRatio()),
                verdict(ratio.median(), scenario.cpuRatio()));
    }

    private List<String> bytes(Scenario scenario) {
        Spread ours = spread(OURS, scenario, "bytes");
        return List.of(
                spread(THEIRS, scenario, "bytes").format("%.0f"),
                ours.format("%.0f"),
                Spread.number("%.0f", scenario.bytes()),
                verdict(ours.median(), scenario.bytes()));
    }

    private List<String> rate(Scenario scenario) {
        return List.of(
                spread(THEIRS, scenario, "rate").format("%,.0f"),
                spread(OURS, scenario, "rate").format("%,.0f"));
    }

    private List<String> latency(Scenario scenario) {
        if (!scenario.takesLatency()) {
            return List.of();
        }
        return List.of(
                spread(THEIRS, scenario, "p50").format("%.0f"),
                spread(OURS, scenario, "p50").format("%.0f"),
                spread(THEIRS, scenario, "p99").format("%.0f"),
                spread(OURS, scenario, "p99").format("%.0f"));
    }

    private Spread spread(String client, Scenario scenario, String figure) {
        return Spread.of(results.stream()
                .filter(it -> it.client().equals(client) && it.scenario().equals(scenario.key()))
                .map(it -> it.figure(figure))
                .toList());
    }

    private static String verdict(double value, double limit) {
        if (Double.isNaN(limit)) {
            return "";
        }
        return value <= limit ? "met" : "missed";
    }
}
