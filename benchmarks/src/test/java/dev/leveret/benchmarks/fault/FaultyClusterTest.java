package dev.leveret.benchmarks.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.benchmarks.fault.Fault.Kind;
import dev.leveret.testkit.junit.RequiresLocalRabbitMq;
import dev.leveret.testkit.local.RabbitMqCluster;
import dev.leveret.testkit.proxy.Cut;
import dev.leveret.testkit.proxy.Direction;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The bench itself on a real cluster, as small as it can be. */
@RequiresLocalRabbitMq
@Timeout(300)
class FaultyClusterTest {

    private static final Duration HEARTBEAT = Duration.ofSeconds(2);
    private static final Workload SMALL =
            new Workload(5_000, 2, 2, 100, 2_000, 64, 0, Duration.ofMillis(200), Duration.ofSeconds(30));
    private static final List<Fault> CUTS = List.of(fault(Kind.CUT_AT_BYTE), fault(Kind.CUT_ALL));
    private static final List<Fault> FAULTS = List.of(fault(Kind.CUT_ALL), fault(Kind.KILL), fault(Kind.CUT_AT_BYTE));

    @Test
    void messagesAreAccountedForWhileTheClusterBreaks() throws Exception {
        try (RabbitMqCluster cluster = RabbitMqCluster.start(3);
                FaultyCluster target = new FaultyCluster(cluster)) {
            FaultResult leveret =
                    new FaultRun(new LeveretFaultClient(target.uris(), HEARTBEAT, false), target, SMALL, FAULTS).run();
            FaultResult amqpClient =
                    new FaultRun(new AmqpClientFaultClient(target.uris(), HEARTBEAT), target, SMALL, CUTS).run();

            assertThat(leveret.violations(true)).isEmpty();
            assertThat(amqpClient.violations(false)).isEmpty();
            assertThat(leveret.account().confirmedIds()).isGreaterThanOrEqualTo(SMALL.messages());
            assertThat(leveret.faults())
                    .hasSize(FAULTS.size())
                    .allMatch(it -> it.damage().connections() > 0);
        }
    }

    private static Fault fault(Kind kind) {
        return new Fault(kind, 0, Cut.RST, Direction.TO_BROKER, 1_000, Duration.ofMillis(500));
    }
}
