package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.ConsumerCancelledException;
import dev.leveret.amqp.machine.ConsumerRegistry.Consumer;
import dev.leveret.amqp.testing.SinkLog;
import org.junit.jupiter.api.Test;

class ConsumerRegistryTest {

    private static final AmqpException GONE = new ConnectionLostException("gone", null);
    private static final AmqpException CANCELLED = new ConsumerCancelledException("deleted");

    private final ConsumerRegistry registry = new ConsumerRegistry();
    private final SinkLog sink = new SinkLog();
    private final SinkLog other = new SinkLog();

    private Consumer add(String tag, SinkLog its) {
        Consumer consumer = new Consumer(tag, false, its);
        registry.add(consumer);
        return consumer;
    }

    @Test
    void anUnknownTagIsNobodys() {
        assertThat(registry.get("a")).isNull();
        registry.endByBroker("a", CANCELLED);
        registry.remove("a");
        registry.batchEnd();
    }

    @Test
    void consumersAreFoundByTheirTags() {
        Consumer a = add("a", sink);
        Consumer b = add("b", other);
        assertThat(registry.get("a")).isSameAs(a);
        assertThat(registry.get("a")).isSameAs(a);
        assertThat(registry.get("b")).isSameAs(b);
        assertThat(registry.get("c")).isNull();
        assertThat(registry.get("a")).isSameAs(a);
    }

    @Test
    void aConsumerThatWasLookedForInVainIsFoundOnceItIsThere() {
        assertThat(registry.get("a")).isNull();
        Consumer a = add("a", sink);
        assertThat(registry.get("a")).isSameAs(a);
    }

    @Test
    void aCancelledConsumerIsForgottenAndToldItsEndWithoutCause() {
        add("a", sink);
        registry.get("a");
        registry.remove("a");
        assertThat(registry.get("a")).isNull();
        assertThat(sink.events()).containsExactly("end");
    }

    @Test
    void aConsumerThatTheBrokerCancelledStaysKnownUntilTheBrokerHasAnswered() {
        add("a", sink);
        registry.endByBroker("a", CANCELLED);
        assertThat(registry.get("a")).isNotNull();
        assertThat(registry.get("a").ended).isTrue();
        registry.remove("a");
        assertThat(registry.get("a")).isNull();
        assertThat(sink.events()).containsExactly("end ConsumerCancelledException");
        assertThat(sink.endCause()).isSameAs(CANCELLED);
    }

    @Test
    void theEndIsToldOnce() {
        add("a", sink);
        registry.endByBroker("a", CANCELLED);
        registry.endByBroker("a", CANCELLED);
        registry.endAll(GONE);
        registry.endAll(GONE);
        registry.remove("a");
        assertThat(sink.events()).containsExactly("end ConsumerCancelledException");
    }

    @Test
    void theChannelsEndEndsAll() {
        add("a", sink);
        add("b", other);
        registry.endAll(GONE);
        assertThat(sink.endCause()).isSameAs(GONE);
        assertThat(other.endCause()).isSameAs(GONE);
        assertThat(registry.get("a")).isNull();
    }

    @Test
    void onlyWhoGotDeliveriesIsToldTheBatchsEndAndOnce() {
        Consumer a = add("a", sink);
        add("b", other);
        assertThat(registry.touch(a)).as("the first of the batch").isTrue();
        assertThat(registry.touch(a)).isFalse();
        registry.batchEnd();
        registry.batchEnd();
        assertThat(sink.events()).containsExactly("batch end");
        assertThat(other.events()).isEmpty();
    }

    @Test
    void theFirstDeliveryOfABatchIsNoticedOncePerChannel() {
        Consumer a = add("a", sink);
        Consumer b = add("b", other);
        assertThat(registry.touch(b)).isTrue();
        assertThat(registry.touch(a)).isFalse();
        registry.batchEnd();
        assertThat(registry.touch(a)).isTrue();
        registry.batchEnd();
        assertThat(sink.events()).containsExactly("batch end", "batch end");
        assertThat(other.events()).containsExactly("batch end");
    }

    @Test
    void aConsumerThatEndsWithinABatchIsToldTheBatchsEndFirst() {
        Consumer a = add("a", sink);
        registry.touch(a);
        registry.endByBroker("a", CANCELLED);
        registry.batchEnd();
        assertThat(sink.events()).containsExactly("batch end", "end ConsumerCancelledException");
    }
}
