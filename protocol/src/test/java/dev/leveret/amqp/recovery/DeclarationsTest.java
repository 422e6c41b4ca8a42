package dev.leveret.amqp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.TopologyEntity;
import dev.leveret.amqp.testing.MachineRig;
import dev.leveret.amqp.testing.Received;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ExchangeMethod;
import dev.leveret.amqp.wire.Method;
import dev.leveret.amqp.wire.QueueMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@link Declarations}; the test is the broker. */
class DeclarationsTest {

    private static final TopologyEntity EXCHANGE = new TopologyEntity.Exchange(ExchangeSpec.topic("e"));
    private static final TopologyEntity QUEUE = new TopologyEntity.Queue(QueueSpec.of("q"), "q");
    private static final TopologyEntity OTHER = new TopologyEntity.Queue(QueueSpec.of("other"), "other");
    private static final TopologyEntity BINDING = new TopologyEntity.Binding(BindingSpec.toQueue("e", "q", "k"));
    private static final Method EXCHANGE_OK = new ExchangeMethod.DeclareOk();
    private static final Method BIND_OK = new QueueMethod.BindOk();
    private static final Method REFUSAL = new ChannelMethod.Close(405, "RESOURCE_LOCKED - locked", 50, 10);

    private final MachineRig rig = MachineRig.alone().open();
    private final List<String> told = new ArrayList<>();
    private int channel;

    private final Declarations.Listener listener = new Declarations.Listener() {
        @Override
        public void onDeclared(TopologyEntity entity, Method reply) {
            told.add(entity.describe());
        }

        @Override
        public void onRefused(TopologyEntity entity, RuntimeException cause) {
            told.add("refused " + entity.describe());
        }

        @Override
        public void onDone() {
            told.add("done");
        }
    };

    @Test
    void everythingIsAskedForAtOnceAndToldInOrder() {
        declare(EXCHANGE, QUEUE, BINDING);
        assertThat(open()).hasSize(3);
        answer(EXCHANGE_OK);
        answer(new QueueMethod.DeclareOk("q", 0, 0));
        assertThat(told).containsExactly("exchange 'e'", "queue 'q'");
        answer(BIND_OK);

        assertThat(told)
                .containsExactly("exchange 'e'", "queue 'q'", "binding of queue 'q' to 'e' with key 'k'", "done");
        assertThat(rig.takeSentMethods())
                .as("the channel is closed")
                .singleElement()
                .isInstanceOf(ChannelMethod.Close.class);
    }

    @Test
    void nothingToDeclareNeedsNoChannel() {
        declare();

        assertThat(told).containsExactly("done");
        assertThat(rig.takeSent()).isEmpty();
    }

    @Test
    void whatWasSentBehindARefusedOneIsSentAgain() {
        declare(EXCHANGE, QUEUE, OTHER, BINDING);
        open();
        answer(EXCHANGE_OK);
        answer(REFUSAL);
        assertThat(told).containsExactly("exchange 'e'", "refused queue 'q'");

        assertThat(open()).hasSize(2);
        answer(new QueueMethod.DeclareOk("other", 0, 0));
        answer(BIND_OK);
        assertThat(told)
                .endsWith("queue 'other'", "binding of queue 'q' to 'e' with key 'k'", "done")
                .hasSize(5);
    }

    @Test
    void eachRefusalIsJudgedAlone() {
        declare(EXCHANGE, QUEUE, OTHER);
        for (int i = 0; i < 3; i++) {
            assertThat(open()).hasSize(3 - i);
            answer(REFUSAL);
        }

        assertThat(told).containsExactly("refused exchange 'e'", "refused queue 'q'", "refused queue 'other'", "done");
    }

    @Test
    void whenTheConnectionEndsNothingMoreIsTold() {
        declare(EXCHANGE, QUEUE);
        open();
        answer(EXCHANGE_OK);
        rig.lose(null);
        assertThat(told).containsExactly("exchange 'e'");
        declare(EXCHANGE);
        assertThat(told).containsExactly("exchange 'e'");
    }

    @Test
    void aRefusalThatTheConnectionsEndFollowsIsNotToldAsMany() {
        declare(EXCHANGE, QUEUE, OTHER);
        open();
        answer(REFUSAL);
        rig.lose(null);

        assertThat(told).containsExactly("refused exchange 'e'");
    }

    // ---- parts ------------------------------------------------------------------------------------------------------

    private void declare(TopologyEntity... entities) {
        Declarations.declare(rig.machine(), rig.deadlines(), Duration.ofSeconds(3), List.of(entities), 0, listener);
        rig.pump();
    }

    /** Grants the channel that is asked for and tells what is asked for on it. */
    private List<Method> open() {
        List<Received> sent = rig.takeSent();
        Received last = sent.get(sent.size() - 1);
        assertThat(last.method()).isEqualTo(new ChannelMethod.Open());
        channel = last.channel();
        answer(new ChannelMethod.OpenOk());
        return rig.takeSentMethods();
    }

    private void answer(Method method) {
        rig.feed(channel, method);
    }
}
