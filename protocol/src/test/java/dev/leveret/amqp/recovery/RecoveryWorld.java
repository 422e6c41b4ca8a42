package dev.leveret.amqp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ConnectFailedException;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConsumerCancelledException;
import dev.leveret.amqp.api.EntityOutcome;
import dev.leveret.amqp.api.RecoveryOptions;
import dev.leveret.amqp.api.ReturnedMessage;
import dev.leveret.amqp.api.TopologyEntity;
import dev.leveret.amqp.machine.ChannelMachine;
import dev.leveret.amqp.machine.ChannelState;
import dev.leveret.amqp.machine.ConnectionMachine;
import dev.leveret.amqp.machine.ConnectionState;
import dev.leveret.amqp.machine.ConsumerSink;
import dev.leveret.amqp.machine.Deadlines;
import dev.leveret.amqp.machine.Deadlines.Deadline;
import dev.leveret.amqp.machine.Reply;
import dev.leveret.amqp.testing.MachineRig;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.Method;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One connection with its channels and consumers as the client's handles keep them, on a {@link ModelBroker}, with real
 * machines between the two. It does what its {@link RecoveryMachine} and its {@link Restoration} ask for, and sees to it
 * that each call makes sense when it comes.
 */
final class RecoveryWorld implements RecoveryMachine.Driver, Restoration.Listener {

    /** Longer than any answer takes. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    final Random random;
    final Deadlines deadlines;
    final ModelBroker broker;
    final TopologyRecorder recorder;
    final RecoveryMachine machine;
    final RecoveryOptions options;
    /** Those that have not ended. */
    final List<WorldChannel> channels = new ArrayList<>();

    final List<WorldConsumer> allConsumers = new ArrayList<>();
    /** What each thing was last said to be. */
    final Map<TopologyEntity, EntityOutcome> fates = new HashMap<>();

    ModelBroker.Session session;
    /** How often dialling may still fail. */
    int dialFailures;

    int recoveries;
    boolean finished;
    private @Nullable Restoration restoration;
    private @Nullable Deadline dialling;
    private List<EntityOutcome> outcomes = List.of();
    private boolean underWay;
    private boolean closing;
    private int tags;

    RecoveryWorld(Random random, Deadlines deadlines, RecoveryOptions options) {
        this.random = random;
        this.deadlines = deadlines;
        this.options = options;
        broker = new ModelBroker(deadlines, random);
        recorder = new TopologyRecorder(deadlines);
        machine = new RecoveryMachine(options, deadlines, random, this);
        session = connect();
    }

    private ModelBroker.Session connect() {
        MachineRig rig = MachineRig.alone(deadlines);
        ModelBroker.Session next = broker.accept(rig);
        rig.whenEnded(cause -> {
            if (next == session) {
                onEnd(cause);
            }
        });
        rig.open();
        return next;
    }

    ConnectionMachine connection() {
        return session.rig.machine();
    }

    // ---- time -----------------------------------------------------------------------------------------------------

    /** Lets time come to the next deadline, if there is one. */
    boolean step() {
        if (deadlines.next().isEmpty()) {
            return false;
        }
        deadlines.advance(deadlines.next().getAsLong());
        hear();
        return true;
    }

    /** Lets both sides have what was said. */
    void hear() {
        List.copyOf(broker.sessions).forEach(ModelBroker.Session::hear);
    }

    void later(int millis, Runnable action) {
        deadlines.after(Duration.ofMillis(random.nextInt(millis + 1)), action);
    }

    // ---- the connection -------------------------------------------------------------------------------------------

    boolean isRecovering() {
        return underWay;
    }

    void cut() {
        session.rig.lose(new IOException("cut"));
    }

    private void onEnd(@Nullable AmqpException cause) {
        if (finished) {
            return;
        }
        if (cause instanceof ConnectionClosedException it && !it.byBroker()) {
            throw new AssertionError("the broker is said to break the protocol", cause);
        }
        if (cause != null && !closing) {
            if (restoration != null) {
                restoration.stop();
                restoration = null;
            }
            underWay = true;
            machine.onLost(cause);
            if (underWay) {
                List.copyOf(channels).forEach(WorldChannel::connectionLost);
                return;
            }
        }
        finish(cause);
    }

