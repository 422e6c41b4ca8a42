package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.machine.ChannelMachine;
import dev.leveret.amqp.machine.ChannelState;
import dev.leveret.amqp.machine.ConnectionMachine;
import dev.leveret.amqp.machine.Publication;
import dev.leveret.amqp.machine.Reply;
import dev.leveret.amqp.net.Command;
import dev.leveret.amqp.recovery.RecoverableChannel;
import dev.leveret.amqp.recovery.RecoverableConsumer;
import dev.leveret.amqp.wire.Method;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What of a channel outlives its machines: its consumers, its settings, and what waits while there is no machine. On the
 * event loop, but for {@link #isEnded} and {@link #incarnation}.
 *
 * <pre>
 *   LIVE --the connection is lost--> LOST --the connection is there again--> REOPENING --> LIVE
 *   LIVE --the broker closes it over something that passes--> REOPENING
 *   any --closed, refused, or nobody recovers it--> ENDED
 * </pre>
 */
final class ChannelLife implements RecoverableChannel {

    private static final Logger LOG = LoggerFactory.getLogger(ChannelLife.class);

    private enum State {
        LIVE,
        LOST,
        REOPENING,
        ENDED
    }

    private final ChannelHandle channel;
    private final ConnectionHandle connection;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    /** Those that have not ended. */
    private final List<ConsumerHandle> consumers = new ArrayList<>();
    /** Commands that wait while the channel is opened again. */
    private final Queue<Runnable> held = new ArrayDeque<>();

    private final Unanswered unanswered;
    private State state = State.LIVE;
    /** Whether the broker has opened it, be it on an earlier connection. */
    private boolean granted;

    private boolean transactional;
    private boolean transactionLost;
    private OptionalInt sharedPrefetch = OptionalInt.empty();
    /** How many consumers are being started late: their refusal must not end the channel. */
    private int startingLate;

    /** Whether one of them is being started by itself, and who waits for that. */
    private boolean startsLate;

    private final Queue<Runnable> lateStarts = new ArrayDeque<>();
    private boolean renewing;

    private volatile boolean ended;
    private volatile Incarnation incarnation;

    ChannelLife(ChannelHandle channel) {
        this.channel = channel;
        this.connection = channel.connection();
        this.unanswered = new Unanswered(connection);
        this.incarnation = new Incarnation(channel);
    }

    /** Opens it for the first time, before the user gets the handle. */
    void open(ConnectionMachine machine, Reply reply) {
        incarnation.open(machine, new Reply() {
            @Override
            public void onReply(Method openOk) {
                granted = true;
                reply.onReply(openOk);
            }

            @Override
            public void onFailure(RuntimeException cause) {
                reply.onFailure(cause);
            }
        });
        if (incarnation.hasMachine()) {
            connection.life().opened(channel);
        }
    }

    /** What it is at the moment; any thread may ask. */
    Incarnation incarnation() {
        return incarnation;
    }

    ChannelMachine machine() {
        return incarnation.machine();
    }

    /** Whether it has been closed or is over for good; any thread may ask. */
    boolean isEnded() {
        return ended;
    }

    boolean isLost() {
        return state == State.LOST;
    }

    CompletableFuture<Void> closed() {
        return closed;
    }

    void becameTransactional() {
        transactional = true;
    }

    void sharedPrefetch(int prefetch) {
        sharedPrefetch = OptionalInt.of(prefetch);
    }

    /** Its user closes it: from now on nothing may be settled, on any thread. */
    void closing() {
        ended = true;
        incarnation.end();
    }

    /** There is nobody to be told of it. */
    void closeUnlessLive() {
        if (state == State.LOST) {
            finish(null);
        }
    }

    /** One of its machines has ended. */
    void onEnd(Incarnation which, @Nullable AmqpException cause) {
        if (which != incarnation || state == State.ENDED) {
            return;
        }
        transactionLost |= which.machine().hasUncommitted();
        if (cause == null || ended) {
            finish(null);
        } else if (!granted) {
            // Whoever asked for it is told that there is none: nobody would ever close it.
            finish(cause);
        } else if (state == State.LIVE && cause instanceof ChannelClosedException closure) {
            // It alone, and maybe while others are still being restored.
            if (renewing || reopensAfter(closure)) {
                state = State.REOPENING;
                // Afterwards, when all that was pending has been told.
                connection.life().reopen(channel, closure);
            } else {
                finish(cause);
            }
        } else if (connection.life().isRecovering()) {
            LOG.debug("{} is lost with its connection: {}", channel, cause.getMessage());
            state = State.LOST;
        } else if (state == State.REOPENING) {
            LOG.debug("{} ended while it was opened again: {}", channel, cause.getMessage());
        } else {
            finish(cause);
        }
    }

    private boolean reopensAfter(ChannelClosedException cause) {
        boolean ofLateConsumer =
                startingLate > 0 && cause.byBroker() && cause.method().equals("basic.consume");
        return ofLateConsumer || connection.life().reopensAfter(cause);
    }

    /** It is over for good; without a cause when it was closed by this side. */
    private void finish(@Nullable AmqpException cause) {
        if (state == State.ENDED) {
            return;
        }
        state = State.ENDED;
        ended = true;
        connection.life().ended(channel);
        if (cause == null) {
            ChannelHandle.complete(closed);
        } else {
            LOG.debug("{} ended: {}", channel, cause.getMessage());
            closed.completeExceptionally(cause);
        }
        unanswered.giveUp();
        releaseHeld();
        // Those that had a machine are told by it; these lost theirs before.
        List.copyOf(consumers).stream().filter(ConsumerHandle::isSuspended).forEach(it -> it.finish(cause));
    }

    // ---- recovery; on the event loop ------------------------------------------------------------------------------

    /** Whether a command has to wait, as the channel is being opened again; then it is executed afterwards. */
    boolean holds(Command command) {
        if (state != State.REOPENING || connection.life().isRecovering()) {
            return false;
        }
        held.add(command::execute);
        return true;
    }

    private void releaseHeld() {
        int waiting = held.size();
        for (int i = 0; i < waiting; i++) {
            Runnable next = held.poll();
            if (next != null) {
                next.run();
            }
        }
    }

    /** Whether a publish without an answer is kept, to be published again. */
    boolean keeps(Publication publication, PublishResult.Unknown fate) {
        boolean willLive = state == State.LOST || state == State.REOPENING;
        return willLive && unanswered.keep(publication, fate);
    }

    /** The connection is lost while the channel was being opened again, or has no connection to come. */
    void connectionLost() {
        if (state == State.REOPENING) {
            state = State.LOST;
            incarnation.end();
        }
    }

    /** The connection has ended for good, and the channel with it, if nobody has told it yet. */
    void connectionEnded(@Nullable AmqpException cause) {
        if (state == State.LOST || state == State.REOPENING) {
            finish(cause);
        }
    }

    /** Whether the broker has closed it and nobody has closed it since. */
    boolean awaitsReopening() {
        if (state == State.REOPENING && ended) {
            finish(null);
        }
        return state == State.REOPENING;
    }

    /** Whether a consumer that the broker has cancelled is started again. */
    boolean resumes(ConsumerHandle consumer) {
        boolean resumes = !ended && connection.life().resumesConsumers();
        if (resumes) {
            connection.tell(new ConnectionEvent.ConsumerCancelled(consumer.consumerTag(), consumer.queue()));
        }
        return resumes;
    }

    /** Starts a consumer again that the broker has cancelled. */
    void resume(ConsumerHandle consumer) {
        connection.life().resume(channel, consumer);
    }

    /** A queue has another name. */
    void renamed(String oldName, String newName) {
        consumers.stream().filter(it -> it.queue().equals(oldName)).forEach(it -> it.named(newName));
        channel.topology().renamed(oldName, newName);
    }

    /** Whether its consumers will be started again. */
    boolean willReopen() {
        return state == State.LOST || state == State.REOPENING;
    }

    @Override
    public int number() {
        return machine().number();
    }

    @Override
    public @Nullable ChannelMachine openOn(ConnectionMachine machine, Reply reply) {
        state = State.REOPENING;
        channel.topology().reopened();
        startingLate = 0;
        Incarnation next = new Incarnation(channel);
        next.open(machine, reply);
        if (!next.hasMachine()) {
            return null;
        }
        incarnation = next;
        return next.machine();
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
    public List<ConsumerHandle> consumers() {
        return List.copyOf(consumers);
    }

    @Override
    public void startLate(RecoverableConsumer consumer, Reply reply) {
        if (startsLate) {
            // One after the other: of several the broker's refusal would not tell which it meant.
            lateStarts.add(() -> startLate(consumer, reply));
            return;
        }
        if (state != State.LIVE || machine().state() != ChannelState.OPEN) {
            // The consumer waits: whatever becomes of the channel, it will be told with it.
            reply.onFailure(new ChannelClosedException(
                    "channel " + number() + " is being closed or opened again", 0, false, "", null));
            startNextLate();
            return;
        }
        startsLate = true;
        startingLate++;
        consumer.startOn(machine(), new Reply() {
            @Override
            public void onReply(Method consumeOk) {
                startingLate--;
                reply.onReply(consumeOk);
                startNextLate();
            }

            @Override
            public void onFailure(RuntimeException cause) {
                startingLate--;
                reply.onFailure(cause);
                startNextLate();
            }
        });
    }

    private void startNextLate() {
        startsLate = false;
        Runnable next = lateStarts.poll();
        if (next != null) {
            next.run();
        }
    }

    @Override
    public void renew(ChannelClosedException cause) {
        if (state == State.LIVE) {
            renewing = true;
            machine().replace(cause);
            renewing = false;
        }
    }

    @Override
    public void startingLate(int change) {
        startingLate += change;
    }

    @Override
    public void onRestored() {
        if (ended) {
            machine().close();
            return;
        }
        state = State.LIVE;
        if (transactionLost) {
            transactionLost = false;
            machine().loseTransaction();
        }
        unanswered.publishAgain(machine());
        releaseHeld();
    }

    @Override
    public void onNotRestored(RuntimeException cause) {
        finish(
                cause instanceof AmqpException it
                        ? it
                        : new ChannelClosedException(
                                "channel " + number() + " could not be opened again: " + cause.getMessage(),
                                0,
                                false,
                                "",
                                cause));
    }

    /** How many publishes the last recovery has published again. */
    int takeRepublished() {
        return unanswered.takeCount();
    }

    // ---- consumers ------------------------------------------------------------------------------------------------

    void started(ConsumerHandle consumer) {
        if (!consumer.isEnded()) {
            consumers.add(consumer);
            connection.life().record(it -> it.consumerStarted(consumer, consumer.queue()));
        }
    }

    void ended(ConsumerHandle consumer) {
        if (consumers.remove(consumer)) {
            connection.life().record(it -> it.consumerEnded(consumer));
        }
    }

    /** Why it is over; any thread may ask. */
    AmqpException whyEnded() {
        return closed.isCompletedExceptionally()
                ? (AmqpException) closed.handle((ignored, failure) -> failure).join()
                : new ChannelClosedException("channel " + number() + " was closed by this side", 0, false, "", null);
    }
}
