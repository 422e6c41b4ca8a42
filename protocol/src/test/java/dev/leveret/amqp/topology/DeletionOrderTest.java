package dev.leveret.amqp.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.Topology;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeletionOrderTest {

    /** Bindings as {@code source>destination}. */
    @ParameterizedTest
    @CsvSource({
        "'', 'abcd'",
        "a>b b>c, 'cd b a'",
        "a>b a>c c>d, 'bd c a'",
        "a>b b>a a>c, 'cd ab'",
        "a>a a>b, 'bcd a'",
        "a>elsewhere elsewhere>b, 'abcd'",
        "a>b a>b, 'bcd a'"
    })
    void thoseWithoutDestinationsGoFirst(String bindings, String expected) {
        Topology topology = new Topology(
                Stream.of("a", "b", "c", "d").map(ExchangeSpec::fanout).toList(),
                List.of(),
                Arrays.stream(bindings.split(" "))
                        .filter(it -> !it.isEmpty())
                        .map(it -> it.split(">"))
                        .map(it -> BindingSpec.toExchange(it[0], it[1], ""))
                        .toList());
        String order = String.join(
                " ",
                DeletionOrder.of(topology).stream()
                        .map(round -> String.join(
                                "", round.stream().map(ExchangeSpec::name).toList()))
                        .toList());
        assertThat(order).isEqualTo(expected);
    }
}