    /** The user closes the connection, whatever state it is in. */
    void close() {
        if (finished) {
            return;
        }
        boolean recovering = underWay;
        underWay = false;
        closing = true;
        machine.stop();
        if (restoration != null) {
            restoration.stop();
        }
        if (!recovering || connection().state() == ConnectionState.OPEN) {
            connection().close(Duration.ofSeconds(10));
        } else {
            finish(null);
        }
    }

    private void finish(@Nullable AmqpException cause) {
        if (finished) {
            return;
        }
        finished = true;
        underWay = false;
        machine.stop();
        if (restoration != null) {
            restoration.stop();
        }
        if (connection().state() != ConnectionState.CLOSED) {
            connection().fail(new ConnectionClosedException("over", 200, false));
        }
        List.copyOf(channels).forEach(it -> it.connectionEnded(cause));
    }

    // ---- what the machine asks for --------------------------------------------------------------------------------

    private void requireRunning() {
        assertThat(finished || closing).as("a call when it is over").isFalse();
    }

    @Override
    public void dial(boolean avoidLastAddress) {
        requireRunning();
        assertThat(dialling).as("two rounds").isNull();
        assertThat(connection().state()).isEqualTo(ConnectionState.CLOSED);
        dialling = deadlines.after(Duration.ofMillis(random.nextInt(500)), () -> {
            dialling = null;
            if (dialFailures > 0 && random.nextBoolean()) {
                dialFailures--;
                machine.onDialFailed(new ConnectFailedException(List.of()));
            } else {
                session = connect();
                assertThat(machine.onDialed()).isTrue();
            }
        });
    }

    @Override
    public void cancelDial() {
        assertThat(dialling).as("a round to end").isNotNull();
        if (dialling != null) {
            dialling.cancel();
            dialling = null;
        }
    }

    @Override
    public void replay() {
        requireRunning();
        fates.clear();
        restoration = new Restoration(
                connection(),
                deadlines,
                recorder,
                List.copyOf(channels),
                options.restoring(),
                options.retryingFor(),
                PATIENCE,
                this);
        restoration.start();
    }

    @Override
    public void onRecovered(int attempts, Duration downtime) {
        requireRunning();
        underWay = false;
        recoveries++;
    }

    @Override
    public void onAttemptFailed(int attempt, AmqpException cause, Duration next) {
        requireRunning();
    }

    @Override
    public void giveUp(AmqpException cause) {
        requireRunning();
        underWay = false;
        finish(cause);
    }

    // ---- what the restoration tells -------------------------------------------------------------------------------

    @Override
    public void onRenamed(String oldName, String newName) {
        requireRunning();
        assertThat(recorder.currentName(oldName)).isEqualTo(newName);
        channels.stream()
                .flatMap(it -> it.consumers.stream())
                .filter(it -> it.queue.equals(oldName))
                .forEach(it -> it.queue = newName);
    }

    @Override
    public void onDone(List<EntityOutcome> all) {
        requireRunning();
        outcomes = all;
        assertThat(outcomes)
                .extracting(EntityOutcome::entity)
                .as("each thing has one outcome")
                .doesNotHaveDuplicates();
        outcomes.forEach(this::note);
        assertThat(fates.keySet()).as("everything has an outcome").containsAll(recorder.entities());
        for (WorldChannel channel : channels) {
            for (WorldConsumer consumer : channel.consumers) {
                assertThat(outcomes)
                        .as("outcomes of %s", consumer)
                        .filteredOn(it -> it.entity() instanceof TopologyEntity.Consumer entity
                                && entity.consumerTag().equals(consumer.tag))
                        .hasSize(1);
            }
        }
        machine.onReplayed();
    }

    @Override
    public void onRetried(EntityOutcome outcome) {
        requireRunning();
        EntityOutcome before = fates.get(identity(outcome.entity()));
        assertThat(before).as("%s was tried again", outcome).isNotNull();
        assertThat(before == null ? null : before.result()).isEqualTo(EntityOutcome.Result.RETRYING);
        note(outcome);
    }

