package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ConnectionBlockedException;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConnectionDiagnostics;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.ConnectionObserver;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.Negotiated;
import dev.leveret.amqp.api.RecoveryReport;
import dev.leveret.amqp.api.ServerInfo;
import dev.leveret.amqp.machine.ConnectionMachine;
import dev.leveret.amqp.machine.ConnectionState;
import dev.leveret.amqp.net.FrameTrace;
import dev.leveret.amqp.net.Link;
import dev.leveret.amqp.recovery.TopologyRecorder;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to a connection: the link it has, what the broker says about the whole of it, its loss and recovery, its end.
 *
 * <p>Everything here is the event loop's, but for what says that any thread may ask.
 */
final class ConnectionLife implements ConnectionMachine.Owner {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLife.class);

    /** Is told how the opening of a link ends. */
    interface LinkListener {
        void onOpen();

        void onFailure(AmqpException cause);
    }

    private final ConnectionHandle handle;
    private final ConnectionOptions options;
    private final @Nullable Recovery recovery;
    private final @Nullable ConnectionObserver observer;

    private final Blockade blockade;
    /** What holds calls up while there is no connection. */
    private final Blockade absence;

    private @Nullable Link link;
    /** Those that have not ended. */
    private final List<ChannelHandle> channels = new ArrayList<>();

    /** Why the broker does not read, or {@code null}, and since when, on the scale of the deadlines. */
    private @Nullable String blockedReason;

    private long blockedSince;
    /** Who waits for the link to open. */
    private @Nullable LinkListener opening;

    /** How many consumers have no room for what arrives. */
    private int readingStoppedBy;

    private volatile @Nullable ServerInfo serverInfo;
    private volatile @Nullable Negotiated negotiated;
    private volatile boolean open;
    /** Whether it was open once. */
    private boolean established;

    private boolean closing;
    private volatile boolean finished;

    private @Nullable AmqpException lossCause;

    ConnectionLife(ConnectionHandle handle, RandomGenerator random) {
        this.handle = handle;
        this.options = handle.options();
        this.observer = handle.observer();
        Runnable go = () -> handle.loop().execute(handle::resume);
        String name = handle.name();
        this.blockade = new Blockade(
                options.whenBlocked(),
                handle.deadlines(),
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
                handle.deadlines(),
                go,
                reason -> new ConnectionLostException(
                        "connection '" + name + "' is lost and not recovered yet, nothing was sent: " + reason, null));
        this.recovery = options.recovery().enabled() ? new Recovery(handle, random) : null;
    }

    // ---- what there is --------------------------------------------------------------------------------------------

    /** Whether it can be used, or could be when it was last heard of. Any thread may ask. */
    boolean isOpen() {
        return open;
    }

    /** Who is at the other end, once it is known. Any thread may ask. */
    @Nullable
    ServerInfo serverInfo() {
        return serverInfo;
    }

    /** What was agreed on, if anything has been. Any thread may ask. */
    @Nullable
    Negotiated negotiated() {
        return negotiated;
    }

    /** Whether it has ended for good, if only just; any thread may ask. */
    boolean hasEnded() {
        return finished;
    }

    /** A channel has a machine. */
    void opened(ChannelHandle channel) {
        channels.add(channel);
    }

    /** A channel has ended. */
    void ended(ChannelHandle channel) {
        channels.remove(channel);
    }

    List<ChannelHandle> channels() {
        return List.copyOf(channels);
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

    // ---- the command queue ----------------------------------------------------------------------------------------

    /** Whether commands can be run now, if only to fail. */
    boolean takesCommands() {
        if (isRecovering()) {
            return absence.refusal() != null;
        }
        Link current = link;
        return current == null || current.isClosed() || (current.isWritable() && !blockade.holds());
    }

    /** Sends what was written. */
    void flush() {
        Link current = link;
        if (current != null) {
            current.flush();
        }
    }

    // ---- the link -------------------------------------------------------------------------------------------------

    /** Makes a link the current one. */
    void attach(Link newLink, LinkListener listener) {
        link = newLink;
        opening = listener;
        newLink.observe(
                observer, FrameTrace.of(handle.name(), () -> handle.deadlines().now(), options.frameHistory()));
    }

    /** The current link, if there has been one. */
    @Nullable
    Link currentLink() {
        return link;
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

    /** Somebody has no room for what arrives. */
    void pauseReading() {
        readingStoppedBy++;
        if (readingStoppedBy == 1) {
            applyReading();
        }
    }

    /** One of those who stopped the reading has room again. */
    void resumeReading() {
        readingStoppedBy--;
        if (readingStoppedBy == 0) {
            applyReading();
        }
    }

    /** Whether nobody has stopped the reading. */
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

    /** Since when and why the broker does not read. */
    Optional<ConnectionDiagnostics.Blocked> blocked() {
        return Optional.ofNullable(blockedReason)
                .map(it -> new ConnectionDiagnostics.Blocked(
                        it, Duration.ofNanos(handle.deadlines().now() - blockedSince)));
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
        LOG.info("{} is open: {}, {}", handle, info, agreed);
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
        LOG.warn("{} is blocked by the broker: {}", handle, reason);
        blockade.blocked(reason);
        blockedSince = blockedReason == null ? handle.deadlines().now() : blockedSince;
        blockedReason = reason;
        if (observer != null) {
            observer.onBlocked(reason);
        }
        handle.tell(new ConnectionEvent.Blocked(reason));
    }

    @Override
    public void onUnblocked() {
        LOG.info("{} is no longer blocked", handle);
        blockade.lifted();
        blockedReason = null;
        if (observer != null) {
            observer.onUnblocked();
        }
        handle.tell(new ConnectionEvent.Unblocked());
    }

    @Override
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
            LOG.warn("{} is lost and will be recovered: {}", handle, cause.getMessage());
            if (observer != null) {
                observer.onLost(cause);
            }
            handle.tell(new ConnectionEvent.Lost(cause));
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
        handle.tell(new ConnectionEvent.Recovered(report));
    }

    // ---- its end --------------------------------------------------------------------------------------------------

    /** Its user closes it; any thread may say so. */
    void notWanted() {
        open = false;
    }

    /** Ends it within the time there is for that, whatever it waits for. */
    void close() {
        closing = true;
        if (isRecovering() && !stopRecovering()) {
            finish(null);
        } else {
            handle.deadlines()
                    .after(
                            options.closeTimeout(),
                            () -> machine()
                                    .fail(new ConnectionClosedException(
                                            "the connection was closed by this side", 200, false)));
        }
    }

    /** It is over for good; without a cause when this side closed it. */
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
        Link current = link;
        if (current != null && !current.isClosed()) {
            // Something was being restored on it.
            current.fail(
                    cause == null
                            ? new ConnectionClosedException("the connection was closed by this side", 200, false)
                            : cause);
        }
        List.copyOf(channels).forEach(it -> it.life().connectionEnded(reason.orElse(null)));
        handle.ended(reason);
    }

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

    // ---- recovery ---------------------------------------------------------------------------------------------

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
        handle.onLoop(() -> {
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
}
