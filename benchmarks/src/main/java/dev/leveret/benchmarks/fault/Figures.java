package dev.leveret.benchmarks.fault;

import java.util.List;
import java.util.Locale;

/** Figures as text. */
final class Figures {

    private static final double NANOS = 1e9;

    private Figures() {}

    static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f", nanos / NANOS);
    }

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / 1024.0 / 1024.0);
    }

    /** The median and the greatest, in seconds; a dash for none. */
    static String medianAndMost(List<Long> nanos) {
        if (nanos.isEmpty()) {
            return "–";
        }
        List<Long> sorted = nanos.stream().sorted().toList();
        return seconds(sorted.get(sorted.size() / 2)) + " [" + seconds(sorted.get(sorted.size() - 1)) + "]";
    }

    /** Per second. */
    static long rate(long count, long nanos) {
        return nanos <= 0 ? 0 : Math.round(count * NANOS / nanos);
    }
}