    private void note(EntityOutcome outcome) {
        fates.put(identity(outcome.entity()), outcome);
        if (outcome.result() == EntityOutcome.Result.RENAMED && outcome.entity() instanceof TopologyEntity.Queue it) {
            fates.put(new TopologyEntity.Queue(it.spec(), outcome.newName().orElseThrow()), outcome);
        }
    }

    /** Channels and queues of consumers may have other numbers and names by now. */
    private static TopologyEntity identity(TopologyEntity entity) {
        return entity instanceof TopologyEntity.Consumer it
                ? new TopologyEntity.Consumer(0, it.consumerTag(), "")
                : entity;
    }

    // ---- single channels and consumers ----------------------------------------------------------------------------

    private void reopen(WorldChannel channel) {
        if (isRecovering() || !channel.awaitsReopening()) {
            return;
        }
        ChannelRestore.start(
                connection(), deadlines, PATIENCE, channel, it -> !it.isRetried(), new ChannelRestore.Listener() {
                    @Override
                    public void onOutcome(EntityOutcome outcome) {
                        requireRunning();
                    }

                    @Override
                    public void onRefused(
                            RecoverableConsumer consumer, TopologyEntity.Consumer entity, RuntimeException cause) {
                        retry(channel, consumer, false).later();
                    }

                    @Override
                    public void onLate(TopologyEntity.Consumer outcome) {
                        throw new AssertionError("nobody is late: " + outcome);
                    }

                    @Override
                    public void onLateRefused(RecoverableConsumer consumer) {
                        throw new AssertionError("nobody is late: " + consumer);
                    }

                    @Override
                    public void onDone() {
                        requireRunning();
                    }
                });
    }

    private ConsumerRetry retry(WorldChannel channel, RecoverableConsumer consumer, boolean queueMustExist) {
        return new ConsumerRetry(
                connection(),
                deadlines,
                channel,
                consumer,
                queueMustExist,
                options.retryingFor(),
                PATIENCE,
                new ConsumerRetry.Listener() {
                    @Override
                    public void onRestored(TopologyEntity.Consumer entity) {
                        assertThat(consumer.isSuspended()).isFalse();
                    }

                    @Override
                    public void onGivenUp(TopologyEntity.Consumer entity, RuntimeException cause) {
                        assertThat(consumer.isEnded()).isTrue();
                        if (queueMustExist && cause instanceof ChannelClosedException it && it.replyCode() == 404) {
                            recorder.queueGone(entity.queue());
                        }
                    }
                });
    }

    // ---- what users do --------------------------------------------------------------------------------------------

    WorldChannel openChannel(boolean transactional, OptionalInt sharedPrefetch) {
        WorldChannel channel = new WorldChannel(transactional, sharedPrefetch);
        channels.add(channel);
        channel.state = State.REOPENING;
        ChannelRestore.start(connection(), deadlines, PATIENCE, channel, it -> true, new ChannelRestore.Listener() {
            @Override
            public void onOutcome(EntityOutcome outcome) {}

            @Override
            public void onRefused(
                    RecoverableConsumer consumer, TopologyEntity.Consumer entity, RuntimeException cause) {
                throw new AssertionError(entity + " is refused");
            }

            @Override
            public void onLate(TopologyEntity.Consumer outcome) {
                throw new AssertionError("nobody is late: " + outcome);
            }

            @Override
            public void onLateRefused(RecoverableConsumer consumer) {
                throw new AssertionError("nobody is late: " + consumer);
            }

            @Override
            public void onDone() {}
        });
        return channel;
    }

    /** The states of a channel's handle. */
    enum State {
        LIVE,
        LOST,
        REOPENING,
        ENDED
    }

    /** A channel as its user holds it. */
    final class WorldChannel implements RecoverableChannel {

        final boolean transactional;
        final OptionalInt sharedPrefetch;
        /** Those that have not ended. */
        final List<WorldConsumer> consumers = new ArrayList<>();

        State state = State.LIVE;

        @Nullable
        ChannelMachine current;

        private boolean closed;
        private int startingLate;
        private int number;

        WorldChannel(boolean transactional, OptionalInt sharedPrefetch) {
            this.transactional = transactional;
            this.sharedPrefetch = sharedPrefetch;
        }

