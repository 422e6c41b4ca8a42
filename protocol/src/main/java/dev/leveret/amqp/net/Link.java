package dev.leveret.amqp.net;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.ConnectionObserver;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.amqp.api.TlsException;
import dev.leveret.amqp.api.TlsException.Reason;
import dev.leveret.amqp.machine.ConnectionMachine;
import dev.leveret.amqp.machine.ConnectionState;
import dev.leveret.amqp.machine.Deadlines;
import dev.leveret.amqp.machine.HandshakeOptions;
import dev.leveret.amqp.machine.Outbound;
import dev.leveret.amqp.wire.FrameCounter;
import dev.leveret.amqp.wire.FrameReader;
import dev.leveret.amqp.wire.MalformedFrameException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One TCP connection and its {@link ConnectionMachine}: bytes from the socket go in, the machine's bytes go out. All on the
 * event loop.
 */
public final class Link extends ChannelInboundHandlerAdapter implements Outbound {

    private static final Logger LOG = LoggerFactory.getLogger(Link.class);

    /** Many times what a broker can ask for that keeps to the protocol: it reads, sooner or later. */
    private static final int MAX_UNREAD_ANSWERS = 1024 * 1024;

    private static final int PROTOCOL_HEADER_SIZE = 8;

    private final Ticker ticker;
    private final ConnectionMachine.Owner owner;
    private final Runnable onWritable;
    private final ConnectionMachine machine;
    private FrameReader reader;
    private @Nullable Channel channel;
    private @Nullable ByteBuf buffer;
    /** Where buffers to write into come from. */
    private ReusedBuffer buffers = ReusedBuffer.NONE;

    private @Nullable Throwable failure;
    /** With plain TCP there is none. */
    private @Nullable TlsLayer tls;

    private Runnable onSecured = () -> {};
    private boolean closed;
    private @Nullable ConnectionObserver observer;
    private @Nullable FrameTrace trace;
    private final FrameCounter framesRead = new FrameCounter(0);
    private final FrameCounter framesWritten = new FrameCounter(PROTOCOL_HEADER_SIZE);
    /** What the machine had answered when the socket took it. */
    private long answeredWhenWritable;

    private boolean anyRead;
    private boolean anyWritten;
    private long lastRead;
    private long lastWritten;
    /** The next look at what arrives while it is not read. */
    private Deadlines.@Nullable Deadline peek;

    /**
     * @param owner is told what happens to the connection
     * @param onWritable runs when the socket takes more again after {@link #isWritable} was false
     */
    public Link(HandshakeOptions options, Ticker ticker, ConnectionMachine.Owner owner, Runnable onWritable) {
        this.ticker = ticker;
        this.owner = owner;
        this.onWritable = onWritable;
        this.machine = new ConnectionMachine(options, this, ticker.deadlines(), owner);
        this.reader = new FrameReader(machine);
    }

    /** Has somebody told what happens; before it is connected. */
    public void observe(@Nullable ConnectionObserver who, @Nullable FrameTrace frames) {
        observer = who;
        trace = frames;
        machine.observer(who);
        if (frames != null) {
            reader = new FrameReader(frames.inbound(machine));
        }
    }

    /** Who is at the other end, by the name that was asked for where there was one. */
    public Endpoint peer() {
        return channel != null && channel.remoteAddress() instanceof InetSocketAddress address
                ? new Endpoint(address.getHostString(), address.getPort())
                : new Endpoint("unknown", Endpoint.DEFAULT_PORT);
    }

    /** The address at the other end, if there is one. */
    public Optional<InetSocketAddress> address() {
        return channel != null && channel.remoteAddress() instanceof InetSocketAddress it
                ? Optional.of(it)
                : Optional.empty();
    }

    /** How long ago bytes came. */
    public Optional<Duration> sinceRead() {
        return anyRead ? Optional.of(Duration.ofNanos(ticker.deadlines().now() - lastRead)) : Optional.empty();
    }

    /** How long ago bytes were given to the socket. */
    public Optional<Duration> sinceWritten() {
        return anyWritten ? Optional.of(Duration.ofNanos(ticker.deadlines().now() - lastWritten)) : Optional.empty();
    }

    /** The last frames, if they are kept. */
    public List<String> lastFrames() {
        return trace == null ? List.of() : trace.last();
    }

    public ConnectionMachine machine() {
        return machine;
    }

    /** Nothing is to be said before TLS is there, which is told then. Before the connection is made. */
    void secureWith(TlsLayer layer, Runnable whenSecured) {
        tls = layer;
        onSecured = whenSecured;
    }

    /** Shares the buffer to write into with the other connections of its loop; before the connection is made. */
    void writeInto(ReusedBuffer shared) {
        buffers = shared;
    }

    /** Sets the largest frame to accept, once it is negotiated. */
    public void frameMax(int bytes) {
        reader.frameMax(bytes);
    }

    /** Whether the socket keeps up with what is written. */
    public boolean isWritable() {
        return channel != null && channel.isWritable();
    }

    /** Whether the connection has ended. */
    public boolean isClosed() {
        return closed;
    }

    /** Ends an input: acknowledgements are written, and everything is sent. */
    public void flush() {
        machine.endOfInput();
        send();
    }

    /**
     * Stops or resumes reading. While it is stopped, what arrives is looked at in the rhythm of the heartbeats, one buffer at
     * a time, as a peer that is alive must be told from one that is not.
     */
    public void reading(boolean wanted) {
        if (channel != null && channel.config().isAutoRead() != wanted) {
            channel.config().setAutoRead(wanted);
            if (wanted) {
                cancelPeek();
            } else {
                schedulePeek();
            }
        }
    }

