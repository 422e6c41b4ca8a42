package dev.leveret.jms.selector;

import jakarta.jms.InvalidSelectorException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Selectors that have been read, for programs that make consumers with the same ones again and again. Thread-safe; it keeps
 * the last ones used that are of ordinary length.
 */
public final class SelectorCache {

    private static final int SIZE = 256;
    private static final int LONGEST = 1000;

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by {@link #lock}. */
    private final Map<String, Selector> recent = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Selector> eldest) {
            return size() > SIZE;
        }
    };

    /**
     * The selector that a program gives; empty if it is null or blank, which is none (section 8.3).
     *
     * @throws InvalidSelectorException if it is no selector
     */
    public Optional<Selector> selector(@Nullable String text) throws InvalidSelectorException {
        if (text == null || text.isBlank()) {
            return Optional.empty();
        }
        if (text.length() > LONGEST) {
            return Optional.of(Selector.parse(text));
        }
        lock.lock();
        try {
            Selector selector = recent.get(text);
            if (selector == null) {
                selector = Selector.parse(text);
                recent.put(text, selector);
            }
            return Optional.of(selector);
        } finally {
            lock.unlock();
        }
    }
}
