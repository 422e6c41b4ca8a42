package dev.leveret.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** One figure of all rounds, in their order. */
record Spread(List<Double> values) {

    static Spread of(List<Double> values) {
        return new Spread(List.copyOf(values));
    }

    double median() {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** The ratio of each round. */
    Spread over(Spread other) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            ratios.add(values.get(i) / other.values.get(i));
        }
        return new Spread(ratios);
    }

    String format(String format) {
        return cell(number(format, median()), number(format, min()), number(format, max()));
    }

    String formatRatio() {
        return cell(ratio(median()), ratio(min()), ratio(max()));
    }

    private String cell(String median, String min, String max) {
        return values.size() == 1 ? median : median + " [" + min + " – " + max + "]";
    }

    private double min() {
        return Collections.min(values);
    }

    private double max() {
        return Collections.max(values);
    }

    static String number(String format, double value) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, format, value);
    }

    /** Small ratios as one part of so many. */
    static String ratio(double value) {
        if (value >= 0.9) {
            return number("%.2f", value);
        }
        String parts = number("%.1f", 1 / value);
        return parts.equals("–") ? parts : "1/" + parts.replaceAll("\\.0$", "");
    }
}
