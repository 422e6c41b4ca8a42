package dev.leveret.amqp.machine;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.ReplyCode;
import dev.leveret.amqp.testing.ChannelLog;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.Fuzzing;
import dev.leveret.amqp.testing.MachineRig;
import dev.leveret.amqp.testing.PublicationLog;
import dev.leveret.amqp.testing.Received;
import dev.leveret.amqp.testing.ReplyLog;
import dev.leveret.amqp.testing.SinkLog;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConfirmMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.QueueMethod;
import dev.leveret.amqp.wire.TxMethod;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Fuzz target: any bytes of a peer, in any pieces, to a connection in any state.
 *
 * <p>The first byte chooses the state, the second how the bytes behind them are cut. With its highest bit set the first says
 * that these are frames whose length and end are put right: each is a type, a channel, two bytes of length and a payload.
 */
public final class ConnectionFuzz {

    private static final int[] CHUNKS = {Integer.MAX_VALUE, 1, 2, 3, 7, 8, 64, 1000};

    private final List<ReplyLog> replies = new ArrayList<>();
    private final List<PublicationLog> publications = new ArrayList<>();
    private final List<SinkLog> sinks = new ArrayList<>();
    private final List<ChannelLog> channels = new ArrayList<>();
    private final MachineRig rig = MachineRig.alone();

