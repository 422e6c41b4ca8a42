package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ChannelClosure;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.EntityOutcome;
import dev.leveret.amqp.api.RecoveryOptions;
import dev.leveret.amqp.api.RecoveryReport;
import dev.leveret.amqp.api.TopologyEntity;
import dev.leveret.amqp.machine.ConnectLimits;
import dev.leveret.amqp.machine.ConnectionMachine;
import dev.leveret.amqp.recovery.ChannelRestore;
import dev.leveret.amqp.recovery.ConsumerRetry;
import dev.leveret.amqp.recovery.RecoverableConsumer;
import dev.leveret.amqp.recovery.RecoveryMachine;
import dev.leveret.amqp.recovery.Repetition;
import dev.leveret.amqp.recovery.Restoration;
import dev.leveret.amqp.recovery.TopologyRecorder;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a lost connection back: does what its {@link RecoveryMachine} asks for, and has a {@link Restoration} declare and
 * start again what there was. On the event loop.
 */
final class Recovery implements RecoveryMachine.Driver, Restoration.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final int MOST_DOUBLINGS = 4;

    private final ConnectionHandle connection;
    private final RecoveryOptions options;
    private final RecoveryMachine machine;
    private final TopologyRecorder recorder;
    private final Repetition channelClosures;

    private @Nullable ConnectRounds rounds;
    private @Nullable Restoration restoration;
    private @Nullable InetSocketAddress lastAddress;
    private List<EntityOutcome> outcomes = List.of();
    /** What was closed while other things were restored. */
    private final List<Runnable> reopenings = new ArrayList<>();

    private boolean underWay;
    /** How often it was tried to restore everything since the loss. */
    private int replays;

    Recovery(ConnectionHandle connection, RandomGenerator random) {
        this.connection = connection;
        this.options = connection.options().recovery();
        this.machine = new RecoveryMachine(options, connection.deadlines(), random, this);
        this.recorder = new TopologyRecorder(connection.deadlines());
        this.channelClosures = new Repetition(options.sameCauseLimit(), options.sameCausePeriod());
    }

    TopologyRecorder recorder() {
        return recorder;
    }

    /** Whether the connection is lost and not there again. */
    boolean isUnderWay() {
        return underWay;
    }

    /** The connection was opened for the first time. */
    void connected(@Nullable InetSocketAddress address) {
        lastAddress = address;
    }

    /**
     * The connection has ended.
     *
     * @return whether it is going to be recovered
     */
    boolean onLost(AmqpException cause) {
        if (restoration != null) {
            restoration.stop();
            restoration = null;
        }
        underWay = true;
        // Channels that wait to be opened again are lost like the others now.
        reopenings.clear();
        // It may give up at once.
        machine.onLost(cause);
        return underWay;
    }

    /** It is not wanted any more. */
    void stop() {
        underWay = false;
        machine.stop();
        if (restoration != null) {
            restoration.stop();
        }
    }

    // ---- what the machine asks for --------------------------------------------------------------------------------

    @Override
    public void dial(boolean avoidLastAddress) {
        ConnectRounds next = new ConnectRounds(
                connection,
                connection.dialer(),
                new ConnectLimits(1, Duration.ZERO, connection.options().connectDeadline()),
                avoidLastAddress ? lastAddress : null,
                new ConnectRounds.Outcome() {
                    @Override
                    public void onOpen() {
                        lastAddress = connection.life().address();
                        if (!machine.onDialed()) {
                            connection
                                    .life()
                                    .machine()
                                    .close(connection.options().closeTimeout());
                        }
                    }

                    @Override
                    public void onFailure(AmqpException cause) {
                        machine.onDialFailed(cause);
                    }
                });
        rounds = next;
        // Later: the connection may be in the middle of ending.
        connection.onLoop(next::start);
    }

    @Override
    public void cancelDial() {
        if (rounds != null) {
            rounds.cancel();
            rounds = null;
        }
    }

    @Override
    public void replay() {
        ConnectionMachine current = connection.life().machine();
        Restoration next = new Restoration(
                current,
                connection.deadlines(),
                recorder,
                lives(),
                this::isWanted,
                options.retryingFor(),
                patience(),
                this);
        restoration = next;
        replays++;
        next.start();
    }

    /**
     * How long calls wait for what is being restored, answer by answer. Longer each time that it was in vain: a broker that is
     * just slow would be given up again and again.
     */
    private Duration patience() {
        Duration longest = connection.options().requestTimeout();
        Duration wanted = PATIENCE.multipliedBy(1L << Math.min(replays, MOST_DOUBLINGS));
        return longest.compareTo(wanted) < 0 ? longest : wanted;
    }

    private List<ChannelLife> lives() {
        return connection.life().channels().stream().map(ChannelHandle::life).toList();
    }

    private boolean isWanted(TopologyEntity entity) {
        try {
            return options.restoring().test(entity);
        } catch (RuntimeException e) {
            LOG.error("{}: the filter of what to restore failed on {}, which is left out", connection, entity, e);
            return false;
        }
    }

    @Override
    public void onAttemptFailed(int attempt, AmqpException cause, Duration next) {
        LOG.warn(
                "{} cannot be recovered yet (attempt {}), next in {}: {}",
                connection,
                attempt,
                next,
                cause.getMessage());
        connection.tell(new ConnectionEvent.RecoveryAttemptFailed(attempt, cause, next));
    }

    @Override
    public void onRecovered(int attempts, Duration downtime) {
        underWay = false;
        replays = 0;
        int republished =
                lives().stream().mapToInt(ChannelLife::takeRepublished).sum();
        RecoveryReport report = new RecoveryReport(outcomes, attempts, downtime, republished);
        LOG.info("{} is recovered after {} and {} attempts", connection, downtime, attempts);
        outcomes.stream()
                .filter(it -> it.cause().isPresent())
                .forEach(it -> LOG.warn("{}: not restored: {}", connection, it));
        connection.life().recovered(report);
        List<Runnable> waiting = List.copyOf(reopenings);
        reopenings.clear();
        waiting.forEach(Runnable::run);
    }

    @Override
    public void giveUp(AmqpException cause) {
        underWay = false;
        connection.life().finish(cause);
    }

    // ---- what the restoration tells -------------------------------------------------------------------------------

    @Override
    public void onRenamed(String oldName, String newName) {
        lives().forEach(it -> it.renamed(oldName, newName));
        connection.tell(new ConnectionEvent.QueueRenamed(oldName, newName));
    }

    @Override
    public void onDone(List<EntityOutcome> all) {
        outcomes = all;
        machine.onReplayed();
    }

    @Override
    public void onRetried(EntityOutcome outcome) {
        LOG.info("{}: tried again: {}", connection, outcome);
        connection.tell(new ConnectionEvent.EntityRetried(outcome));
    }

    // ---- single channels and consumers ----------------------------------------------------------------------------

    /** Whether a channel that the broker has closed for this cause is opened again. */
    boolean reopensAfter(ChannelClosedException cause) {
        ChannelClosure closure = ChannelClosure.of(cause);
        if (!options.channelsReopenedAfter().contains(closure)) {
            return false;
        }
        if (channelClosures.tooOften(
                closure + " " + cause.method(), connection.deadlines().now())) {
            LOG.warn(
                    "{}: {} {} times within {}, so that the channel is not opened again: {}",
                    connection,
                    closure,
                    options.sameCauseLimit(),
                    options.sameCausePeriod(),
                    cause.getMessage());
            return false;
        }
        return true;
    }

    /** Opens a channel again that the broker has closed; when the connection is recovered, if that is under way. */
    void reopen(ChannelHandle channel, ChannelClosedException cause) {
        if (underWay) {
            reopenings.add(() -> reopen(channel, cause));
            return;
        }
        ConnectionMachine current = connection.life().machine();
        if (!channel.life().awaitsReopening()) {
            return;
        }
        ChannelRestore.start(
                current,
                connection.deadlines(),
                patience(),
                channel.life(),
                it -> !it.isRetried(),
                new ChannelRestore.Listener() {
                    @Override
                    public void onOutcome(EntityOutcome outcome) {
                        LOG.debug("{}: {}", connection, outcome);
                    }

                    @Override
                    public void onRefused(
                            RecoverableConsumer consumer, TopologyEntity.Consumer entity, RuntimeException refusal) {
                        retry(channel, consumer, false).later();
                    }

                    @Override
                    public void onLate(TopologyEntity.Consumer entity) {
                        consumesAgain(entity);
                    }

                    @Override
                    public void onLateRefused(RecoverableConsumer consumer) {
                        retry(channel, consumer, false).later();
                    }

                    @Override
                    public void onDone() {
                        if (channel.isOpen()) {
                            LOG.info("{} is open again after: {}", channel, cause.getMessage());
                            connection.tell(new ConnectionEvent.ChannelReopened(channel.number(), cause));
                        }
                    }
                });
    }

    /** Starts a consumer again that the broker has cancelled, if its queue is still there. */
    void resume(ChannelHandle channel, ConsumerHandle consumer) {
        retry(channel, consumer, true).later();
    }

    private void consumesAgain(TopologyEntity.Consumer entity) {
        LOG.info("{}: {} consumes again", connection, entity.describe());
        connection.tell(new ConnectionEvent.ConsumerResumed(entity.consumerTag(), entity.queue()));
    }

    private ConsumerRetry retry(ChannelHandle channel, RecoverableConsumer consumer, boolean queueMustExist) {
        return new ConsumerRetry(
                connection.life().machine(),
                connection.deadlines(),
                channel.life(),
                consumer,
                queueMustExist,
                options.retryingFor(),
                patience(),
                new ConsumerRetry.Listener() {
                    @Override
                    public void onRestored(TopologyEntity.Consumer entity) {
                        consumesAgain(entity);
                    }

                    @Override
                    public void onGivenUp(TopologyEntity.Consumer entity, RuntimeException cause) {
                        LOG.warn("{}: {} ends: {}", connection, entity.describe(), cause.getMessage());
                        if (queueMustExist
                                && cause instanceof ChannelClosedException it
                                && ChannelClosure.of(it) == ChannelClosure.NOT_FOUND) {
                            recorder.queueGone(entity.queue());
                        }
                    }
                });
    }
}
