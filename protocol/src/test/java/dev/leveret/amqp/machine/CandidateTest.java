package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.Endpoint;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CandidateTest {

    /** The first letter is the endpoint; an upper-case second one is of family 6, a lower-case one of family 4. */
    private static List<Candidate<String>> candidates(String... addresses) {
        return Stream.of(addresses)
                .map(it -> new Candidate<>(
                        new Endpoint(it.substring(0, 1), 1), it, it, Character.isUpperCase(it.charAt(1)) ? 6 : 4))
                .toList();
    }

    private static String ordered(@Nullable Random shuffle, String addresses) {
        return String.join(
                " ",
                Candidate.inOrder(candidates(addresses.split(" ")), shuffle).stream()
                        .map(Candidate::address)
                        .toList());
    }

    @Test
    void nothingStaysNothing() {
        assertThat(Candidate.inOrder(List.of(), new Random(1))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "na, na",
        "nA nB na nb, nA na nB nb",
        "na nb nA nB, na nA nb nB",
        "nA nB nC na, nA na nB nC",
        "na nb nc, na nb nc",
        // endpoints stay together, as SRV records have ordered them
        "nA na mA mB ma, nA na mA ma mB",
        "nA mA na, nA na mA",
    })
    void familiesTakeTurnsBeginningWithTheFirst(String given, String expected) {
        assertThat(ordered(null, given)).isEqualTo(expected);
    }

    @Test
    void shufflingStaysWithinAnEndpointAndFamiliesStillTakeTurns() {
        Set<String> seen = new HashSet<>();
        Random random = new Random(42);
        for (int i = 0; i < 500; i++) {
            String order = ordered(random, "nA nB na nb mA ma");
            assertThat(order).matches("n\\S n\\S n\\S n\\S m\\S m\\S");
            for (String pair : List.of(order.substring(0, 5), order.substring(6, 11), order.substring(12))) {
                assertThat(Character.isUpperCase(pair.charAt(1))).isNotEqualTo(Character.isUpperCase(pair.charAt(4)));
            }
            seen.add(order);
        }
        // 2 orders of each family at n, 2 families to begin with at n and at m
        assertThat(seen).hasSize(2 * 2 * 2 * 2);
        assertThat(ordered(new Random(7), "nA nB na nb")).isEqualTo(ordered(new Random(7), "nA nB na nb"));
    }
}