    private ConnectionFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length > 2) {
            Fuzzing.withinMemoryFor(data.length, () -> new ConnectionFuzz().run(data));
        }
    }

    private void run(byte[] data) {
        prepare(data[0] & 0x0F);
        rig.takeSent();
        rig.inChunksOf(CHUNKS[data[1] & 7]);
        ConnectionState before = rig.machine().state();
        ByteBuf bytes = Unpooled.wrappedBuffer(data, 2, data.length - 2);
        rig.feed((data[0] & 0x80) == 0 ? bytes : frames(bytes));
        if ((data[1] & 8) != 0) {
            rig.advance(Duration.ofHours(1));
        }
        if ((data[1] & 16) != 0 && !rig.isTransportClosed()) {
            rig.machine().close(Duration.ofSeconds(1));
            rig.advance(Duration.ofSeconds(1));
        }
        requireOneClose(before);
        if (!rig.isTransportClosed()) {
            rig.lose(null);
        }
        requireEverybodyIsTold();
        requireNothingMore();
    }

    // ---- states ---------------------------------------------------------------------------------------------------

    private void prepare(int state) {
        switch (state) {
            case 0 -> rig.start();
            case 1 -> rig.start().feed(0, FakeBroker.START);
            case 2 -> {
                rig.start().feed(0, FakeBroker.START);
                rig.feed(0, FakeBroker.TUNE);
            }
            case 3 -> rig.open();
            case 4 -> use(open());
            case 5 -> consume(open());
            case 6 -> transact(open());
            case 7 -> {
                consume(open());
                within(1);
            }
            case 8 -> {
                ChannelLog channel = open();
                use(channel);
                consume(channel);
                channel.machine().close();
                rig.pump();
            }
            case 9 -> {
                ChannelLog first = open();
                first.machine().close();
                rig.pump();
                rig.feed(1, new ChannelMethod.CloseOk());
                request();
            }
            case 10 -> {
                use(open());
                consume(again());
                rig.machine().close(Duration.ofSeconds(10));
                rig.pump();
            }
            case 11 -> {
                use(open());
                consume(again());
                within(2);
            }
            case 12 -> {
                ChannelLog channel = open();
                use(channel);
                rig.feed(1, new ChannelMethod.Flow(false));
                use(channel);
            }
            case 13 -> {
                ConnectionMethod.Tune tune = new ConnectionMethod.Tune(3, 4096, 1);
                rig.open(tune);
                channels.add(rig.channel());
                updateSecret();
            }
            case 14 -> {
                ChannelLog channel = open();
                consume(channel);
                recover(channel);
            }
            default -> {
                use(open());
                consume(again());
                transact(again());
            }
        }
    }

    private ChannelLog open() {
        rig.open();
        return again();
    }

    private ChannelLog again() {
        ChannelLog channel = rig.channel();
        channels.add(channel);
        return channel;
    }

    private void request() {
        ChannelLog channel = rig.requestChannel();
        channels.add(channel);
        replies.add(channel.opened());
    }

    /** Requests of every kind of answer, and publishes that wait for theirs. */
    private void use(ChannelLog channel) {
        replies.add(channel.request(
                new QueueMethod.Declare("q", false, true, false, false, false, Map.of()), QueueMethod.DeclareOk.ID));
        for (int i = 0; i < 5; i++) {
            byte[] body = ("message " + i % 3).getBytes(StandardCharsets.UTF_8);
            OutboundMessage message = new OutboundMessage("x", "k", true, BasicProperties.EMPTY, body);
            publications.add(channel.publish(message));
        }
        for (int i = 0; i < 2; i++) {
            ReplyLog got = new ReplyLog();
            channel.machine().get("q", false, got);
            replies.add(got);
        }
        replies.add(channel.request(new QueueMethod.Purge("q", false), QueueMethod.PurgeOk.ID));
        rig.pump();
    }

    /** One consumer with acknowledgements, which has three deliveries, one without, one that is being cancelled. */
    private void consume(ChannelLog channel) {
        int number = channel.number();
        for (String tag : List.of("a", "b", "c")) {
            sinks.add(channel.consume(tag, tag.equals("b")));
            rig.pump();
            if (channel.machine().waitingRequests().size() == 2) {
                rig.feed(number, new BasicMethod.QosOk());
                rig.feed(number, new BasicMethod.ConsumeOk(tag));
            }
        }
        if (channel.machine().waitingRequests().isEmpty()) {
            for (int tag = 1; tag <= 3; tag++) {
                rig.deliver(number, "a", tag, "delivery");
            }
            channel.machine().ack(2, false);
        }
        ReplyLog cancelled = new ReplyLog();
        channel.machine().cancel("c", cancelled);
        replies.add(cancelled);
        rig.pump();
    }

    private void transact(ChannelLog channel) {
        ChannelMachine machine = channel.machine();
        ReplyLog selected = new ReplyLog();
        machine.txSelect(selected);
        rig.pump();
        rig.feed(channel.number(), new TxMethod.SelectOk());
        machine.publish(OutboundMessage.of("x", "k", new byte[3]), null);
        for (int i = 0; i < 2; i++) {
            ReplyLog committed = new ReplyLog();
            machine.txCommit(committed);
            replies.add(committed);
        }
        sinks.add(channel.consume("t", false));
        replies.add(channel.request(new BasicMethod.Qos(0, 3, false), BasicMethod.QosOk.ID));
        ReplyLog rolledBack = new ReplyLog();
        machine.txRollback(rolledBack);
        replies.add(rolledBack);
        rig.pump();
    }

    private void recover(ChannelLog channel) {
        ReplyLog recovered = new ReplyLog();
        channel.machine().recover(recovered);
        replies.add(recovered);
        rig.pump();
    }

    private void updateSecret() {
        ReplyLog updated = new ReplyLog();
        rig.machine().updateSecret(new byte[] {1, 2, 3}, "expires", updated);
        replies.add(updated);
        rig.pump();
    }

    /** Half a message has come. */
    private void within(int channel) {
        ByteBuf header = Unpooled.buffer();
        rig.feed(channel, new BasicMethod.Deliver("a", 4, false, "x", "k"));
        header.writeByte(2).writeShort(channel).writeInt(14);
        header.writeShort(60).writeShort(0).writeLong(300_000).writeShort(0).writeByte(0xCE);
        rig.feed(header);
    }

    private static ByteBuf frames(ByteBuf in) {
        ByteBuf out = Unpooled.buffer();
        while (in.readableBytes() >= 4) {
            int type = in.readUnsignedByte();
            int channel = in.readUnsignedByte();
            int length = Math.min(in.readUnsignedShort(), in.readableBytes());
            out.writeByte(type).writeShort(channel).writeInt(length);
            out.writeBytes(in, length).writeByte(0xCE);
        }
        return out;
    }

    // ---- what must hold -------------------------------------------------------------------------------------------

    private void requireOneClose(ConnectionState before) {
        List<ConnectionMethod.Close> closes = rig.takeSent().stream()
                .filter(it -> it.channel() == 0)
                .map(Received::method)
                .filter(ConnectionMethod.Close.class::isInstance)
                .map(ConnectionMethod.Close.class::cast)
                .toList();
        Fuzzing.require(closes.size() <= 1, "closes more than once", closes);
        int code = closes.isEmpty() ? ReplyCode.SUCCESS.code() : closes.get(0).replyCode();
        boolean told = before != ConnectionState.STARTING && before != ConnectionState.SECURING;
        if (rig.endCause() instanceof ConnectionClosedException cause && cause.getCause() != null && told) {
            Fuzzing.require(code == cause.replyCode(), "tells the peer another code than its owner", cause);
        }
        if (code != ReplyCode.SUCCESS.code()) {
            Fuzzing.require(rig.isTransportClosed(), "stays open after an error", closes);
            Fuzzing.require(rig.endCause() != null, "does not say why", closes);
        }
    }

    private void requireEverybodyIsTold() {
        requireOneEnd(rig.events());
        for (ReplyLog reply : replies) {
            Fuzzing.require(reply.outcomes() == 1, "not one outcome", reply);
        }
        for (PublicationLog publication : publications) {
            Fuzzing.require(publication.results().size() == 1, "not one result", publication);
        }
        for (SinkLog sink : sinks) {
            boolean refused =
                    sink.consuming().failure() != null && sink.events().isEmpty();
            if (!refused) {
                requireOneEnd(sink.events());
            }
            Fuzzing.require(sink.consuming().outcomes() == 1, "not one outcome", sink.consuming());
        }
        for (ChannelLog channel : channels) {
            ChannelMachine machine = channel.machine();
            Fuzzing.require(channel.ends() == 1, "not told its end once", channel.ends());
            Fuzzing.require(machine.state() == ChannelState.CLOSED, "not closed", machine.state());
            Fuzzing.require(machine.unsettled() == 0, "unsettled", machine.unsettled());
            Fuzzing.require(machine.unconfirmed() == 0, "unconfirmed", machine.unconfirmed());
            Fuzzing.require(machine.waitingRequests().isEmpty(), "waits", machine.waitingRequests());
        }
    }

    private static void requireOneEnd(List<String> events) {
        boolean once = events.stream().filter(it -> it.startsWith("end")).count() == 1;
        boolean last = once && events.get(events.size() - 1).startsWith("end");
        Fuzzing.require(last, "the end is not told once and last", events);
    }

    /** What the connection is told after its end nobody hears of. */
    private void requireNothingMore() {
        List<String> events = rig.events();
        List<Integer> told = sinks.stream().map(it -> it.events().size()).toList();
        rig.machine().onMethod(0, new ConnectionMethod.Blocked("late"));
        rig.machine().onMethod(1, new BasicMethod.Deliver("a", 99, false, "", "q"));
        rig.machine().onHeader(1, 60, 0, Unpooled.buffer().writeShort(0));
        rig.machine().onMethod(1, new ConfirmMethod.SelectOk());
        rig.machine().lost(null);
        rig.advance(Duration.ofHours(1));
        Fuzzing.require(rig.events().equals(events), "told after the end", rig.events());
        List<Integer> toldNow = sinks.stream().map(it -> it.events().size()).toList();
        Fuzzing.require(toldNow.equals(told), "consumers told after the end", toldNow);
        List<Received> sent = rig.takeSent();
        Fuzzing.require(sent.isEmpty(), "sent after the end", sent);
    }
}
