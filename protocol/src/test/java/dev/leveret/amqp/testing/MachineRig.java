package dev.leveret.amqp.testing;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.Negotiated;
import dev.leveret.amqp.api.ServerInfo;
import dev.leveret.amqp.machine.ConnectionMachine;
import dev.leveret.amqp.machine.Deadlines;
import dev.leveret.amqp.machine.HandshakeOptions;
import dev.leveret.amqp.machine.Outbound;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.FrameReader;
import dev.leveret.amqp.wire.FrameType;
import dev.leveret.amqp.wire.FrameWriter;
import dev.leveret.amqp.wire.MalformedFrameException;
import dev.leveret.amqp.wire.Method;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ConnectionMachine} on the bench: no socket, no thread, and the time is what the test says. What it writes goes
 * to a {@link FakeBroker} or into a list.
 */
public final class MachineRig implements Outbound, ConnectionMachine.Owner {

    /** Wishes that leave the limits to the broker, and bodies of 1 MiB at most. */
    public static final HandshakeOptions OPTIONS = new HandshakeOptions(
            "/",
            List.of(Credentials.plain("guest", "secret")),
            Map.of("product", "test"),
            Duration.ZERO,
            0,
            0,
            1024 * 1024);

    private final Deadlines deadlines;
    private final ConnectionMachine machine;
    private final FrameReader reader;
    private final List<Received> sent = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private final FrameReader sentReader = new FrameReader(new FrameLog(sent::add, () -> this.heartbeats++));
    private final @Nullable FakeBroker broker;
    private ByteBuf written = Unpooled.buffer();
    private int heartbeats;
    private boolean headerWritten;
    private boolean closed;
    private @Nullable Negotiated negotiated;
    private @Nullable AmqpException endCause;
    private int chunk = Integer.MAX_VALUE;
    private int limit = Integer.MAX_VALUE;
    private int fed;
    private int largestFrameSent;
    private int bodyFramesSent;
    private Consumer<@Nullable AmqpException> whenEnded = cause -> {};

    private MachineRig(HandshakeOptions options, @Nullable FakeBroker broker) {
        this(options, broker, new Deadlines(Long.MAX_VALUE - 1000)); // wraps soon: it must not matter
    }

    private MachineRig(HandshakeOptions options, @Nullable FakeBroker broker, Deadlines deadlines) {
        this.deadlines = deadlines;
        this.machine = new ConnectionMachine(options, this, deadlines, this);
        this.reader = new FrameReader(machine);
        this.broker = broker;
        sentReader.frameMax(0);
    }

    /** A machine that talks to a scripted broker. */
    public static MachineRig with(FakeBroker broker) {
        return with(OPTIONS, broker);
    }

    public static MachineRig with(HandshakeOptions options, FakeBroker broker) {
        return new MachineRig(options, broker);
    }

    /** A machine whose peer is the test itself. */
    public static MachineRig alone() {
        return new MachineRig(OPTIONS, null);
    }

    public static MachineRig alone(HandshakeOptions options) {
        return new MachineRig(options, null);
    }

    /** A machine whose peer is the test itself, and whose time passes with that of others. */
    public static MachineRig alone(Deadlines deadlines) {
        return new MachineRig(OPTIONS, null, deadlines);
    }

    /** Has somebody told the end of the connection at once, before its channels are. */
    public MachineRig whenEnded(Consumer<@Nullable AmqpException> action) {
        whenEnded = action;
        return this;
    }

    /** Feeds the broker's bytes in pieces of this size. */
    public MachineRig inChunksOf(int bytes) {
        chunk = bytes;
        return this;
    }

    /** Loses the transport after this many of the broker's bytes. */
    public MachineRig losingTransportAfter(int bytes) {
        limit = bytes;
        return this;
    }

    // ---- what tests do --------------------------------------------------------------------------------------------

    /** Starts the machine and lets both sides talk until neither has anything to say. */
    public MachineRig start() {
        machine.start();
        pump();
        return this;
    }

    /** Brings a machine without a broker to the open state. */
    public MachineRig open() {
        return open(FakeBroker.TUNE);
    }

    /** Brings a machine without a broker to the open state with these limits. */
    public MachineRig open(ConnectionMethod.Tune tune) {
        start();
        feed(0, FakeBroker.START);
        feed(0, tune);
        feed(0, new ConnectionMethod.OpenOk());
        sent.clear();
        return this;
    }

    /** Opens a channel; without a broker, the test being the broker grants it. */
    public ChannelLog channel() {
        ChannelLog channel = requestChannel();
        if (broker == null) {
            feed(channel.number(), new ChannelMethod.OpenOk());
            sent.clear();
        }
        return channel;
    }

    /** Asks for a channel. */
    public ChannelLog requestChannel() {
        ChannelLog channel = new ChannelLog();
        channel.attach(machine.openChannel(channel, channel.opened()));
        pump();
        return channel;
    }

    /** Lets the machine have a method of the broker. */
    public void feed(int channel, Method method) {
        ByteBuf bytes = Unpooled.buffer();
        FrameWriter.method(bytes, channel, method);
        feed(bytes);
    }

    /** Lets the machine have a method with content. */
    public void feed(int channel, Method method, BasicProperties properties, byte[] body) {
        ByteBuf bytes = Unpooled.buffer();
        FrameWriter.method(bytes, channel, method);
        FrameWriter.contentHeader(bytes, channel, BasicMethod.CLASS_ID, body.length, properties);
        if (body.length > 0) {
            FrameWriter.body(bytes, channel, body, 0, body.length);
        }
        feed(bytes);
    }

