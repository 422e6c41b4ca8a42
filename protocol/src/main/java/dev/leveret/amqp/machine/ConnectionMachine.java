package dev.leveret.amqp.machine;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.ConnectionObserver;
import dev.leveret.amqp.api.Negotiated;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.ReplyCode;
import dev.leveret.amqp.api.ServerInfo;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.FrameSink;
import dev.leveret.amqp.wire.FrameType;
import dev.leveret.amqp.wire.FrameWriter;
import dev.leveret.amqp.wire.MalformedFrameException;
import dev.leveret.amqp.wire.Method;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection's protocol, from the header to the close: handshake, heartbeats, channels.
 *
 * <p>Its driver feeds it with what arrives ({@link FrameSink}), with commands, with the loss of the transport and, through
 * {@link Deadlines}, with the time; after each input it calls {@link #endOfInput} and sends what {@link Outbound} got.
 * The states are {@link ConnectionState}'s.
 */
public final class ConnectionMachine implements FrameSink {

    /** Who a connection belongs to. Called on the event loop; must neither block nor throw. */
    public interface Owner {

        /** The limits are agreed on: the reader has to know how large frames may be. */
        void onNegotiated(Negotiated negotiated);

        /** The handshake is done. */
        void onOpen(ServerInfo serverInfo, Negotiated negotiated);

        /** The broker has stopped reading. */
        void onBlocked(String reason);

        /** The broker reads again. */
        void onUnblocked();

        /** It is over; without a cause when its owner closed it. Called once. */
        void onEnd(@Nullable AmqpException cause);
    }

    private static final Duration PEEK_WITHOUT_HEARTBEATS = Duration.ofSeconds(10);

    private final HandshakeOptions options;
    private final Outbound out;
    private final Deadlines deadlines;
    private final Owner owner;
    private final Handshake handshake;

    /** By their numbers: every frame looks its channel up. */
    private @Nullable ChannelMachine[] channels = new ChannelMachine[8];

    private final Deque<Reply> secretUpdates = new ArrayDeque<>();
    private final List<ChannelMachine> toFlush = new ArrayList<>();
    private final List<ChannelMachine> toEndBatch = new ArrayList<>();

    private ConnectionState state = ConnectionState.STARTING;
    private @Nullable ConnectionState stateAtEnd;
    private ChannelIds ids = new ChannelIds(0);
    private int frameMax = FrameType.INITIAL_FRAME_MAX;
    private @Nullable Heartbeat heartbeat;
    private @Nullable AmqpException endCause;
    private @Nullable ConnectionObserver observer;
    /** Bytes of the last frame with credentials. */
    private int credentialsSize;

    public ConnectionMachine(HandshakeOptions options, Outbound out, Deadlines deadlines, Owner owner) {
        this.options = options;
        this.out = out;
        this.deadlines = deadlines;
        this.owner = owner;
        this.handshake = new Handshake(options);
    }

    // ---- commands -------------------------------------------------------------------------------------------------

    private long answeredBytes;

    /** Has what happens on channels told to an observer, which does not throw; before {@link #start}. */
    public void observer(@Nullable ConnectionObserver value) {
        observer = value;
    }

    @Nullable
    ConnectionObserver observer() {
        return observer;
    }

    /** The transport is there: says the protocol header. */
    public void start() {
        FrameWriter.protocolHeader(out.reserve(FrameType.OVERHEAD));
    }

    public ConnectionState state() {
        return state;
    }

    /** The state in which the connection was when it ended or was closed; the current one while it has not. */
    public ConnectionState stateAtEnd() {
        return stateAtEnd == null ? state : stateAtEnd;
    }

    /**
     * Opens a channel.
     *
     * @return the channel, which may be used when the reply is there; {@code null} if the reply has been told a failure
     */
    public @Nullable ChannelMachine openChannel(ChannelMachine.Owner channelOwner, Reply reply) {
        if (state != ConnectionState.OPEN) {
            reply.onFailure(whyClosed());
            return null;
        }
        int used = ids.highest();
        OptionalInt id = ids.acquire();
        if (id.isEmpty()) {
            reply.onFailure(new IllegalStateException(
                    "all " + ids.max() + " channels that were negotiated with the broker are open"));
            return null;
        }
        ChannelMachine channel = new ChannelMachine(this, id.getAsInt(), id.getAsInt() <= used, channelOwner);
        if (channels.length <= channel.number()) {
            channels = Arrays.copyOf(channels, 2 * channel.number());
        }
        channels[channel.number()] = channel;
        channel.open(reply);
        return channel;
    }

    /** How many channels could be opened now. */
    public int freeChannels() {
        return ids.free();
    }

    /** Replaces the secret of the login; {@code secret} is overwritten with zeros. */
    public void updateSecret(byte[] secret, String reason, Reply reply) {
        if (state != ConnectionState.OPEN) {
            reply.onFailure(whyClosed());
            return;
        }
        try {
            write(0, new ConnectionMethod.UpdateSecret(secret, reason));
        } catch (IllegalArgumentException e) {
            reply.onFailure(
                    new IllegalArgumentException("the new secret is too long to be sent: " + e.getMessage(), e));
            return;
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
        secretUpdates.add(reply);
    }

    /** Closes the connection; its owner is told when the broker has answered, or after the timeout. */
    public void close(Duration timeout) {
        if (state == ConnectionState.CLOSING || state == ConnectionState.CLOSED) {
            return;
        }
        endOfInput();
        for (ChannelMachine channel : channels) {
            if (channel != null) {
                channel.flushAcks();
            }
        }
        boolean opened = state == ConnectionState.OPEN || state == ConnectionState.OPENING;
        AmqpException cause = new ConnectionClosedException(
                "the connection was closed by this side", ReplyCode.SUCCESS.code(), false);
        endCause = cause;
        enter(ConnectionState.CLOSING);
        if (opened) {
            write(0, new ConnectionMethod.Close(ReplyCode.SUCCESS.code(), "goodbye", 0, 0));
            endChannels(cause);
            deadlines.after(timeout, () -> end(null));
        } else {
            // Before connection.open there is nothing to close but the transport.
            end(null);
        }
    }

    /** Ends the connection for a reason of this side that the broker need not know, such as a deadline. */
    public void fail(AmqpException cause) {
        end(cause);
    }

    /** The transport is gone. */
    public void lost(@Nullable Throwable cause) {
        switch (state) {
            case CLOSING -> end(null);
            case SECURING -> end(droppedAfterCredentials(cause));
            case OPENING ->
                end(new ConnectionLostException(
                        "the broker dropped the connection when it was asked for the virtual host '"
                                + options.virtualHost()
                                + "': it probably refuses that, or the limits that were asked for",
                        cause));
            case STARTING ->
                end(new ConnectionLostException(
                        "the peer dropped the connection instead of answering the AMQP 0-9-1 header: is this a broker's"
                                + " port for AMQP? A TLS port, which amqps:// is for, or a proxy with no broker behind it,"
                                + " may do so",
                        cause));
            default ->
                end(new ConnectionLostException("the connection to the broker was lost" + because(cause), cause));
        }
    }

    private AmqpException droppedAfterCredentials(@Nullable Throwable cause) {
        if (credentialsSize > FrameType.MIN_FRAME_MAX) {
            return new ConnectionLostException(
                    "the broker dropped the connection after a frame of " + credentialsSize
                            + " bytes with client properties and credentials: that is probably more than it takes before"
                            + " a frame size is agreed on (RabbitMQ: initial_frame_max, by default 8192, before 4.1 4096)",
                    cause);
        }
        return new AuthenticationException(
                "the broker dropped the connection after it was sent the credentials: it probably refuses them", cause);
    }

    /** What arrived broke the protocol: tells the peer and ends the connection. */
    public void protocolError(MalformedFrameException error) {
        if (state == ConnectionState.CLOSING || state == ConnectionState.CLOSED) {
            end(null);
            return;
        }
        String text = String.valueOf(error.getMessage());
        if (state == ConnectionState.OPEN || state == ConnectionState.OPENING) {
            write(
                    0,
                    new ConnectionMethod.Close(
                            error.replyCode().code(), CloseReasons.forBroker(text), error.classId(), error.methodId()));
        }
        AmqpException cause = new ConnectionClosedException(
                "the peer broke the AMQP 0-9-1 protocol: " + text,
                error.replyCode().code(),
                false,
                error);
        end(cause);
    }

    /** Bytes have arrived. */
    public void onRead() {
        if (heartbeat != null) {
            heartbeat.onRead();
        }
    }

    /** Bytes are being sent. */
    public void onWrite() {
        if (heartbeat != null) {
            heartbeat.onWrite();
        }
    }

    /** Everything that had come together was fed in: acknowledgements are written, consumers told the batch's end. */
    public void endOfInput() {
        for (int i = 0; i < toEndBatch.size(); i++) {
            toEndBatch.get(i).batchEnd();
        }
        toEndBatch.clear();
        for (int i = 0; i < toFlush.size(); i++) {
            toFlush.get(i).flushAcks();
        }
        toFlush.clear();
    }

    /** How often to look at what arrives while it is not read: as often as needed to hear a heartbeat in time. */
    public Duration peekInterval() {
        Duration interval =
                handshake.negotiated() == null ? Duration.ZERO : negotiated().heartbeat();
        return interval.isZero() ? PEEK_WITHOUT_HEARTBEATS : interval.dividedBy(2);
    }

    // ---- what arrives ---------------------------------------------------------------------------------------------

    @Override
    public void onMethod(int channel, Method method) {
        if (channel == 0) {
            onConnectionMethod(method);
        } else if (method.id() >>> 16 == ConnectionMethod.CLASS_ID && state.isInUse()) {
            throw new MalformedFrameException( // specification section 4.2.3
                    ReplyCode.COMMAND_INVALID, method.name() + " on channel " + channel);
        } else {
            ChannelMachine machine = channel(channel);
            if (machine != null) {
                machine.onMethod(method);
            } else {
                requireLateFrame(channel, method.name());
            }
        }
    }

    @Override
    public void onHeader(int channel, int classId, long bodySize, ByteBuf properties) {
        ChannelMachine machine = channel(channel);
        if (machine != null) {
            machine.onHeader(classId, bodySize, properties);
        } else {
            requireLateFrame(channel, "a content header");
        }
    }

    @Override
    public void onBody(int channel, ByteBuf in, int length) {
        ChannelMachine machine = channel(channel);
        if (machine != null) {
            machine.onBody(in, length);
        } else {
            requireLateFrame(channel, "a content body");
            in.skipBytes(length);
        }
    }

    @Override
    public void onContent(int channel, Method method, int classId, ByteBuf properties, byte[] body) {
        ChannelMachine machine = channel(channel);
        if (machine == null || !machine.deliver(method, classId, properties, body)) {
            FrameSink.super.onContent(channel, method, classId, properties, body);
        }
    }

    @Override
    public void onHeartbeat(int channel) {
        // That bytes came is what counts, and onRead has noticed.
        if (state == ConnectionState.STARTING) {
            throw new MalformedFrameException(ReplyCode.UNEXPECTED_FRAME, "a heartbeat before connection.start");
        }
    }

    private void onConnectionMethod(Method method) {
        switch (method.id()) {
            case ConnectionMethod.Close.ID -> closedByBroker((ConnectionMethod.Close) method);
            case ConnectionMethod.CloseOk.ID -> onCloseOk(method);
            default -> {
                switch (state) {
                    case STARTING, SECURING, OPENING -> onHandshakeMethod(method);
                    case OPEN -> onOpenMethod(method);
                    default -> {} // on its way before the broker read our close
                }
            }
        }
    }

    private void onHandshakeMethod(Method method) {
        if (state == ConnectionState.STARTING && method.id() == ConnectionMethod.Start.ID) {
            startReceived((ConnectionMethod.Start) method);
        } else if (state == ConnectionState.SECURING && method.id() == ConnectionMethod.Secure.ID) {
            authenticate(() -> handshake.secure((ConnectionMethod.Secure) method), ConnectionMethod.SecureOk::response);
        } else if (state == ConnectionState.SECURING && method.id() == ConnectionMethod.Tune.ID) {
            tuned((ConnectionMethod.Tune) method);
        } else if (state == ConnectionState.OPENING && method.id() == ConnectionMethod.OpenOk.ID) {
            opened();
        } else {
            throw unexpected(method);
        }
    }

    private void startReceived(ConnectionMethod.Start start) {
        if (authenticate(() -> handshake.start(start), ConnectionMethod.StartOk::response)) {
            enter(ConnectionState.SECURING);
        }
    }

    private <M extends Method> boolean authenticate(Supplier<M> answer, Function<M, byte[]> secret) {
        try {
            M method = answer.get();
            try {
                ByteBuf buffer = out.reserve(FrameType.OVERHEAD + 64);
                int start = buffer.writerIndex();
                // Without a limit: what the broker takes before connection.tune it does not say, and it can be
                // configured.
                FrameWriter.method(buffer, 0, method);
                credentialsSize = buffer.writerIndex() - start;
            } finally {
                Arrays.fill(secret.apply(method), (byte) 0);
            }
            return true;
        } catch (AuthenticationException e) {
            end(e);
        } catch (IllegalArgumentException e) {
            end(new ConnectionClosedException(
                    "the client properties and credentials cannot be sent: " + e.getMessage(),
                    ReplyCode.FRAME_ERROR.code(),
                    false,
                    e));
        }
        return false;
    }

    private void tuned(ConnectionMethod.Tune tune) {
        ConnectionMethod.TuneOk answer;
        try {
            answer = handshake.tune(tune);
        } catch (IllegalArgumentException e) {
            end(new ConnectionClosedException(
                    String.valueOf(e.getMessage()), ReplyCode.INTERNAL_ERROR.code(), false, e));
            return;
        }
        write(0, answer);
        Negotiated negotiated = negotiated();
        frameMax = negotiated.frameMax();
        ids = new ChannelIds(negotiated.channelMax());
        owner.onNegotiated(negotiated);
        write(0, handshake.open());
        enter(ConnectionState.OPENING);
    }

    private void opened() {
        enter(ConnectionState.OPEN);
        heartbeat = Heartbeat.start(
                deadlines,
                negotiated().heartbeat(),
                () -> FrameWriter.heartbeat(out.reserve(FrameType.OVERHEAD)),
                () -> {
                    end(new ConnectionLostException(
                            "nothing was heard of the broker for two heartbeats ("
                                    + negotiated().heartbeat().multipliedBy(2).toSeconds() + " s)",
                            null));
                });
        ServerInfo info = handshake.serverInfo();
        owner.onOpen(info == null ? new ServerInfo("", "", Map.of()) : info, negotiated());
    }

    private void onOpenMethod(Method method) {
        switch (method.id()) {
            case ConnectionMethod.Blocked.ID -> owner.onBlocked(((ConnectionMethod.Blocked) method).reason());
            case ConnectionMethod.Unblocked.ID -> owner.onUnblocked();
            case ConnectionMethod.UpdateSecretOk.ID -> {
                Reply reply = secretUpdates.poll();
                if (reply == null) {
                    throw unexpected(method);
                }
                reply.onReply(method);
            }
            default -> throw unexpected(method);
        }
    }

    private void closedByBroker(ConnectionMethod.Close close) {
        if (state == ConnectionState.CLOSED) {
            return;
        }
        write(0, new ConnectionMethod.CloseOk());
        // When both sides close at once, ours was wanted and stays the reason.
        end(state == ConnectionState.CLOSING ? null : CloseReasons.connection(state, close));
    }

    private void onCloseOk(Method closeOk) {
        if (state == ConnectionState.CLOSING) {
            end(null);
        } else if (state != ConnectionState.CLOSED) {
            throw unexpected(closeOk);
        }
    }

    // ---- for the channels -----------------------------------------------------------------------------------------

    void write(int channel, Method method) {
        if (state != ConnectionState.CLOSED) {
            FrameWriter.method(out.reserve(FrameType.OVERHEAD + 64), channel, method, frameMax);
        }
    }

    /** Writes what only the peer has asked for, and what therefore counts against it while it does not read. */
    void answer(int channel, Method method) {
        if (state != ConnectionState.CLOSED) {
            ByteBuf buffer = out.reserve(FrameType.OVERHEAD + 64);
            int start = buffer.writerIndex();
            FrameWriter.method(buffer, channel, method, frameMax);
            answeredBytes += buffer.writerIndex() - start;
        }
    }

    /** How many bytes have been written because the peer asked for them, and nobody on this side. */
    public long answeredBytes() {
        return answeredBytes;
    }

    void writeAck(int channel, long deliveryTag, boolean multiple) {
        FrameWriter.ack(out.reserve(FrameType.OVERHEAD + 16), channel, deliveryTag, multiple);
    }

    /** The writer of a channel's messages. */
    ContentWriter contentWriter(int channel) {
        return new ContentWriter(out, channel, frameMax);
    }

    /** Why a message can never be sent with frames of this size; {@code null} if it can. Any thread may ask. */
    public static @Nullable RuntimeException unsendable(OutboundMessage message, int frameMax) {
        return ContentWriter.refusal(message, frameMax);
    }

    Deadlines deadlines() {
        return deadlines;
    }

    int maxInboundBody() {
        return options.maxInboundBody();
    }

    long now() {
        return deadlines.now();
    }

    /** The channels that have not ended, in the order of their numbers. */
    public List<ChannelMachine> channels() {
        return Arrays.stream(channels).filter(Objects::nonNull).toList();
    }

    /** A channel has acknowledgements to write. */
    void needsFlush(ChannelMachine channel) {
        toFlush.add(channel);
    }

    /** A channel has consumers to tell the end of the batch. */
    void needsBatchEnd(ChannelMachine channel) {
        toEndBatch.add(channel);
    }

    /** A channel's number is free. */
    void released(ChannelMachine channel) {
        if (channel(channel.number()) == channel) {
            channels[channel.number()] = null;
        }
        ids.release(channel.number());
    }

    // ---- parts ----------------------------------------------------------------------------------------------------

    private @Nullable ChannelMachine channel(int number) {
        return number < channels.length ? channels[number] : null;
    }

    /** A frame for a channel that is gone, or for a connection that is closing, may have been on its way. */
    private void requireLateFrame(int channel, String what) {
        if (state.isInUse() && !ids.everUsed(channel)) {
            throw new MalformedFrameException(
                    ReplyCode.CHANNEL_ERROR, what + " on channel " + channel + ", which was never opened");
        }
    }

    private void endChannels(AmqpException cause) {
        @Nullable ChannelMachine[] all = channels;
        channels = new ChannelMachine[0];
        for (ChannelMachine channel : all) {
            if (channel != null) {
                channel.onConnectionEnd(cause);
            }
        }
    }

    private void end(@Nullable AmqpException cause) {
        if (state == ConnectionState.CLOSED) {
            return;
        }
        enter(ConnectionState.CLOSED);
        if (heartbeat != null) {
            heartbeat.stop();
        }
        AmqpException reason = cause == null ? whyClosed() : cause;
        endCause = reason;
        out.close();
        // First of all, so that whoever is told a failure finds the connection closed.
        owner.onEnd(cause);
        for (Reply reply = secretUpdates.poll(); reply != null; reply = secretUpdates.poll()) {
            reply.onFailure(reason);
        }
        endChannels(reason);
    }

    private Negotiated negotiated() {
        Negotiated negotiated = handshake.negotiated();
        if (negotiated == null) {
            throw new IllegalStateException("the connection is not tuned");
        }
        return negotiated;
    }

    private AmqpException whyClosed() {
        AmqpException cause = endCause;
        return cause != null ? cause : new ConnectionClosedException("the connection is not open", 0, false);
    }

    private MalformedFrameException unexpected(Method method) {
        return new MalformedFrameException(
                ReplyCode.COMMAND_INVALID, "unexpected " + method.name() + " while the connection is " + state);
    }

    private static String because(@Nullable Throwable cause) {
        return cause == null ? "" : ": " + cause.getMessage();
    }

    private void enter(ConnectionState to) {
        assert state.next().contains(to) : state + " -> " + to;
        if (stateAtEnd == null && (to == ConnectionState.CLOSING || to == ConnectionState.CLOSED)) {
            stateAtEnd = state;
        }
        state = to;
    }
}
