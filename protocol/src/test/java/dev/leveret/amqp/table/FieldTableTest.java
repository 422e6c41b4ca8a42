package dev.leveret.amqp.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldTableTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 16, 17, 18, 100})
    void itIsTheMapOfTheSameFields(int size) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        FieldTable.Builder fields = new FieldTable.Builder(0);
        for (int i = 0; i < size; i++) {
            map.put("field" + i, i % 3 == 0 ? null : i);
            fields.put("field" + i, i % 3 == 0 ? null : i);
        }
        // Twice: the last value counts, in the first one's place.
        map.put("field0", "again");
        fields.put("field0", "again");
        Map<String, @Nullable Object> table = fields.build();

        assertThat(table).isEqualTo(map).hasSameHashCodeAs(map).hasToString(map.toString());
        assertThat(map).isEqualTo(table);
        assertThat(table).hasSize(size);
        assertThat(new ArrayList<>(table.entrySet())).isEqualTo(new ArrayList<>(map.entrySet()));
        List<String> walked = new ArrayList<>();
        table.forEach((name, value) -> walked.add(name + "=" + value));
        assertThat(walked)
                .containsExactlyElementsOf(
                        map.entrySet().stream().map(Map.Entry::toString).toList());
        for (String name : map.keySet()) {
            assertThat(table.containsKey(name)).isTrue();
            assertThat(table.get(name)).isEqualTo(map.get(name));
        }
        for (String name : List.of("field", "field" + size, "")) {
            assertThat(table.containsKey(name)).isFalse();
            assertThat(table.get(name)).isNull();
        }
        assertThat(table.containsKey(null)).isFalse();
    }

    @Test
    void itCannotBeChanged() {
        FieldTable.Builder fields = new FieldTable.Builder(1);
        fields.put("a", 1);
        Map<String, @Nullable Object> table = fields.build();

        Stream.<Runnable>of(
                        () -> table.put("a", 2),
                        () -> table.remove("a"),
                        table::clear,
                        () -> table.keySet().clear(),
                        () -> table.values().remove(1),
                        () -> table.entrySet().iterator().next().setValue(2))
                .forEach(it -> assertThatThrownBy(it::run).isInstanceOf(UnsupportedOperationException.class));
        assertThat(table).isEqualTo(Map.of("a", 1));
    }

    @Test
    void itsEndIsAnEnd() {
        FieldTable.Builder fields = new FieldTable.Builder(4);
        fields.put("a", 1);
        Iterator<?> iterator = fields.build().entrySet().iterator();

        iterator.next();

        assertThat(iterator).isExhausted();
        assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void ofNothingItIsTheEmptyMap() {
        assertThat(new FieldTable.Builder(4).build()).isSameAs(Map.of());
    }
}
