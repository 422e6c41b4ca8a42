package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.machine.ChannelMachine;
import dev.leveret.amqp.machine.ConnectionState;
import dev.leveret.amqp.testing.ChannelLog;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.MachineRig;
import dev.leveret.amqp.testing.PublicationLog;
import dev.leveret.amqp.testing.ReplyLog;
import dev.leveret.amqp.testing.SinkLog;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConfirmMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.QueueMethod;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole conversations between a machine and a scripted broker, in memory: with the broker's bytes in pieces of every size,
 * and cut off after every single byte.
 */
class ConversationTest {

    private static final OutboundMessage MESSAGE =
            OutboundMessage.toQueue("q", "published".getBytes(StandardCharsets.UTF_8));

    /** Handshake, channel, declare, consume, publish, confirm, return, deliver, ack, cancel, close. */
    private static FakeBroker broker() {
        return new FakeBroker()
                .handshake()
                .channel(1)
                .expect(QueueMethod.Declare.class)
                .reply(new QueueMethod.DeclareOk("q", 0, 0))
                .expect(BasicMethod.Qos.class)
                .reply(new BasicMethod.QosOk())
                .expect(BasicMethod.Consume.class)
                .reply(new BasicMethod.ConsumeOk("c"))
                .deliver(1, "c", 1, "first")
                .expect(ConfirmMethod.Select.class)
                .reply(new ConfirmMethod.SelectOk())
                .expect(BasicMethod.Publish.class)
                .reply(new BasicMethod.Ack(1, false))
                .expect(BasicMethod.Publish.class)
                .send(1, new BasicMethod.Return(312, "NO_ROUTE", "", "q"), BasicProperties.EMPTY, MESSAGE.body())
                .reply(new BasicMethod.Ack(2, false))
                .deliver(1, "c", 2, "second")
                .expect(1, new BasicMethod.Ack(2, true))
                .expect(BasicMethod.Cancel.class)
                .reply(new BasicMethod.CancelOk("c"))
                .channelClose()
                .connectionClose();
    }

    /** The client's side, each step when what it builds on is there. */
    private static final class Client {
        final MachineRig rig;

        @Nullable
        ChannelLog channel;

        final ReplyLog declared = new ReplyLog();
        final SinkLog sink = new SinkLog();
        final PublicationLog confirmed = new PublicationLog(MESSAGE);
        final PublicationLog returned = new PublicationLog(MESSAGE);
        final ReplyLog cancelled = new ReplyLog();

        Client(MachineRig rig) {
            this.rig = rig;
        }

        void run() {
            rig.start();
            channel = rig.requestChannel();
            if (channel.opened().failure() != null) {
                return;
            }
            ChannelMachine machine = channel.machine();
            machine.request(
                    new QueueMethod.Declare("q", false, true, false, false, false, Map.of()),
                    QueueMethod.DeclareOk.ID,
                    declared);
            machine.consume("q", "c", 10, false, false, Map.of(), sink, sink.consuming());
            rig.pump();
            machine.publish(MESSAGE, confirmed);
            rig.pump();
            machine.publish(MESSAGE, returned);
            rig.pump();
            machine.ack(2, true);
            rig.pump();
            machine.cancel("c", cancelled);
            rig.pump();
            machine.close();
            rig.pump();
            rig.machine().close(Duration.ofSeconds(5));
            rig.pump();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 8, 9, 64, Integer.MAX_VALUE})
    void everythingGoesWellHoweverTheBytesArrive(int pieces) {
        FakeBroker broker = broker();
        Client client = new Client(MachineRig.with(broker).inChunksOf(pieces));
        client.run();

        broker.assertDone();
        assertThat(client.declared.reply()).isEqualTo(new QueueMethod.DeclareOk("q", 0, 0));
        assertThat(client.sink.texts()).containsExactly("first", "second");
        assertThat(client.sink.events()).endsWith("end").contains("batch end");
        assertThat(client.confirmed.outcome()).isEqualTo("Confirmed");
        assertThat(client.returned.outcome()).isEqualTo("Returned");
        assertThat(client.cancelled.reply()).isEqualTo(new BasicMethod.CancelOk("c"));
        assertThat(Objects.requireNonNull(client.channel).ends()).isEqualTo(1);
        assertThat(client.channel.endCause()).isNull();
        assertThat(client.rig.events()).containsExactly("open", "end");
        assertThat(client.rig.deadlines().size())
                .as("deadlines that nobody cancelled")
                .isLessThanOrEqualTo(1);
    }

