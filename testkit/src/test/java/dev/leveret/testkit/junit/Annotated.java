package dev.leveret.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.Brokers;
import dev.leveret.testkit.Capability;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Test classes to be run by a test only; by themselves they would say something else on every machine. */
final class Annotated {

    private Annotated() {}

    @RequiresRabbitMq
    static class NeedsRabbitMq {
        @Test
        void runs(Broker broker) {
            assertThat(broker.isRabbitMq()).isTrue();
        }
    }

    static class NeedsRabbitMqOnce {
        @Test
        @RequiresRabbitMq(Capability.STREAMS)
        void runsOnRabbitMq(Broker broker) {
            assertThat(broker.isRabbitMq()).isTrue();
        }

        @Test
        void needsNothing() {
            assertThat(this).isNotNull();
        }
    }

    @RequiresLocalRabbitMq
    static class NeedsNodes {
        @Test
        void startsNodes() {
            assertThat(this).isNotNull();
        }
    }

    @RequiresBroker(Capability.PUBLISHER_CONFIRMS)
    static class NeedsBroker {

        private Broker before;

        @BeforeEach
        void take(Broker broker) {
            before = broker;
        }

        @Test
        void runs(Broker broker) {
            assertThat(broker).isEqualTo(before).isEqualTo(Brokers.any());
        }

        @Nested
        class Inside {
            @Test
            void runs(Broker broker) {
                assertThat(broker).isEqualTo(before);
            }
        }
    }

    static class NeedsStreams {
        @Test
        @RequiresBroker({Capability.DIRECT_REPLY_TO, Capability.PUBLISHER_CONFIRMS, Capability.STREAMS})
        void runs(Broker broker) {
            assertThat(broker).isNull();
        }
    }

    static class OnEveryBroker {
        @EveryBroker
        void passes(Broker broker) {
            assertThat(broker.uri()).hasScheme("amqp");
        }

        @EveryBroker(Capability.QUORUM_QUEUES)
        void lacks(Broker broker) {
            assertThat(broker.supports(Capability.QUORUM_QUEUES)).isTrue();
        }
    }
}
