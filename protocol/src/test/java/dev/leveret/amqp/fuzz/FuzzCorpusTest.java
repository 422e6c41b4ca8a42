package dev.leveret.amqp.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the fuzzer has found worth keeping, and what is next to it. How to look for more: docs/fuzzing.md. */
class FuzzCorpusTest {

    private static final int NEIGHBOURS = 3;

    static Set<String> targets() {
        return FuzzCorpus.TARGETS.keySet();
    }

    @ParameterizedTest
    @MethodSource("targets")
    void everyKeptInputAndItsNeighboursAreTakenOrRefusedAsTheyMustBe(String target) {
        List<byte[]> inputs = FuzzCorpus.of(target);
        assertThat(inputs).isNotEmpty();
        Random random = new Random(26);
        for (byte[] input : inputs) {
            run(target, input);
            for (int i = 0; i < NEIGHBOURS && input.length > 2; i++) {
                byte[] neighbour = input.clone();
                neighbour[2 + random.nextInt(input.length - 2)] = (byte) random.nextInt();
                run(target, random.nextInt(4) > 0 ? neighbour : Arrays.copyOf(neighbour, input.length - 1));
            }
        }
    }

    private static void run(String target, byte[] input) {
        Consumer<byte[]> fuzz = FuzzCorpus.TARGETS.get(target);
        try {
            fuzz.accept(input);
        } catch (Throwable e) {
            throw new AssertionError(target + " " + HexFormat.of().formatHex(input), e);
        }
    }
}
