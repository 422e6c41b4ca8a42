package dev.leveret.amqp.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.Topology;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefinitionsTest {

    private static final Topology TOPOLOGY = new Topology(
            List.of(
                    ExchangeSpec.topic("orders").withAlternateExchange("unrouted"),
                    ExchangeSpec.fanout("unrouted")
                            .withDurable(false)
                            .withAutoDelete(true)
                            .withInternal(true)),
            List.of(
                    QueueSpec.quorum("billing").withDeliveryLimit(5).withDeadLetterExchange("", "say \"no\"\n"),
                    QueueSpec.of("odd")
                            .withArgument("list", Arrays.asList("a", 1L, true, null, 0.5, Map.of("in", List.of())))),
            List.of(
                    BindingSpec.toQueue("orders", "billing", "order.#"),
                    BindingSpec.toExchange("orders", "unrouted", "\u00e4\u20ac")
                            .withHeaderPresent("any")
                            .withArgument("x-match", "all")));

    @Test
    void whatIsWrittenIsReadAgain() {
        String json = Definitions.write(TOPOLOGY, "/");
        assertThat(Definitions.read(json, "/")).isEqualTo(TOPOLOGY);
        assertThat(Definitions.write(Definitions.read(json, "/"), "/")).isEqualTo(json);
    }

    @Test
    void nothingIsWrittenAsNothing() {
        Topology nothing = new Topology(List.of(), List.of(), List.of());
        assertThat(Definitions.read(Definitions.write(nothing, "/"), "/")).isEqualTo(nothing);
    }

    @Test
    void wholeNumbersComeBackAsLongs() {
        Topology ints = new Topology(
                List.of(),
                List.of(QueueSpec.classic("q").withMaxPriority(5).withArgument("big", 0x7FFF_FFFF_FFFF_FFFFL)),
                List.of());
        assertThat(Definitions.read(Definitions.write(ints, "v"), "v").queues())
                .containsExactly(QueueSpec.classic("q")
                        .withArgument("x-max-priority", 5L)
                        .withArgument("big", 0x7FFF_FFFF_FFFF_FFFFL));
    }

    @Test
    void onlyOneVirtualHostIsRead() {
        String json = """
                {"rabbit_version":"3.10.8","vhosts":[{"name":"/"},{"name":"empty"}],"policies":[{"any":1}],
                 "queues":[{"name":"a","vhost":"/","durable":true,"auto_delete":false,"arguments":[]},
                           {"name":"b","vhost":"other","durable":true,"auto_delete":true,"arguments":{"x-expires":5}}],
                 "exchanges":[{"name":"amq.topic","vhost":"/","type":"topic","durable":true},
                              {"name":"","vhost":"/","type":"direct","durable":true}],
                 "bindings":[{"source":"","vhost":"/","destination":"a","destination_type":"queue","routing_key":"a"}]}
                """;
        assertThat(Definitions.read(json, "/"))
                .isEqualTo(new Topology(List.of(), List.of(QueueSpec.of("a")), List.of()));
        assertThat(Definitions.read(json, "other").queues())
                .containsExactly(QueueSpec.of("b").withAutoDelete(true).withArgument("x-expires", 5L));
        assertThat(Definitions.read(json, "empty").queues()).isEmpty();
        assertThatThrownBy(() -> Definitions.read(json, "missing"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'missing'")
                .hasMessageContaining("[/, empty, other]");
    }

    @Test
    void aVirtualHostsOwnExportDoesNotNameIt() {
        String json = "{\"queues\":[{\"name\":\"a\",\"durable\":true,\"auto_delete\":false,\"arguments\":{}}]}";
        assertThat(Definitions.read(json, "whatever").queues()).containsExactly(QueueSpec.of("a"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[] | object is expected",
                "{\"queues\":{}} | 'queues' that is no array",
                "{\"queues\":[7]} | queues[0] that is no object",
                "{\"queues\":[{}]} | queues[0] without a name that is a string",
                "{\"queues\":[{\"name\":\"a\",\"durable\":1}]} | queues[0] without a durable that is a boolean",
                "{\"queues\":[{\"name\":\"a\",\"arguments\":[1]}]} | queues[0] without a arguments that is a object",
                "{\"bindings\":[{\"source\":\"x\",\"destination_type\":\"q\"}]} | bindings[0] without a destination_type"
            })
    void whatIsNoDefinitionIsRefusedWithItsPlace(String json, String expected) {
        assertThatThrownBy(() -> Definitions.read(json, "/"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(expected);
    }

    @Test
    void whatDefinitionsCannotSayIsRefused() {
        for (QueueSpec queue : List.of(
                QueueSpec.of("mine").withExclusive(true),
                QueueSpec.temporary().withExclusive(false),
                QueueSpec.of("dated").withArgument("since", Instant.EPOCH))) {
            assertThatThrownBy(() -> Definitions.write(new Topology(List.of(), List.of(queue), List.of()), "/"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(queue.name());
        }
    }
}
