package dev.leveret.benchmarks.client;

import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one run measured.
 *
 * @param scenario its key
 * @param figures by name: {@code messages}, {@code rate} per second; per message {@code cpu} and {@code system} in
 *     microseconds, {@code bytes} allocated; {@code p50} and {@code p99} in microseconds where latency was taken
 */
public record Result(String client, String scenario, Map<String, Double> figures) {

    private static final String MARK = "result";

    /** From what was counted, and used in between. */
    public static Result of(
            String client, String scenario, long messages, Usage start, Usage end, @Nullable Latencies latencies) {
        Map<String, Double> figures = new TreeMap<>();
        double count = messages;
        figures.put("messages", count);
        figures.put("rate", count / ((end.nanos() - start.nanos()) / 1e9));
        figures.put("cpu", (end.cpuSeconds() - start.cpuSeconds()) * 1e6 / count);
        figures.put("system", (end.systemSeconds() - start.systemSeconds()) * 1e6 / count);
        figures.put("bytes", end.allocatedSince(start) / count);
        if (latencies != null) {
            figures.put("p50", latencies.micros(0.50));
            figures.put("p99", latencies.micros(0.99));
        }
        return new Result(client, scenario, figures);
    }

    /** One of the figures; not a number if this run did not take it. */
    public double figure(String name) {
        return figures.getOrDefault(name, Double.NaN);
    }

    /** Whether {@link #parse} understands the line. */
    public static boolean isResult(String line) {
        return line.startsWith(MARK + " ");
    }

    /** The opposite of {@link #toLine}. */
    public static Result parse(String line) {
        String[] words = line.split(" ");
        Map<String, Double> figures = new TreeMap<>();
        for (int i = 3; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            figures.put(words[i].substring(0, equals), Double.valueOf(words[i].substring(equals + 1)));
        }
        return new Result(words[1], words[2], figures);
    }

    /** As one line of text. */
    public String toLine() {
        StringJoiner line = new StringJoiner(" ").add(MARK).add(client).add(scenario);
        figures.forEach((name, value) -> line.add(name + "=" + value));
        return line.toString();
    }
}