    private void schedulePeek() {
        peek = ticker.deadlines().after(machine.peekInterval(), this::peek);
    }

    /** Or each stop of the reading would leave a rhythm of its own behind, and a slow consumer's would all be heard. */
    private void cancelPeek() {
        if (peek != null) {
            peek.cancel();
            peek = null;
        }
    }

    private void peek() {
        if (!closed && channel != null && !channel.config().isAutoRead()) {
            channel.read();
            schedulePeek();
        }
    }

    // ---- what the machine writes ----------------------------------------------------------------------------------

    @Override
    public ByteBuf reserve(int bytes) {
        ByteBuf current = buffer;
        if (current != null && current.writableBytes() < bytes) {
            send();
            current = null;
        }
        if (current == null) {
            if (channel == null) {
                throw new IllegalStateException("written before the transport was there");
            }
            current = bytes > ReusedBuffer.SIZE ? channel.alloc().directBuffer(bytes) : buffers.take(channel.alloc());
            buffer = current;
        }
        return current;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            send();
            if (channel != null) {
                // Not after the write: a peer that does not read must not keep us from closing.
                channel.close();
            }
        }
    }

    private void send() {
        ByteBuf full = buffer;
        buffer = null;
        if (full == null || channel == null) {
            return;
        }
        if (full.isReadable()) {
            machine.onWrite();
            anyWritten = true;
            lastWritten = ticker.deadlines().now();
            if (trace != null) {
                trace.written(full);
            }
            if (observer != null) {
                observer.onWritten(full.readableBytes(), framesWritten.count(full));
            }
            channel.writeAndFlush(full, channel.voidPromise());
        } else {
            full.release();
        }
    }

    // ---- what the socket says -------------------------------------------------------------------------------------

    /** The transport may be there already, or even gone. */
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        if (context.channel().isActive()) {
            begin(context);
        } else if (!context.channel().isOpen()) {
            channelInactive(context);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        begin(context);
    }

    private void begin(ChannelHandlerContext context) {
        if (channel != null) {
            return;
        }
        channel = context.channel();
        if (tls == null) {
            begin();
        }
    }

    private void begin() {
        ticker.tell();
        if (closed) {
            if (channel != null) {
                channel.close();
            }
            return;
        }
        machine.start();
        flush();
        ticker.arm();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        TlsLayer layer = tls;
        if (layer != null && event instanceof SslHandshakeCompletionEvent handshake && !closed) {
            if (handshake.isSuccess()) {
                layer.established();
                LOG.debug("TLS is there: {}", layer);
                onSecured.run();
                begin();
            } else {
                ticker.tell();
                machine.fail(layer.explain(handshake.cause()));
                ticker.arm();
            }
        }
        context.fireUserEventTriggered(event);
    }

    /** A client certificate that is missing or not liked ends TLS 1.3 only after this side has finished the handshake. */
    private void refusedAfterHandshake(TlsLayer layer, Throwable cause) {
        if (!closed && layer.isEstablished() && machine.state() == ConnectionState.STARTING) {
            AmqpException meaning = layer.explain(cause);
            boolean justGone = meaning instanceof TlsException tlsFailure && tlsFailure.reason() == Reason.CLOSED;
            if (!justGone) {
                machine.fail(meaning);
            }
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            if (!closed) {
                // First of all: what waited for a busy loop has come in time, whichever deadline has passed since.
                ticker.tellTime();
                machine.onRead();
                anyRead = true;
                lastRead = ticker.deadlines().now();
                if (observer != null) {
                    observer.onRead(in.readableBytes(), framesRead.count(in));
                }
                ticker.tell();
            }
            if (!closed) {
                reader.read(in);
                boundAnswers();
            }
        } catch (MalformedFrameException e) {
            machine.protocolError(e);
        } catch (RuntimeException e) {
            LOG.error("{}: bug in the client, the connection ends", owner, e);
            machine.fail(new ConnectionLostException("the client failed to handle what the broker sent: " + e, e));
        } finally {
            in.release();
        }
    }

    /** Whoever asks and asks and never reads the answers would have us keep them all. */
    private void boundAnswers() {
        if (isWritable()) {
            answeredWhenWritable = machine.answeredBytes();
        } else if (!closed && machine.answeredBytes() - answeredWhenWritable > MAX_UNREAD_ANSWERS) {
            machine.fail(new ConnectionLostException(
                    "the peer wants more and more answers and reads none: " + MAX_UNREAD_ANSWERS
                            + " bytes of them wait",
                    null));
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        flush();
        ticker.arm();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (observer != null) {
            observer.onWritabilityChanged(isWritable());
        }
        if (isWritable()) {
            // Not at once: this may be said in the middle of a message, when one of its buffers has gone out.
            context.channel().eventLoop().execute(onWritable);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ticker.tell();
        if (tls != null) {
            refusedAfterHandshake(tls, failure == null ? new ClosedChannelException() : failure);
        }
        closed = true;
        machine.lost(failure);
        ticker.arm();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        reader.release();
        if (trace != null) {
            trace.release();
        }
        ByteBuf unsent = buffer;
        buffer = null;
        if (unsent != null) {
            unsent.release();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
        context.close();
    }

    /** Ends the connection for a reason of this side. */
    public void fail(AmqpException cause) {
        machine.fail(cause);
    }
}
