package dev.leveret.amqp.fuzz;

import dev.leveret.amqp.testing.KeptInputs;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the fuzzer has found worth keeping, and what is next to it. How to look for more: docs/fuzzing.md. */
class FuzzCorpusTest {

    static Set<String> targets() {
        return FuzzCorpus.TARGETS.keySet();
    }

    @ParameterizedTest
    @MethodSource("targets")
    void everyKeptInputAndItsNeighboursAreTakenOrRefusedAsTheyMustBe(String target) {
        KeptInputs.replay(target, FuzzCorpus.TARGETS.get(target));
    }
}
