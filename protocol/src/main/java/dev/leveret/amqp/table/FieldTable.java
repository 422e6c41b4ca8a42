package dev.leveret.amqp.table;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A field table (specification section 4.2.5.5) that AMQP can carry: unmodifiable, in the order of its making, every name
 * and value of it checked or come from the wire. What holds one need not check or copy it again.
 *
 * <p>Names and values lie in two arrays. The few fields that messages have are found sooner by looking at each than by
 * hashes, which would have to be computed for every name of every message.
 */
public final class FieldTable extends AbstractMap<String, @Nullable Object> {

    /** Above it names are looked up by their hashes. */
    private static final int FEW = 16;

    private final String[] names;
    private final @Nullable Object[] values;
    private final int size;
    private final @Nullable Map<String, Integer> places;

    private FieldTable(Builder from) {
        names = from.names;
        values = from.values;
        size = from.size;
        places = from.places;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public boolean containsKey(@Nullable Object name) {
        return place(name, names, size, places) >= 0;
    }

    @Override
    public @Nullable Object get(@Nullable Object name) {
        int place = place(name, names, size, places);
        return place < 0 ? null : values[place];
    }

    @Override
    public void forEach(BiConsumer<? super String, ? super @Nullable Object> action) {
        for (int i = 0; i < size; i++) {
            action.accept(names[i], values[i]);
        }
    }

    @Override
    public Set<Entry<String, @Nullable Object>> entrySet() {
        return new Fields();
    }

    private static int place(@Nullable Object name, String[] names, int size, @Nullable Map<String, Integer> places) {
        if (places != null) {
            return places.getOrDefault(name, -1);
        }
        for (int i = 0; i < size; i++) {
            if (names[i].equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private final class Fields extends AbstractSet<Entry<String, @Nullable Object>> {

        @Override
        public int size() {
            return size;
        }

        @Override
        public Iterator<Entry<String, @Nullable Object>> iterator() {
            return new Iterator<>() {

                private int next;

                @Override
                public boolean hasNext() {
                    return next < size;
                }

                @Override
                public Entry<String, @Nullable Object> next() {
                    if (next == size) {
                        throw new NoSuchElementException();
                    }
                    int place = next++;
                    return new SimpleImmutableEntry<>(names[place], values[place]);
                }
            };
        }
    }

    /** Collects the fields of one table; to be used once. */
    public static final class Builder {

        private String[] names;
        private @Nullable Object[] values;
        private int size;
        private @Nullable Map<String, Integer> places;

        /**
         * Starts with nothing.
         *
         * @param expected number of fields
         */
        public Builder(int expected) {
            names = new String[expected];
            values = new Object[expected];
        }

        /**
         * Adds a field, or replaces the value of the one that is called so.
         *
         * @param name that AMQP can carry
         * @param value that AMQP can carry, and that nobody changes any more
         */
        public void put(String name, @Nullable Object value) {
            int place = place(name, names, size, places);
            if (place >= 0) {
                values[place] = value;
                return;
            }
            if (size == names.length) {
                int capacity = Math.max(4, 2 * size);
                names = Arrays.copyOf(names, capacity);
                values = Arrays.copyOf(values, capacity);
            }
            names[size] = name;
            values[size] = value;
            size++;
            if (places != null) {
                places.put(name, size - 1);
            } else if (size > FEW) {
                places = new HashMap<>();
                for (int i = 0; i < size; i++) {
                    places.put(names[i], i);
                }
            }
        }

        /** The table. */
        public Map<String, @Nullable Object> build() {
            return size == 0 ? Map.of() : new FieldTable(this);
        }
    }
}
