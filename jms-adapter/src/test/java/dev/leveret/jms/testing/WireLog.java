package dev.leveret.jms.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What the client under test has told the broker, in order. Thread-safe. */
public final class WireLog {

    private final List<String> lines = new ArrayList<>();
    private Consumer<String> watcher = line -> {};

    public synchronized void add(String line) {
        lines.add(line);
        watcher.accept(line);
    }

    /** Has this see each line when it is added, on the thread that adds it. */
    public synchronized void watch(Consumer<String> value) {
        watcher = value;
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
