package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.ChannelPurpose;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionDiagnostics;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.ConnectionObserver;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.Negotiated;
import dev.leveret.amqp.api.ObservedConnection;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.ServerInfo;
import dev.leveret.amqp.api.ShutdownReport;
import dev.leveret.amqp.api.Topology;
import dev.leveret.amqp.machine.ConnectionMachine;
import dev.leveret.amqp.machine.Deadlines;
import dev.leveret.amqp.net.Command;
import dev.leveret.amqp.net.CommandQueue;
import dev.leveret.amqp.net.Dialer;
import dev.leveret.amqp.net.EventLoops;
import dev.leveret.amqp.net.Loop;
import dev.leveret.amqp.net.TcpDialer;
import dev.leveret.amqp.net.Ticker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection as its user holds it: owns the event loop and the command queue, and has a {@link ConnectionLife} for what
 * happens to it.
 */
final class ConnectionHandle implements AsyncConnection, ObservedConnection, CommandQueue.Driver {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionHandle.class);

    private final ConnectionOptions options;
    private final String name;
    private final Loop lease;
    private final Ticker ticker;
    private final CommandQueue queue;
    private final Listeners<ConnectionEvent> listeners = new Listeners<>(this);
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final Dialer dialer;
    private final PublishingConnection publishing;
    private final Connection blocking = new BlockingConnection(this);
    private final KeptMessages kept;
    private final ConnectionLife life;

    private final @Nullable ConnectionObserver observer;

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
        this.kept = new KeptMessages(options.recovery().republishedBytes());
        this.observer = GuardedObserver.of(options.observers(), this);
        this.life = new ConnectionLife(this, random);
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
                request -> channel.life().open(life.machine(), request),
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
        onLoop(() -> Shutdown.start(this, life.channels(), patience).thenAccept(drained::complete));
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
                request -> life.machine().updateSecret(copy, reason, request),
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
        life.notWanted();
        CompletableFuture<Void> over = new CompletableFuture<>();
        CompletableFuture<Void> publishingOver = publishing.close();
        closed.whenComplete((ignored, failure) -> publishingOver.thenRun(() -> over.complete(null)));
        submit(new Task(() -> life.machine().close(options.closeTimeout())));
        // Commands wait while the broker does not read, or while there is none; the deadline does not.
        onLoop(life::close);
        return over;
    }

    @Override
    public CompletableFuture<Void> closed() {
        return closed.copy();
    }

    @Override
    public boolean isOpen() {
        return life.isOpen();
    }

    @Override
    public ServerInfo serverInfo() {
        return known(life.serverInfo());
    }

    @Override
    public Negotiated negotiated() {
        return known(life.negotiated());
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

    /** What happens to it. */
    ConnectionLife life() {
        return life;
    }

    /** The messages that are kept to be published again. */
    KeptMessages kept() {
        return kept;
    }

    /** How many commands wait; the event loop's. */
    int pendingCommands() {
        return queue.pendingCommands();
    }

    /** The event loop's. */
    Deadlines deadlines() {
        return ticker.deadlines();
    }

    void submit(Command command) {
        queue.put(command);
    }

    /** Submits a command for whose outcome the current thread is going to wait. */
    void submitAndHelp(Command command) {
        queue.putAndHelp(command);
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

    /** Why a message can never be sent on this connection; {@code null} if it can. */
    @Nullable
    RuntimeException unsendable(OutboundMessage message) {
        return ConnectionMachine.unsendable(message, negotiated().frameMax());
    }

    /** Goes on with the commands that wait; on the event loop. */
    void resume() {
        queue.resume();
    }

    /**
     * It is over for good, and the machine has told the channels or will when this event is over: then what waits in the queue
     * fails, and the end is complete. On the event loop.
     */
    @SuppressWarnings("NullAway") // the value of a CompletableFuture<Void>
    void ended(Optional<AmqpException> reason) {
        publishing.close();
        reason.ifPresentOrElse(
                it -> LOG.warn("{} ended: {}", this, it.getMessage()), () -> LOG.info("{} is closed", this));
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

    /** No link will come any more. */
    void abandon() {
        ticker.stop();
        lease.release();
    }

    void tell(ConnectionEvent event) {
        listeners.tell(event);
    }

    Dialer dialer() {
        return dialer;
    }

    // ---- the command queue's driver -------------------------------------------------------------------------------

    @Override
    public boolean isReady() {
        return life.takesCommands();
    }

    @Override
    public void begin() {
        ticker.tell();
    }

    @Override
    public void end() {
        life.flush();
        ticker.arm();
    }

    private static <T> T known(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("the connection is not open yet");
        }
        return value;
    }
}
