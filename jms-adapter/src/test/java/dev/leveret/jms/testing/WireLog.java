package dev.leveret.jms.testing;

import java.util.ArrayList;
import java.util.List;

/** What the client under test has told the broker, in order. Thread-safe. */
public final class WireLog {

    private final List<String> lines = new ArrayList<>();

    public synchronized void add(String line) {
        lines.add(line);
    }

    /** All lines so far; forgets them. */
    public synchronized List<String> take() {
        List<String> taken = List.copyOf(lines);
        lines.clear();
        return taken;
    }

    /** The lines so far that begin with one of these words. */
    public synchronized List<String> of(String... words) {
        return lines.stream()
                .filter(it -> List.of(words).contains(it.split(" ", 2)[0]))
                .toList();
    }
}