        ChannelMachine current() {
            ChannelMachine it = current;
            if (it == null) {
                throw new AssertionError("not open yet");
            }
            return it;
        }

        boolean willReopen() {
            return state == State.LOST || state == State.REOPENING;
        }

        /** The user's. */
        WorldConsumer addConsumer(String queue, int prefetch, boolean exclusive) {
            WorldConsumer consumer = new WorldConsumer(this, "c" + ++tags, queue, prefetch, exclusive);
            consumers.add(consumer);
            allConsumers.add(consumer);
            recorder.consumerStarted(consumer, queue);
            return consumer;
        }

        /** The user's. */
        void close() {
            closed = true;
            if (state == State.LOST) {
                finish(null);
            } else if (state == State.LIVE) {
                current().close();
            }
        }

        private void finish(@Nullable RuntimeException cause) {
            if (state != State.ENDED) {
                state = State.ENDED;
                closed = true;
                channels.remove(this);
                List.copyOf(consumers).stream().filter(it -> it.suspended).forEach(it -> it.finish(cause));
            }
        }

        void connectionLost() {
            if (state == State.REOPENING) {
                state = State.LOST;
            }
        }

        void connectionEnded(@Nullable AmqpException cause) {
            if (willReopen()) {
                finish(cause);
            }
        }

        boolean awaitsReopening() {
            if (state == State.REOPENING && closed) {
                finish(null);
            }
            return state == State.REOPENING;
        }

        /** What a machine of it tells. */
        private final class Incarnation implements ChannelMachine.Owner {

            private @Nullable ChannelMachine mine;

            @Override
            public void onEnd(@Nullable AmqpException cause) {
                if (mine != current || state == State.ENDED) {
                    return;
                }
                if (cause == null || closed) {
                    finish(null);
                } else if (isRecovering()) {
                    state = State.LOST;
                } else if (state != State.REOPENING) {
                    boolean late = startingLate > 0
                            && cause instanceof ChannelClosedException it
                            && it.byBroker()
                            && it.method().equals("basic.consume");
                    if (late) {
                        state = State.REOPENING;
                        deadlines.after(Duration.ZERO, () -> reopen(WorldChannel.this));
                    } else {
                        finish(cause);
                    }
                }
            }

            @Override
            public void onReturn(ReturnedMessage message) {
                throw new AssertionError("nothing is published");
            }

            @Override
            public void onRecovered(long highestTag) {
                throw new AssertionError("nothing is recovered");
            }
        }

        @Override
        public int number() {
            return number;
        }

        @Override
        public @Nullable ChannelMachine openOn(ConnectionMachine connection, Reply reply) {
            assertThat(connection).as("the connection for %s", this).isSameAs(connection());
            assertThat(state).isNotIn(State.LIVE);
            assertThat(current == null || current.state() == ChannelState.CLOSED)
                    .as("%s is opened twice", this)
                    .isTrue();
            state = State.REOPENING;
            Incarnation next = new Incarnation();
            ChannelMachine opened = connection.openChannel(next, reply);
            if (opened != null) {
                next.mine = opened;
                current = opened;
                number = opened.number();
            }
            return opened;
        }

        @Override
        public boolean isTransactional() {
            return transactional;
        }

        @Override
        public OptionalInt sharedPrefetch() {
            return sharedPrefetch;
        }

        @Override
        public List<WorldConsumer> consumers() {
            return List.copyOf(consumers);
        }

        @Override
        public void startLate(RecoverableConsumer consumer, Reply reply) {
            if (state != State.LIVE) {
                reply.onFailure(current().whyClosed());
                return;
            }
            startingLate++;
            consumer.startOn(current(), new Reply() {
                @Override
                public void onReply(Method consumeOk) {
                    startingLate--;
                    reply.onReply(consumeOk);
                }

                @Override
                public void onFailure(RuntimeException cause) {
                    startingLate--;
                    reply.onFailure(cause);
                }
            });
        }

        @Override
        public void startingLate(int change) {
            startingLate += change;
        }

        @Override
        public void renew(ChannelClosedException cause) {
            throw new AssertionError("renewed", cause);
        }