    /** Delivers a text. */
    public void deliver(int channel, String consumerTag, long deliveryTag, String text) {
        feed(
                channel,
                new BasicMethod.Deliver(consumerTag, deliveryTag, false, "", "q"),
                BasicProperties.EMPTY,
                text.getBytes(StandardCharsets.UTF_8));
    }

    /** Lets the machine have bytes. */
    public void feed(ByteBuf bytes) {
        input(bytes);
        pump();
    }

    /** Lets time pass, step by step from deadline to deadline. */
    public void advance(Duration duration) {
        long end = deadlines.now() + duration.toNanos();
        while (deadlines.next().isPresent() && deadlines.next().getAsLong() - end <= 0) {
            jumpTo(deadlines.next().getAsLong());
        }
        jumpTo(end);
    }

    /** Lets time pass at once, as for a process that has been suspended. */
    public void jump(Duration duration) {
        jumpTo(deadlines.now() + duration.toNanos());
    }

    private void jumpTo(long nanos) {
        deadlines.advance(nanos);
        pump();
    }

    /** The transport is gone. */
    public void lose(@Nullable Throwable cause) {
        closed = true;
        reader.release();
        machine.lost(cause);
        pump();
    }

    /** Ends the current input and brings what was written to the other side, until both are silent. */
    public void pump() {
        machine.endOfInput();
        while (written.isReadable()) {
            ByteBuf bytes = takeWritten();
            if (broker == null) {
                record(bytes);
            } else {
                converse(broker, bytes);
            }
            machine.endOfInput();
        }
    }

    private ByteBuf takeWritten() {
        if (!closed) {
            machine.onWrite();
        }
        ByteBuf bytes = written;
        written = Unpooled.buffer();
        return bytes;
    }

    private void record(ByteBuf bytes) {
        if (!headerWritten && bytes.readableBytes() >= 8) {
            headerWritten = true;
            bytes.skipBytes(8);
        }
        int size;
        for (int at = bytes.readerIndex(); at < bytes.writerIndex(); at += size) {
            size = bytes.getInt(at + 3) + FrameType.OVERHEAD;
            largestFrameSent = Math.max(largestFrameSent, size);
            bodyFramesSent += bytes.getByte(at) == FrameType.BODY ? 1 : 0;
        }
        sentReader.read(bytes);
    }

    private void converse(FakeBroker peer, ByteBuf bytes) {
        peer.onBytes(bytes);
        ByteBuf answer = peer.takeOutput();
        input(answer);
        if ((peer.isDropped() || fed >= limit) && !closed) {
            closed = true;
            reader.release();
            machine.lost(null);
        }
    }

    private void input(ByteBuf bytes) {
        try {
            machine.onRead();
            while (bytes.isReadable() && !closed && fed < limit) {
                int size = Math.min(Math.min(chunk, limit - fed), bytes.readableBytes());
                fed += size;
                reader.read(bytes.readSlice(size));
                if (chunk < Integer.MAX_VALUE) {
                    machine.endOfInput();
                }
            }
        } catch (MalformedFrameException e) {
            machine.protocolError(e);
        }
    }

    // ---- what tests ask -------------------------------------------------------------------------------------------

    public ConnectionMachine machine() {
        return machine;
    }

    public Deadlines deadlines() {
        return deadlines;
    }

    /** How many of the broker's bytes the machine was given. */
    public int bytesFed() {
        return fed;
    }

    /** What the machine has written since the last call, when it has no broker. */
    public List<Received> takeSent() {
        List<Received> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }

    /** The methods of {@link #takeSent()}. */
    public List<Method> takeSentMethods() {
        return takeSent().stream().map(Received::method).toList();
    }

    /** Of all frames so far, in bytes, when the machine has no broker. */
    public int largestFrameSent() {
        return largestFrameSent;
    }

    public int bodyFramesSent() {
        return bodyFramesSent;
    }

    public int heartbeatsSent() {
        return heartbeats;
    }

    /** What the owner was told, such as {@code "open"}, {@code "blocked low on memory"}, {@code "end"}. */
    public List<String> events() {
        return List.copyOf(events);
    }

    /** Why the connection ended. */
    public @Nullable AmqpException endCause() {
        return endCause;
    }

    public @Nullable Negotiated negotiated() {
        return negotiated;
    }

    public boolean isTransportClosed() {
        return closed;
    }

    // ---- what the machine does ------------------------------------------------------------------------------------

    @Override
    public ByteBuf reserve(int bytes) {
        if (closed) {
            throw new AssertionError("written after the transport was closed");
        }
        return written.ensureWritable(bytes);
    }

    @Override
    public void close() {
        ByteBuf last = takeWritten();
        if (broker == null) {
            record(last);
        } else {
            broker.onBytes(last);
        }
        closed = true;
    }

    @Override
    public void onNegotiated(Negotiated agreed) {
        negotiated = agreed;
        reader.frameMax(agreed.frameMax());
    }

    @Override
    public void onOpen(ServerInfo serverInfo, Negotiated agreed) {
        events.add("open");
    }

    @Override
    public void onBlocked(String reason) {
        events.add("blocked " + reason);
    }

    @Override
    public void onUnblocked() {
        events.add("unblocked");
    }

    @Override
    public void onEnd(@Nullable AmqpException cause) {
        events.add(cause == null ? "end" : "end " + cause.getClass().getSimpleName());
        endCause = cause;
        whenEnded.accept(cause);
    }
}
