package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ChannelPurpose;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionBlockedException;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConnectionDiagnostics;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.ConnectionObserver;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.Negotiated;
import dev.leveret.amqp.api.ObservedConnection;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.RecoveryReport;
import dev.leveret.amqp.api.ServerInfo;
import dev.leveret.amqp.api.ShutdownReport;
import dev.leveret.amqp.api.Topology;
import dev.leveret.amqp.machine.ConnectionMachine;
import dev.leveret.amqp.machine.ConnectionState;
import dev.leveret.amqp.machine.Deadlines;
import dev.leveret.amqp.net.Command;
import dev.leveret.amqp.net.CommandQueue;
import dev.leveret.amqp.net.Dialer;
import dev.leveret.amqp.net.EventLoops;
import dev.leveret.amqp.net.FrameTrace;
import dev.leveret.amqp.net.Link;
import dev.leveret.amqp.net.Loop;
import dev.leveret.amqp.net.TcpDialer;
import dev.leveret.amqp.net.Ticker;
import dev.leveret.amqp.recovery.TopologyRecorder;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection as its user holds it: owns the event loop, the command queue and the current link to the broker. */
final class ConnectionHandle
        implements AsyncConnection, ObservedConnection, ConnectionMachine.Owner, CommandQueue.Driver {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionHandle.class);

    private final ConnectionOptions options;
    private final String name;
    private final Loop lease;
    private final Ticker ticker;
    private final CommandQueue queue;
    private final Listeners<ConnectionEvent> listeners = new Listeners<>(this);
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final Blockade blockade;
    /** What holds calls up while there is no connection. */
    private final Blockade absence;

    private final @Nullable Recovery recovery;
    private final Dialer dialer;
    private final PublishingConnection publishing;
    private final Connection blocking = new BlockingConnection(this);

    private final @Nullable ConnectionObserver observer;

    /** The event loop's. */
    private @Nullable Link link;
    /** The event loop's: the channels that have not ended. */
    private final List<ChannelHandle> channels = new ArrayList<>();

    /** The event loop's: since when, on the scale of the deadlines, and why the broker does not read; or {@code null}. */
    private @Nullable String blockedReason;

    private long blockedSince;
    /** The event loop's: who waits for the link to open. */
    private @Nullable LinkListener opening;

    /** The event loop's: how many consumers have no room for what arrives. */
    private int readingStoppedBy;

    private volatile @Nullable ServerInfo serverInfo;
    private volatile @Nullable Negotiated negotiated;
    private volatile boolean open;
    /** Whether it was open once; the event loop's, as is what follows. */
    private boolean established;

    private boolean closing;
    private volatile boolean finished;
    /** Bytes of messages that are kept to be published again. */
    private long keptBytes;

    private @Nullable AmqpException lossCause;

    /** Is told how the opening of a link ends. */
    interface LinkListener {
        void onOpen();

        void onFailure(AmqpException cause);
    }

    /** @throws IllegalArgumentException if this machine has not what the options want of it */
    static ConnectionHandle overTcp(ConnectionOptions options, String name) {
        EventLoops loop = EventLoops.acquire(options.transport());
        try {
            return new ConnectionHandle(
                    options, name, loop, new TcpDialer(loop, options.tcp()), new SplittableRandom());
        } catch (RuntimeException e) {
            loop.release();
            throw e;
        }
    }

    ConnectionHandle(ConnectionOptions options, String name, Loop loop, Dialer dialer, RandomGenerator random) {
        this.options = options;
        this.name = name;
        this.lease = loop;
        this.dialer = dialer;
        this.ticker = new Ticker(lease, this::end);
        this.queue = new CommandQueue(lease, this);
        this.publishing = new PublishingConnection(options, name, listeners::tell);
        Runnable go = () -> lease.execute(queue::resume);
        this.blockade = new Blockade(
                options.whenBlocked(),
                ticker.deadlines(),
                go,
                reason -> new ConnectionBlockedException(
                        "the broker has blocked connection '" + name + "': " + reason, null));
        options.blockedConnectionTimeout()
                .ifPresent(it -> blockade.limit(
                        it,
                        reason -> link().fail(new ConnectionBlockedException(
                                "the broker has blocked connection '" + name + "' for " + it + " (" + reason + ")",
                                null))));
        this.absence = new Blockade(
                options.recovery().callsMeanwhile(),
                ticker.deadlines(),
                go,
                reason -> new ConnectionLostException(
                        "connection '" + name + "' is lost and not recovered yet, nothing was sent: " + reason, null));
        this.recovery = options.recovery().enabled() ? new Recovery(this, random) : null;
        this.observer = GuardedObserver.of(options.observers(), this);
    }

    // ---- what users call ------------------------------------------------------------------------------------------

    @Override
    public CompletableFuture<AsyncChannel> openChannel() {
        return open(new ChannelHandle(this, true));
    }

    private CompletableFuture<AsyncChannel> open(ChannelHandle channel) {
        Request<AsyncChannel> open = new Request<>(
                this,
                null,
                "channel.open",
                request -> channel.life().open(machine(), request),
                reply -> channel,
                AsyncChannel::close);
        open.observe(observer, 0);
        submit(open);
        return open;
    }

    @Override
    public CompletableFuture<AsyncChannel> openChannel(ChannelPurpose purpose) {
        return switch (purpose) {
            case PUBLISH -> options.separatePublishing() ? publishing.openChannel() : openChannel();
            case CONSUME -> openChannel();
            case INSPECT -> open(new ChannelHandle(this, false));
        };
    }

    @Override
    public CompletableFuture<ShutdownReport> shutdown(Duration patience) {
        if (patience.isNegative()) {
            throw new IllegalArgumentException("patience " + patience + " is negative");
        }
        long end = System.nanoTime() + Deadlines.nanos(patience);
        CompletableFuture<ShutdownReport> drained = new CompletableFuture<>();
        onLoop(() -> Shutdown.start(this, channels, patience).thenAccept(drained::complete));
        // A connection that has ended has no channels, and its loop may have ended too.
        closed.whenComplete((ignored, failure) -> drained.complete(ShutdownReport.CLEAN));
        // Handlers may have published until now, so publishing comes last.
        return drained.thenCompose(mine -> publishing
                        .shutdown(Duration.ofNanos(Math.max(0, end - System.nanoTime())))
                        .thenApply(mine::plus))
                .thenCompose(report -> close().thenApply(ignored -> report));
    }

    @Override
    public CompletableFuture<Void> declare(Topology topology) {
        return TopologyDeclaration.run(this, topology);
    }

    @Override
    @SuppressWarnings("NullAway") // the value of a CompletableFuture<Void>
    public CompletableFuture<Void> updateSecret(byte[] newSecret, String reason) {
        if (reason.getBytes(StandardCharsets.UTF_8).length > 255) {
            throw new IllegalArgumentException("reason is longer than 255 bytes");
        }
        byte[] copy = newSecret.clone();
        Request<Void> update = new Request<>(
                this,
                null,
                "connection.update-secret",
                request -> machine().updateSecret(copy, reason, request),
                reply -> null,
                done -> {});
        // Also when it was given up before it was sent.
        update.whenComplete((done, failure) -> onLoop(() -> Arrays.fill(copy, (byte) 0)));
        submit(update);
        return update;
    }

    @Override
    @SuppressWarnings("NullAway") // the value of a CompletableFuture<Void>
    public CompletableFuture<Void> close() {
        open = false;
        CompletableFuture<Void> over = new CompletableFuture<>();
        CompletableFuture<Void> publishingOver = publishing.close();
        closed.whenComplete((ignored, failure) -> publishingOver.thenRun(() -> over.complete(null)));
        submit(new Task(() -> machine().close(options.closeTimeout())));
        // Commands wait while the broker does not read, or while there is none; the deadline does not.
        onLoop(() -> {
            closing = true;
            if (isRecovering() && !stopRecovering()) {
                finish(null);
            } else {
                deadlines()
                        .after(
                                options.closeTimeout(),
                                () -> machine()
                                        .fail(new ConnectionClosedException(
                                                "the connection was closed by this side", 200, false)));
            }
        });
        return over;
    }

    @Override
    public CompletableFuture<Void> closed() {
        return closed.copy();
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public ServerInfo serverInfo() {
        return known(serverInfo);
    }

    @Override
    public Negotiated negotiated() {
        return known(negotiated);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public AutoCloseable onEvent(Consumer<? super ConnectionEvent> listener) {
        return listeners.add(listener);
    }

    @Override
    public CompletableFuture<ConnectionDiagnostics> diagnostics() {
        return Diagnosis.of(this);
    }

    @Override
    public Connection blocking() {
        return blocking;
    }

    @Override
    public String toString() {
        return "Connection '" + name + "'";
    }

    @Override
    public long outboundBytes() {
        return queue.pendingBytes();
    }

    // ---- what the other handles need ------------------------------------------------------------------------------

    @Override
    public ConnectionOptions options() {
        return options;
    }

    /** Who is told what happens here; {@code null} if nobody is. */
    @Nullable
    ConnectionObserver observer() {
        return observer;
    }

    /** The event loop's: the current link, if there has been one. */
    @Nullable
    Link currentLink() {
        return link;
    }

    /** What was agreed on, if anything has been. */
    @Nullable
    Negotiated negotiatedOrNull() {
        return negotiated;
    }

    /** How many commands wait; the event loop's. */
    int pendingCommands() {
        return queue.pendingCommands();
    }

    /** Since when and why the broker does not read; the event loop's. */
    Optional<ConnectionDiagnostics.Blocked> blocked() {
        return Optional.ofNullable(blockedReason)
                .map(it -> new ConnectionDiagnostics.Blocked(
                        it, Duration.ofNanos(deadlines().now() - blockedSince)));
    }

    /** The event loop's. */
    Deadlines deadlines() {
        return ticker.deadlines();
    }

    /** A channel has a machine; on the event loop. */
    void opened(ChannelHandle channel) {
        channels.add(channel);
    }

    /** A channel has ended; on the event loop. */
    void ended(ChannelHandle channel) {
        channels.remove(channel);
    }

    void submit(Command command) {
        queue.put(command);
    }

    /** Runs something on the event loop, past the commands that wait. */
    void onLoop(Runnable action) {
        try {
            lease.execute(() -> {
                begin();
                action.run();
                end();
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("{} has ended, nothing is left to do", this);
        }
    }

    /** Somebody has no room for what arrives; on the event loop. */
    void pauseReading() {
        readingStoppedBy++;
        if (readingStoppedBy == 1) {
            applyReading();
        }
    }

    /** One of those who stopped the reading has room again; on the event loop. */
    void resumeReading() {
        readingStoppedBy--;
        if (readingStoppedBy == 0) {
            applyReading();
        }
    }

    /** Whether nobody has stopped the reading; on the event loop. */
    boolean isReading() {
        return readingStoppedBy == 0;
    }

    private void applyReading() {
        Link current = link;
        // A connection that is being recovered has to hear the broker, whoever has no room.
        if (current != null && !current.isClosed() && !isRecovering()) {
            current.reading(readingStoppedBy == 0);
        }
    }

    Loop loop() {
        return lease;
    }

    Ticker ticker() {
        return ticker;
    }

    /** Whether messages may be put without waiting. */
    boolean hasRoom() {
        return queue.pendingBytes() < options.outboundBuffer();
    }

    /** Why publishes fail although the connection is open; {@code null} if they need not. */
    @Nullable
    RuntimeException refusal() {
        RuntimeException lost = absence();
        return lost == null ? blockade.refusal() : lost;
    }

    /** Why nothing can be asked for, as the connection is lost and calls do not wait; {@code null} if something can. */
    @Nullable
    RuntimeException absence() {
        return absence.refusal();
    }

    /** Why a message can never be sent on this connection; {@code null} if it can. */
    @Nullable
    RuntimeException unsendable(OutboundMessage message) {
        return ConnectionMachine.unsendable(message, negotiated().frameMax());
    }

    // ---- the link -------------------------------------------------------------------------------------------------

    /** Makes a link the current one; on the event loop. */
    void attach(Link newLink, LinkListener listener) {
        link = newLink;
        opening = listener;
        newLink.observe(observer, FrameTrace.of(name, () -> deadlines().now(), options.frameHistory()));
    }

    /** No link will come any more. */
    void abandon() {
        ticker.stop();
        lease.release();
    }

    void resume() {
        queue.resume();
    }

    @Override
    public void onNegotiated(Negotiated agreed) {
        negotiated = agreed;
        link().frameMax(agreed.frameMax());
    }

    @Override
    public void onOpen(ServerInfo info, Negotiated agreed) {
        serverInfo = info;
        if (!established) {
            established = true;
            open = true;
            if (recovery != null) {
                recovery.connected(address());
            }
        }
        LOG.info("{} is open: {}, {}", this, info, agreed);
        if (observer != null) {
            observer.onOpened(link().peer(), info, agreed);
        }
        LinkListener listener = opening;
        opening = null;
        if (listener != null) {
            listener.onOpen();
        }
    }

    @Override
    public void onBlocked(String reason) {
        LOG.warn("{} is blocked by the broker: {}", this, reason);
        blockade.blocked(reason);
        blockedSince = blockedReason == null ? deadlines().now() : blockedSince;
        blockedReason = reason;
        if (observer != null) {
            observer.onBlocked(reason);
        }
        listeners.tell(new ConnectionEvent.Blocked(reason));
    }

    @Override
    public void onUnblocked() {
        LOG.info("{} is no longer blocked", this);
        blockade.lifted();
        blockedReason = null;
        if (observer != null) {
            observer.onUnblocked();
        }
        listeners.tell(new ConnectionEvent.Unblocked());
    }

    @Override
    @SuppressWarnings("NullAway") // the value of a CompletableFuture<Void>
    public void onEnd(@Nullable AmqpException cause) {
        LinkListener listener = opening;
        if (listener != null) {
            opening = null;
            listener.onFailure(
                    cause == null
                            ? new ConnectionClosedException("the connection was closed while it was opened", 200, false)
                            : cause);
            return;
        }
        if (finished) {
            return;
        }
        if (cause != null && !closing && recovery != null && recovery.onLost(cause)) {
            lost(cause);
        } else {
            finish(cause);
        }
    }

    /** It is going to be recovered; the machine tells the channels afterwards. */
    private void lost(AmqpException cause) {
        blockade.lifted();
        blockedReason = null;
        boolean news = open;
        open = false;
        lossCause = cause;
        absence.blocked(String.valueOf(cause.getMessage()));
        channels.forEach(it -> it.life().connectionLost());
        if (news) {
            LOG.warn("{} is lost and will be recovered: {}", this, cause.getMessage());
            if (observer != null) {
                observer.onLost(cause);
            }
            listeners.tell(new ConnectionEvent.Lost(cause));
        }
    }

    /** It is there again, with what could be restored. */
    void recovered(RecoveryReport report) {
        open = true;
        lossCause = null;
        if (observer != null) {
            observer.onRecovered(report);
        }
        absence.lifted();
        applyReading();
        listeners.tell(new ConnectionEvent.Recovered(report));
    }

    /** It is over for good; without a cause when this side closed it. On the event loop. */
    void finish(@Nullable AmqpException cause) {
        if (finished) {
            return;
        }
        finished = true;
        if (recovery != null) {
            recovery.stop();
        }
        Optional<AmqpException> reason = Optional.ofNullable(cause).filter(it -> !closing);
        open = false;
        absence.lifted();
        blockade.lifted();
        publishing.close();
        Link current = link;
        if (current != null && !current.isClosed()) {
            // Something was being restored on it.
            current.fail(
                    cause == null
                            ? new ConnectionClosedException("the connection was closed by this side", 200, false)
                            : cause);
        }
        List.copyOf(channels).forEach(it -> it.life().connectionEnded(reason.orElse(null)));
        reason.ifPresentOrElse(
                it -> LOG.warn("{} ended: {}", this, it.getMessage()), () -> LOG.info("{} is closed", this));
        // Afterwards, when the machine has told the channels: then what waits in the queue fails, and the end is
        // complete.
        lease.execute(() -> {
            queue.resume();
            if (observer != null) {
                observer.onClosed(reason.orElse(null));
            }
            listeners.tell(new ConnectionEvent.Closed(reason));
            reason.ifPresentOrElse(closed::completeExceptionally, () -> closed.complete(null));
            abandon();
        });
    }

    /** Whether it has ended for good, if only just; any thread may ask. */
    boolean hasEnded() {
        return finished;
    }

    // ---- recovery; on the event loop ------------------------------------------------------------------------------

    /**
     * Nobody wants it back.
     *
     * @return whether there is a connection already, which is being closed now
     */
    private boolean stopRecovering() {
        if (recovery != null) {
            recovery.stop();
        }
        absence.lifted();
        Link current = link;
        if (current == null || current.machine().state() != ConnectionState.OPEN) {
            return false;
        }
        current.machine().close(options.closeTimeout());
        return true;
    }

    /** Whether it is lost and not there again. */
    boolean isRecovering() {
        return recovery != null && recovery.isUnderWay();
    }

    /** Whether a channel that the broker has closed for this is opened again. */
    boolean reopensAfter(ChannelClosedException cause) {
        return recovery != null && !closing && recovery.reopensAfter(cause);
    }

    /** Opens a channel again, when all that was pending on it has been told. */
    void reopen(ChannelHandle channel, ChannelClosedException cause) {
        onLoop(() -> {
            if (recovery != null) {
                recovery.reopen(channel, cause);
            }
        });
    }

    /** Whether consumers that the broker cancels are started again. */
    boolean resumesConsumers() {
        return recovery != null && !closing;
    }

    /** Starts a consumer again that the broker has cancelled. */
    void resume(ChannelHandle channel, ConsumerHandle consumer) {
        if (recovery != null) {
            recovery.resume(channel, consumer);
        }
    }

    /** Takes note of what was declared or deleted, if anybody will ask. */
    void record(Consumer<TopologyRecorder> note) {
        if (recovery != null) {
            note.accept(recovery.recorder());
        }
    }

    /** What a queue is called now that once had this name. */
    String currentName(String queue) {
        return recovery == null ? queue : recovery.recorder().currentName(queue);
    }

    /** Whether a queue is known to be a stream, as it was declared so through this connection. */
    boolean isStream(String queue) {
        return recovery != null
                && recovery.recorder()
                        .specOf(queue)
                        .filter(it -> "stream".equals(it.arguments().get("x-queue-type")))
                        .isPresent();
    }

    /** Takes some of the bytes that messages may have which are kept to be published again. */
    boolean keepBytes(int bytes) {
        if (keptBytes + bytes > options.recovery().republishedBytes()) {
            return false;
        }
        keptBytes += bytes;
        return true;
    }

    void releaseBytes(int bytes) {
        keptBytes -= bytes;
    }

    /** A message that can be recognised when it comes twice. Any thread may ask. */
    OutboundMessage identified(OutboundMessage message) {
        if (options.recovery().republishedBytes() == 0 || message.properties().messageId() != null) {
            return message;
        }
        return message.withProperties(message.properties().toBuilder()
                .messageId(UUID.randomUUID().toString())
                .build());
    }

    List<ChannelHandle> channels() {
        return List.copyOf(channels);
    }

    void tell(ConnectionEvent event) {
        listeners.tell(event);
    }

    Dialer dialer() {
        return dialer;
    }

    /** The address at the other end, if there is one. */
    @Nullable
    InetSocketAddress address() {
        return link().address().orElse(null);
    }

    /** For messages about calls that were not answered in time. */
    String whyNothingMoves() {
        AmqpException cause = lossCause;
        return cause == null ? "" : ": the connection is lost and not recovered yet (" + cause.getMessage() + ")";
    }

    // ---- the command queue's driver -------------------------------------------------------------------------------

    @Override
    public boolean isReady() {
        if (isRecovering()) {
            return absence.refusal() != null;
        }
        Link current = link;
        return current == null || current.isClosed() || (current.isWritable() && !blockade.holds());
    }

    @Override
    public void begin() {
        ticker.tell();
    }

    @Override
    public void end() {
        Link current = link;
        if (current != null) {
            current.flush();
        }
        ticker.arm();
    }

    ConnectionMachine machine() {
        return link().machine();
    }

    private Link link() {
        Link current = link;
        if (current == null) {
            throw new IllegalStateException("there has been no link to a broker yet");
        }
        return current;
    }

    private static <T> T known(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("the connection is not open yet");
        }
        return value;
    }
}