        @Override
        public void onRestored() {
            if (closed) {
                current().close();
                return;
            }
            assertThat(state).as("the state of %s", this).isEqualTo(State.REOPENING);
            assertThat(current().state()).isEqualTo(ChannelState.OPEN);
            state = State.LIVE;
        }

        @Override
        public void onNotRestored(RuntimeException cause) {
            finish(cause);
        }

        @Override
        public String toString() {
            return "channel " + number() + " " + state + consumers;
        }
    }

    /** A consumer as its user holds it. */
    final class WorldConsumer implements RecoverableConsumer, ConsumerSink {

        final WorldChannel channel;
        final String tag;
        final int prefetch;
        final boolean exclusive;
        String queue;
        boolean started;
        boolean suspended = true;
        boolean ended;
        private @Nullable ChannelMachine on;
        private boolean cancelled;
        private boolean retried;

        WorldConsumer(WorldChannel channel, String tag, String queue, int prefetch, boolean exclusive) {
            this.channel = channel;
            this.tag = tag;
            this.queue = queue;
            this.prefetch = prefetch;
            this.exclusive = exclusive;
        }

        /** The user's. */
        void cancel() {
            cancelled = true;
            if (suspended) {
                finish(null);
            } else if (started && channel.state == State.LIVE) {
                channel.current().cancel(tag, new Reply() {
                    @Override
                    public void onReply(Method reply) {}

                    @Override
                    public void onFailure(RuntimeException cause) {
                        // It is told the end of its channel.
                    }
                });
            }
        }

        private void finish(@Nullable RuntimeException cause) {
            assertThat(ended).as("%s ended before: %s", this, cause).isFalse();
            ended = true;
            suspended = false;
            started = false;
            channel.consumers.remove(this);
            recorder.consumerEnded(this);
        }

        @Override
        public String consumerTag() {
            return tag;
        }

        @Override
        public String queue() {
            return queue;
        }

        @Override
        public boolean isEnded() {
            return ended;
        }

        @Override
        public boolean isSuspended() {
            return suspended;
        }

        @Override
        public void startOn(ChannelMachine machine, Reply reply) {
            assertThat(ended).as("%s has ended", this).isFalse();
            assertThat(suspended).as("%s is started twice", this).isTrue();
            assertThat(machine).as("the machine of %s", this).isSameAs(channel.current);
            on = machine;
            suspended = false;
            machine.consume(queue, tag, prefetch, false, exclusive, Map.of(), this, reply);
        }

        @Override
        public boolean isRetried() {
            return retried;
        }

        @Override
        public void retried(boolean value) {
            retried = value;
        }

        @Override
        public void onRestored() {
            if (!ended && !suspended) {
                assertThat(started).as("%s is started twice", this).isFalse();
                retried = false;
                assertThat(on).isSameAs(channel.current);
                started = true;
            }
        }

        @Override
        public void onNotRestored(RuntimeException cause) {
            finish(cause);
        }

        @Override
        public void onDelivery(BasicMethod.Deliver deliver, byte[] properties, byte[] body) {
            assertThat(deliver.consumerTag()).isEqualTo(tag);
            assertThat(new String(body, StandardCharsets.UTF_8)).isEqualTo(queue);
            assertThat(ended || suspended).as("a delivery to %s", this).isFalse();
            ChannelMachine from = on;
            // Also when that machine is gone by then.
            later(2_000, () -> {
                if (from != null) {
                    from.ack(deliver.deliveryTag(), false);
                }
            });
        }

        @Override
        public void onBatchEnd() {}

        @Override
        public void onClosing() {}

        @Override
        public void onEnd(@Nullable AmqpException cause) {
            started = false;
            suspended = cause != null
                    && !cancelled
                    && (cause instanceof ConsumerCancelledException
                            ? !closing && !channel.closed
                            : channel.willReopen());
            if (!suspended) {
                finish(cause);
            }
        }

        @Override
        public void onReleased() {
            if (suspended) {
                retry(channel, this, true).now();
            }
        }

        @Override
        public String toString() {
            return "consumer " + tag + " of " + queue
                    + (ended ? " ended" : suspended ? " suspended" : started ? " started" : " starting");
        }
    }
}
