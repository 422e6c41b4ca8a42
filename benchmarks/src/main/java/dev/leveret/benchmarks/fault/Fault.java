package dev.leveret.benchmarks.fault;

import dev.leveret.testkit.proxy.Cut;
import dev.leveret.testkit.proxy.Direction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * One thing to break.
 *
 * @param kind what happens
 * @param pick which of the nodes that have connections, modulo their number
 * @param cut how a connection is cut
 * @param direction whose bytes count until it is cut
 * @param bytes how many of them
 * @param hold for how long a node is paused, or a network dead
 */
record Fault(Kind kind, int pick, Cut cut, Direction direction, int bytes, Duration hold) {

    /** What may happen. */
    enum Kind {
        KILL("node killed (SIGKILL), restarted", 10),
        PAUSE("node paused (SIGSTOP), resumed", 8),
        ROLLING_RESTART("all nodes restarted in turn", 2),
        CUT_ALL("all connections of a node cut", 10),
        CUT_AT_BYTE("a connection cut at a random byte", 12),
        BLACK_HOLE("network of a node dead, healed", 8);

        private final String title;
        private final int share;

        Kind(String title, int share) {
            this.title = title;
            this.share = share;
        }

        String title() {
            return title;
        }
    }

    private static final int MOST_BYTES = 50_000;
    private static final int SHORTEST_HOLD_MILLIS = 500;
    private static final int LONGEST_HOLD_MILLIS = 10_000;

    /** So many faults, kinds by their share of fifty, in an order and with particulars that follow from the seed. */
    static List<Fault> plan(long seed, int count) {
        Random random = new Random(seed);
        List<Kind> kinds = new ArrayList<>();
        while (kinds.size() < count) {
            List<Kind> fifty = new ArrayList<>();
            for (Kind kind : Kind.values()) {
                fifty.addAll(Collections.nCopies(kind.share, kind));
            }
            Collections.shuffle(fifty, random);
            kinds.addAll(fifty.subList(0, Math.min(fifty.size(), count - kinds.size())));
        }
        return kinds.stream().map(kind -> draw(kind, random)).toList();
    }

    private static Fault draw(Kind kind, Random random) {
        return new Fault(
                kind,
                random.nextInt(Integer.MAX_VALUE),
                random.nextBoolean() ? Cut.FIN : Cut.RST,
                random.nextBoolean() ? Direction.TO_BROKER : Direction.TO_CLIENT,
                1 + random.nextInt(MOST_BYTES),
                Duration.ofMillis(SHORTEST_HOLD_MILLIS + random.nextInt(LONGEST_HOLD_MILLIS - SHORTEST_HOLD_MILLIS)));
    }

    /** What is particular about it, for a table. */
    String particulars() {
        return switch (kind) {
            case KILL, ROLLING_RESTART -> "";
            case PAUSE, BLACK_HOLE -> "for " + Figures.seconds(hold.toNanos()) + " s";
            case CUT_ALL -> cut.toString();
            case CUT_AT_BYTE ->
                cut + " after " + bytes + " B " + (direction == Direction.TO_BROKER ? "to broker" : "to client");
        };
    }
}
