package dev.leveret.testkit;

import static dev.leveret.testkit.BrokerKind.OTHER;
import static dev.leveret.testkit.BrokerKind.QPID_BROKER_J;
import static dev.leveret.testkit.BrokerKind.RABBITMQ;
import static dev.leveret.testkit.BrokerSource.Place.DOCKER;
import static dev.leveret.testkit.BrokerSource.Place.EMBEDDED;
import static dev.leveret.testkit.BrokerSource.Place.GIVEN;
import static dev.leveret.testkit.BrokerSource.Place.LOCAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrokerPoolTest {

    private final Properties properties = new Properties();

    @Test
    void withoutAnyBrokerTheMessageListsWhatWasTriedAndWhatToDo() {
        BrokerPool pool = pool(
                FakeSource.unavailable(GIVEN), FakeSource.unavailable(DOCKER),
                FakeSource.failing(LOCAL), FakeSource.giving(EMBEDDED, QPID_BROKER_J));

        NoBrokerException none = catchThrowableOfType(NoBrokerException.class, pool::rabbitMq);

        assertThat(none).hasMessage("""
                There is no RabbitMQ to be had (leveret.broker=auto). Tried, in this order:
                  - fake GIVEN: nothing is installed at GIVEN
                  - fake DOCKER: nothing is installed at DOCKER
                  - fake LOCAL: LOCAL fails
                      last line of its log
                To have one, install GIVEN; or install DOCKER.""");
        assertThat(none.reason())
                .isEqualTo("no RabbitMQ: fake GIVEN: nothing is installed at GIVEN; "
                        + "fake DOCKER: nothing is installed at DOCKER; fake LOCAL: LOCAL fails");
        assertThat(none.attempts()).hasSize(3);
    }

    @Test
    void aChoiceThatLeavesRabbitMqOutIsNamedAsTheReason() {
        properties.setProperty("leveret.broker", "embedded");
        FakeSource local = FakeSource.giving(LOCAL, RABBITMQ);

        assertThatThrownBy(pool(local)::rabbitMq)
                .isInstanceOf(NoBrokerException.class)
                .hasMessage("There is no RabbitMQ to be had (leveret.broker=embedded leaves it out).");
        assertThat(local.asked).isZero();
    }

    @Test
    void anAddressThatDoesNotAnswerIsAnErrorAndNotAReasonToLookElsewhere() {
        FakeSource local = FakeSource.giving(LOCAL, RABBITMQ);
        BrokerPool pool = pool(FakeSource.failing(GIVEN), local);

        assertThatThrownBy(pool::any).isInstanceOf(BrokerStartException.class).hasMessageStartingWith("GIVEN fails");
        assertThatThrownBy(pool::rabbitMqOffer).isInstanceOf(BrokerStartException.class);
        assertThat(local.asked).isZero();
    }

    @Test
    void aGivenBrokerThatIsNotRabbitMqServesAnybodyButThoseWhoDemandRabbitMq() {
        FakeSource local = FakeSource.giving(LOCAL, RABBITMQ);
        BrokerPool pool = pool(FakeSource.giving(GIVEN, OTHER), local);

        assertThat(pool.any().kind()).isEqualTo(OTHER);
        assertThatThrownBy(pool::rabbitMq)
                .isInstanceOf(NoBrokerException.class)
                .hasMessageContaining("fake GIVEN: it is not RabbitMQ but AMQP broker 1.2.3, a fake");
        assertThat(local.asked).as("whoever names a broker means that one").isZero();
    }

    @Test
    void aBrokerThatDoesNotStartIsNotTriedAgain() {
        FakeSource local = FakeSource.failing(LOCAL);
        BrokerPool pool = pool(local);

        assertThatThrownBy(pool::rabbitMq).isInstanceOf(NoBrokerException.class);
        assertThatThrownBy(pool::rabbitMq).isInstanceOf(NoBrokerException.class);

        assertThat(local.asked).isEqualTo(1);
    }

    @Test
    void aStartThatWasInterruptedIsTriedAgain() {
        FakeSource local = FakeSource.failing(LOCAL);
        BrokerPool pool = pool(local);

        Thread.currentThread().interrupt();
        assertThatThrownBy(pool::rabbitMq).isInstanceOf(NoBrokerException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThatThrownBy(pool::rabbitMq).isInstanceOf(NoBrokerException.class);

        assertThat(local.asked).isEqualTo(2);
    }

    @Test
    void missingRabbitMqIsAReasonToSkip() {
        BrokerOffer offer = pool(FakeSource.unavailable(LOCAL)).rabbitMqOffer();

        assertThat(offer.name()).isEqualTo("RabbitMQ");
        assertThat(offer.broker()).isEmpty();
        assertThat(offer.skipReason()).contains("no RabbitMQ: fake LOCAL: nothing is installed at LOCAL");
    }

    @Test
    void missingRabbitMqIsAFailureWhereItIsRequired() {
        properties.setProperty("leveret.rabbitmq.required", "true");
        BrokerPool pool = pool(FakeSource.unavailable(LOCAL), FakeSource.giving(EMBEDDED, QPID_BROKER_J));

        assertThatThrownBy(pool::rabbitMqOffer).isInstanceOf(NoBrokerException.class);
        assertThatThrownBy(pool::each).isInstanceOf(NoBrokerException.class);
        assertThat(pool.any().kind()).as("who needs any broker is served still").isEqualTo(QPID_BROKER_J);
    }

    @Test
    void anUnknownChoiceIsAnErrorForEverybodyWhoAsks() {
        properties.setProperty("leveret.broker", "nonsense");
        BrokerPool pool = pool(FakeSource.giving(LOCAL, RABBITMQ));

        assertThatThrownBy(pool::any).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(pool::rabbitMqOffer).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "auto,     fake GIVEN, fake GIVEN",
        "rabbitmq, fake GIVEN, fake GIVEN",
        "docker,   fake DOCKER, fake DOCKER",
        "local,    fake LOCAL, fake LOCAL",
        "embedded, fake EMBEDDED, ",
    })
    void theChoiceDecidesWhichPlaceIsAskedFirst(String choice, String any, String rabbitMq) {
        properties.setProperty("leveret.broker", choice);
        FakeSource[] sources = {
            FakeSource.giving(EMBEDDED, QPID_BROKER_J),
            FakeSource.giving(LOCAL, RABBITMQ),
            FakeSource.giving(DOCKER, RABBITMQ),
            FakeSource.giving(GIVEN, RABBITMQ)
        };
        BrokerPool pool = pool(sources);

        pool.any();
        assertThat(startedBy(sources)).containsExactly(any);

        BrokerOffer offer = pool.rabbitMqOffer();
        assertThat(offer.broker().isPresent()).isEqualTo(rabbitMq != null);
    }

    @Test
    void placesAreTriedInTheirOrderWhateverTheOrderOfTheClassPath() {
        FakeSource embedded = FakeSource.giving(EMBEDDED, QPID_BROKER_J);
        FakeSource local = FakeSource.giving(LOCAL, RABBITMQ);
        FakeSource docker = FakeSource.failing(DOCKER);
        FakeSource given = FakeSource.unavailable(GIVEN);

        assertThat(pool(embedded, local, docker, given).any().kind()).isEqualTo(RABBITMQ);

        assertThat(List.of(given.asked, docker.asked, local.asked, embedded.asked))
                .containsExactly(1, 1, 1, 0);
    }

    @Test
    void withinAPlaceTheLowerRankIsTriedFirst() {
        FakeSource usual = FakeSource.giving(EMBEDDED, QPID_BROKER_J);
        FakeSource preferred = FakeSource.giving(EMBEDDED, OTHER).rank(-1);

        assertThat(pool(usual, preferred).any().kind()).isEqualTo(OTHER);
    }

    @Test
    void everybodySharesOneBrokerThatNobodyCanClose() {
        FakeSource local = FakeSource.giving(LOCAL, RABBITMQ);
        BrokerPool pool = pool(local);

        IntStream.range(0, 8).parallel().forEach(it -> pool.any().close());
        pool.rabbitMq().close();

        assertThat(local.asked).isEqualTo(1);
        assertThat(((FakeBroker) local.started.get(0)).closed()).hasValue(0);
    }

    @Test
    void aBrokerOfOnesOwnIsStartedEachTimeAndClosedByItsOwner() {
        FakeSource given = FakeSource.giving(GIVEN, RABBITMQ);
        FakeSource local = FakeSource.giving(LOCAL, RABBITMQ);
        BrokerPool pool = pool(given, local);

        pool.startRabbitMq().close();
        pool.startRabbitMq().close();

        assertThat(given.asked).as("an address cannot be started").isZero();
        assertThat(local.started)
                .hasSize(2)
                .allSatisfy(it -> assertThat(((FakeBroker) it).closed()).hasValue(1));
    }

    @Test
    void theEmbeddedBrokerIsThereWhateverTheChoice() {
        properties.setProperty("leveret.broker", "local");
        BrokerPool pool = pool(FakeSource.giving(EMBEDDED, QPID_BROKER_J));

        assertThat(pool.embedded().kind()).isEqualTo(QPID_BROKER_J);
        assertThat(pool.startEmbedded().kind()).isEqualTo(QPID_BROKER_J);
    }

    @Test
    void eachBrokerIsTheEmbeddedOneAndThenRabbitMqOrItsName() {
        assertThat(pool(FakeSource.giving(EMBEDDED, QPID_BROKER_J), FakeSource.giving(LOCAL, RABBITMQ))
                        .each())
                .extracting(BrokerOffer::name)
                .containsExactly("Qpid Broker-J 1.2.3, a fake", "RabbitMQ 1.2.3, a fake");
        assertThat(pool(FakeSource.giving(EMBEDDED, QPID_BROKER_J), FakeSource.unavailable(LOCAL))
                        .each())
                .extracting(BrokerOffer::name)
                .containsExactly("Qpid Broker-J 1.2.3, a fake", "RabbitMQ");
    }

    @Test
    void nothingThatIsPrintedShowsThePassword() {
        BrokerPool pool = pool(FakeSource.giving(GIVEN, RABBITMQ));

        assertThat(String.valueOf(pool.any())).isEqualTo("RabbitMQ 1.2.3, a fake");
        assertThat(String.valueOf(pool.rabbitMqOffer())).doesNotContain("secret");
        assertThat(pool.any().uri().toString()).as("it is in the address only").contains("secret");
    }

    private BrokerPool pool(FakeSource... sources) {
        return new BrokerPool(new Settings(properties, Map.of()), List.of(sources));
    }

    private static List<String> startedBy(FakeSource... sources) {
        return Arrays.stream(sources)
                .filter(it -> !it.started.isEmpty())
                .map(FakeSource::name)
                .toList();
    }
}
