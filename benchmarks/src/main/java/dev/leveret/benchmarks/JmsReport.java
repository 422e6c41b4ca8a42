package dev.leveret.benchmarks;

import dev.leveret.benchmarks.client.Result;
import dev.leveret.benchmarks.jms.JmsRun;
import dev.leveret.benchmarks.jms.JmsScenario;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The results of {@link JmsBenchmark} as Markdown tables. */
record JmsReport(List<Result> results, JmsOptions options, String jvm, List<Double> loads) {

    private static final String THEIRS = JmsRun.CLIENTS.get(0);
    private static final String OURS = JmsRun.CLIENTS.get(1);

    String toMarkdown() {
        StringBuilder out = new StringBuilder();
        out.append(jvm).append("; ").append(System.getProperty("os.name")).append(", ");
        out.append(Runtime.getRuntime().availableProcessors()).append(" cores; ");
        out.append(options.rounds).append(". Load average ");
        out.append(Spread.of(loads).format("%.1f")).append(".\n\n");
        table(out, "| CPU per message | rabbitmq-jms, µs | Leveret, µs | ratio | at most | |", this::cpu);
        table(out, "| messages per second | rabbitmq-jms | Leveret | ratio | at least | |", this::rate);
        if (options.scenarios.stream().anyMatch(JmsScenario::takesLatency)) {
            table(
                    out,
                    "| latency, µs | rabbitmq-jms p50 | Leveret p50 | ratio | at most | | rabbitmq-jms p99 | Leveret p99 |",
                    this::latency);
        }
        table(out, "| allocated per message | rabbitmq-jms, B | Leveret, B | ratio |", this::bytes);
        return out.toString();
    }

    private void table(StringBuilder out, String header, Function<JmsScenario, List<String>> row) {
        long columns = header.chars().filter(it -> it == '|').count() - 1;
        out.append(header).append("\n|").append("---|".repeat((int) columns)).append('\n');
        for (JmsScenario scenario : options.scenarios) {
            List<String> cells = row.apply(scenario);
            if (!cells.isEmpty()) {
                out.append("| ").append(scenario.title()).append(" | ");
                out.append(String.join(" | ", cells)).append(" |\n");
            }
        }
        out.append('\n');
    }

    private List<String> cpu(JmsScenario scenario) {
        return compared(scenario, "cpu", "%.1f", scenario.cpu());
    }

    private List<String> rate(JmsScenario scenario) {
        Spread theirs = spread(THEIRS, scenario, "rate");
        Spread ours = spread(OURS, scenario, "rate");
        Spread ratio = ours.over(theirs);
        return List.of(
                theirs.format("%,.0f"),
                ours.format("%,.0f"),
                ratio.format("%.2f"),
                Spread.number("%.2f", scenario.rate()),
                Double.isNaN(scenario.rate()) ? "" : ratio.median() >= scenario.rate() ? "met" : "missed");
    }

    private List<String> latency(JmsScenario scenario) {
        if (!scenario.takesLatency()) {
            return List.of();
        }
        List<String> cells = new ArrayList<>(compared(scenario, "p50", "%,.0f", scenario.latency()));
        cells.add(spread(THEIRS, scenario, "p99").format("%,.0f"));
        cells.add(spread(OURS, scenario, "p99").format("%,.0f"));
        return cells;
    }

    private List<String> bytes(JmsScenario scenario) {
        Spread theirs = spread(THEIRS, scenario, "bytes");
        Spread ours = spread(OURS, scenario, "bytes");
        return List.of(
                theirs.format("%,.0f"), ours.format("%,.0f"), ours.over(theirs).formatRatio());
    }

    private List<String> compared(JmsScenario scenario, String figure, String format, double limit) {
        Spread theirs = spread(THEIRS, scenario, figure);
        Spread ours = spread(OURS, scenario, figure);
        Spread ratio = ours.over(theirs);
        return List.of(
                theirs.format(format),
                ours.format(format),
                ratio.formatRatio(),
                Spread.ratio(limit),
                Double.isNaN(limit) ? "" : ratio.median() <= limit ? "met" : "missed");
    }

    private Spread spread(String client, JmsScenario scenario, String figure) {
        return Spread.of(results.stream()
                .filter(it -> it.client().equals(client) && it.scenario().equals(scenario.key()))
                .map(it -> it.figure(figure))
                .toList());
    }
}
