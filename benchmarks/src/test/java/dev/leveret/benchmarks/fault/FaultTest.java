package dev.leveret.benchmarks.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultTest {

    @Test
    void theSameSeedGivesTheSameFaults() {
        assertThat(Fault.plan(7, 50)).isEqualTo(Fault.plan(7, 50)).isNotEqualTo(Fault.plan(8, 50));
    }

    @Test
    void fiftyFaultsAreOfAllKinds() {
        List<Fault> plan = Fault.plan(1, 120);

        assertThat(plan).hasSize(120);
        assertThat(plan.subList(0, 50).stream().map(Fault::kind))
                .containsOnly(Fault.Kind.values())
                .containsAll(Arrays.asList(Fault.Kind.values()));
        assertThat(plan)
                .allMatch(it -> it.bytes() > 0 && it.pick() >= 0 && it.hold().toMillis() > 0);
        assertThat(plan).allMatch(it -> it.particulars() != null);
    }

    @Test
    void anOptionThatIsNotKnownIsAnsweredWithThoseThatAre() {
        for (String[] args : List.of(
                new String[] {"--fast", "1"},
                new String[] {"--faults"},
                new String[] {"--faults", "many"},
                new String[] {"--client", "other"},
                new String[] {"--bytes", "4"})) {
            assertThatThrownBy(() -> FaultOptions.parse(args))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("--publishers");
        }
        assertThat(FaultOptions.parse("--client", "leveret", "--messages", "10").clients)
                .containsExactly("leveret");
    }
}
