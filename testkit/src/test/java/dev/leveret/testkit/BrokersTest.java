package dev.leveret.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresLocalRabbitMq;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import dev.leveret.testkit.probe.AmqpAddress;
import dev.leveret.testkit.probe.BrokerProbe;
import java.io.IOException;
import java.time.Duration;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** With the real sources of this machine. */
class BrokersTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    @Test
    void theSourcesOfThisModuleAreFound() {
        assertThat(ServiceLoader.load(BrokerSource.class).stream()
                        .map(it -> it.get().place()))
                .contains(BrokerSource.Place.values());
    }

    @EveryBroker
    void aSharedBrokerServesAndOutlivesItsUsers(Broker broker) throws IOException {
        broker.close();

        assertThat(BrokerProbe.ask(AmqpAddress.of(broker.uri()), LIMIT).kind()).isEqualTo(broker.kind());
    }

    @Test
    @RequiresRabbitMq
    void everybodyGetsTheSameRabbitMq(Broker broker) {
        assertThat(broker.isRabbitMq()).isTrue();
        assertThat(broker).isEqualTo(Brokers.rabbitMq());
        assertThat(Brokers.rabbitMqOrSkipReason().broker()).contains(broker);
        assertThat(Brokers.each()).extracting(BrokerOffer::name).contains(broker.description());
    }

    @Test
    void anEmbeddedBrokerOfOnesOwnEndsWhenItIsClosed() {
        Broker own = Brokers.startEmbedded();
        assertThat(own.uri()).isNotEqualTo(Brokers.embedded().uri());

        own.close();

        assertThatThrownBy(() -> BrokerProbe.ask(AmqpAddress.of(own.uri()), LIMIT))
                .isInstanceOf(IOException.class);
    }

    @Test
    @RequiresLocalRabbitMq
    void aRabbitMqOfOnesOwnEndsWhenItIsClosed() {
        Broker own = Brokers.startRabbitMq();
        assertThat(own.isRabbitMq()).isTrue();
        assertThat(own.uri()).isNotEqualTo(Brokers.rabbitMq().uri());

        own.close();

        assertThatThrownBy(() -> BrokerProbe.ask(AmqpAddress.of(own.uri()), LIMIT))
                .isInstanceOf(IOException.class);
    }
}