    static IntStream everyByte() {
        Client whole = new Client(MachineRig.with(broker()));
        whole.run();
        return IntStream.range(0, whole.rig.bytesFed());
    }

    @ParameterizedTest(name = "after byte {0}")
    @MethodSource("everyByte")
    void aTransportLostAtAnyByteEndsEverythingOnceAndWithTheReason(int bytes) {
        Client client = new Client(MachineRig.with(broker()).losingTransportAfter(bytes));
        client.run();
        client.rig.advance(Duration.ofMinutes(10));

        assertThat(client.rig.machine().state()).isEqualTo(ConnectionState.CLOSED);
        assertThat(client.rig.events().stream().filter(it -> it.startsWith("end")))
                .hasSize(1);
        AmqpException cause = client.rig.endCause();
        if (cause != null) {
            assertThat(cause).isInstanceOfAny(ConnectionLostException.class, AuthenticationException.class);
            if (client.rig.events().contains("open")) {
                assertThat(cause).isInstanceOf(ConnectionLostException.class);
            }
        }
        assertThat(Objects.requireNonNull(client.channel).opened().outcomes()).isEqualTo(1);
        if (client.channel.opened().failure() != null) {
            assertThat(client.channel.opened().failure()).isInstanceOf(AmqpException.class);
            return;
        }
        assertThat(client.channel.ends()).isEqualTo(1);
        assertOutcome(client.declared, cause);
        assertOutcome(client.sink.consuming(), cause);
        assertOutcome(client.cancelled, cause);
        assertThat(client.confirmed.results()).hasSize(1);
        assertThat(client.returned.results()).hasSize(1);
        assertThat(client.confirmed.outcome()).isIn("Confirmed", "Unknown", "Rejected");
        assertThat(client.returned.outcome()).isIn("Returned", "Unknown", "Rejected");
        assertThat(client.sink.events().stream()
                        .filter(it -> it.startsWith("end"))
                        .count())
                .isEqualTo(
                        client.sink.consuming().failure() == null
                                        || !client.sink.events().isEmpty()
                                ? 1
                                : 0);
        assertThat(client.rig.deadlines().size()).isZero();
    }

    private static void assertOutcome(ReplyLog reply, @Nullable AmqpException cause) {
        assertThat(reply.outcomes()).isEqualTo(1);
        if (reply.failure() != null) {
            assertThat(reply.failure()).isSameAs(cause);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, Integer.MAX_VALUE})
    void aRefusedDeclarationEndsTheChannelAndTheNextOneWorks(int pieces) {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(QueueMethod.Declare.class)
                .reply(new ChannelMethod.Close(406, "PRECONDITION_FAILED - inequivalent arg", 50, 10))
                .expect(ChannelMethod.CloseOk.class)
                .channel(2)
                .expect(QueueMethod.Purge.class)
                .reply(new QueueMethod.PurgeOk(7));
        MachineRig rig = MachineRig.with(broker).inChunksOf(pieces).start();
        ChannelLog first = rig.channel();
        ReplyLog refused = first.request(
                new QueueMethod.Declare("q", false, true, false, false, false, Map.of()), QueueMethod.DeclareOk.ID);
        rig.pump();
        assertThat(refused.failure()).isInstanceOf(ChannelClosedException.class).hasMessageContaining("inequivalent");
        ChannelLog second = rig.channel();
        ReplyLog purged = second.request(new QueueMethod.Purge("q", false), QueueMethod.PurgeOk.ID);
        rig.pump();
        assertThat(purged.reply()).isEqualTo(new QueueMethod.PurgeOk(7));
        broker.assertDone();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, Integer.MAX_VALUE})
    void theBrokersCloseWhileOpeningIsTheReason(int pieces) {
        FakeBroker broker = new FakeBroker()
                .start()
                .expect(ConnectionMethod.StartOk.class)
                .reply(FakeBroker.TUNE)
                .tuneOk()
                .expect(ConnectionMethod.Open.class)
                .reply(new ConnectionMethod.Close(530, "NOT_ALLOWED - vhost none not found", 10, 40))
                .expect(ConnectionMethod.CloseOk.class);
        MachineRig rig = MachineRig.with(broker).inChunksOf(pieces).start();
        broker.assertDone();
        assertThat(rig.endCause())
                .hasMessage("the broker closed the connection because of connection.open: 530 NOT_ALLOWED - vhost none"
                        + " not found");
        assertThat(rig.machine().stateAtEnd()).isEqualTo(ConnectionState.OPENING);
    }
}
