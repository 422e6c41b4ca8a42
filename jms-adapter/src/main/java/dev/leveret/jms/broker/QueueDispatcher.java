package dev.leveret.jms.broker;

import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.DeliverySink;
import dev.leveret.amqp.api.SettlementException;
import dev.leveret.amqp.api.Subscription;
import dev.leveret.jms.broker.DispatchMachine.Kept;
import dev.leveret.jms.message.Causes;
import dev.leveret.jms.wire.SelectableDelivery;
import jakarta.jms.JMSException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shares one AMQP consumer of a queue among the consumers that a connection has on it, some of which have selectors: carries
 * out what a {@link DispatchMachine} decides. Thread-safe.
 *
 * <p>Its lock guards everything mutable here and in its {@link SharedIntake}s. It is taken on the event loop and by the
 * sessions' threads, for moments; sessions' locks may be taken under it, and it under none of them.
 */
final class QueueDispatcher {

    private static final Logger LOG = LoggerFactory.getLogger(QueueDispatcher.class);

    /** How much may be held, in bytes. */
    private static final long MAX_WEIGHT = 64 << 20;

    /** What a delivery takes up besides its body, about. */
    private static final int BASE_WEIGHT = 500;

    /** Half of what quorum queues of RabbitMQ 4.3 let a message fail unless told otherwise: then it is not held again. */
    private static final int MANY_FAILURES = 10;

    private static final long BETWEEN_WARNINGS = 60_000;

    private static final int REMEMBERED = 10_000;

    private static final int SWEEPS_WHILE_LOOKING = 2;

    /** The deliveries' counter of failures, on quorum queues. */
    private static final String DELIVERY_COUNT = "x-delivery-count";

    private final BrokerLink link;
    private final AsyncChannel channel;
    private final String queue;
    private final Alarm alarm;
    private final Consumer<QueueDispatcher> whenLeft;

    private final ReentrantLock lock = new ReentrantLock();
    private final LaneIndex<SharedIntake> index = new LaneIndex<>();
    private final DispatchMachine<Delivery, SharedIntake> machine;
    private final Carrier carrier = new Carrier();
    private final Losses losses = new Losses();
    private final Returns returns;
    private final Set<SharedIntake> attached = new LinkedHashSet<>();
    private final Set<SharedIntake> toWake = new LinkedHashSet<>();
    private final CompletableFuture<Void> begun = new CompletableFuture<>();

    /** The ids of the last messages that were released, which are known when they come again. */
    private final Map<String, Boolean> released = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    };

    private boolean carrying;
    private boolean inBatch;
    private long nextAlarm = Long.MAX_VALUE;
    private long lastWarning = Long.MIN_VALUE;
    private int users;
    private int outstanding;
    /** Of what is outstanding: what was so before a loss does not count. */
    private int generation;

    private boolean leaving;
    private @Nullable CompletableFuture<Void> rested;
    private @Nullable JMSException failure;
    private @Nullable Subscription subscription;

    /** The AMQP consumer that was cancelled last, whose end is no news. */
    private @Nullable Subscription cancelled;

    /** Deliveries, and steps towards more; changed under the lock. */
    private volatile long activity;

    /** How often what was held has gone back; changed under the lock. */
    private volatile int sweeps;

    /**
     * For one queue.
     *
     * @param channel its own
     * @param window how many messages are fetched beyond those that are here
     * @param limit how many may be held
     * @param whenLeft told when nobody uses it any more, or it has ended
     */
    QueueDispatcher(
            BrokerLink link,
            AsyncChannel channel,
            String queue,
            int window,
            int limit,
            Alarm alarm,
            Consumer<QueueDispatcher> whenLeft) {
        this.link = link;
        this.channel = channel;
        this.queue = queue;
        this.alarm = alarm;
        this.whenLeft = whenLeft;
        returns = new Returns(link, channel, queue);
        machine = new DispatchMachine<>(
                new BySelector(),
                window,
                limit,
                MAX_WEIGHT,
                () -> ThreadLocalRandom.current().nextDouble());
        link.interruptions().watch(losses);
        channel.closed().whenComplete((ended, cause) -> {
            link.interruptions().unwatch(losses);
            if (cause != null) {
                end(cause);
            }
        });
    }

    /** The connection's, and the channel's own. */
    private final class Losses implements Interruptions.Watcher {

        @Override
        public void lost() {
            run(() -> {
                inBatch = false;
                generation++;
                outstanding = 0;
                machine.lost();
                attached.forEach(SharedIntake::interrupted);
                closeIfSettled();
            });
        }

        @Override
        public void restored() {
            run(() -> machine.restored(alarm.now()));
        }

        @Override
        public void reopened(int number) {
            if (number == channel.number()) {
                restored();
            }
        }
    }

    String queue() {
        return queue;
    }

    /** Counts a user that will {@link #leave}; false if it is too late for that. */
    boolean enter() {
        lock.lock();
        try {
            if (!leaving && failure == null) {
                users++;
                return true;
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Lets messages come for a consumer; waits for the first. */
    void attach(SharedIntake lane) throws JMSException {
        run(() -> {
            if (failure == null) {
                attached.add(lane);
                machine.attach(lane, lane.capacity(), alarm.now());
            }
        });
        link.await(begun, "consuming from " + queue);
        requireAlive();
    }

    private void requireAlive() throws JMSException {
        JMSException cause;
        lock.lock();
        try {
            cause = failure;
        } finally {
            lock.unlock();
        }
        if (cause != null) {
            throw Causes.with(cause, new JMSException(cause.getMessage(), cause.getErrorCode()));
        }
    }

    void widen(SharedIntake lane) {
        run(() -> {
            lane.grow();
            machine.widen(lane, alarm.now());
        });
    }

    void mute(SharedIntake lane) {
        run(() -> machine.mute(lane, alarm.now()));
    }

    /** Takes back from a consumer what no program has seen, for others on this side or the queue. */
    void detach(SharedIntake lane) {
        run(() -> {
            machine.mute(lane, alarm.now());
            attached.remove(lane);
            toWake.remove(lane);
            List<Kept<Delivery>> unseen = new ArrayList<>();
            for (Incoming incoming : lane.arrivals().surrender()) {
                if (incoming.attempts() > 0) {
                    // A program has had it: whoever gets it next has to be told, which is the broker's to do.
                    incoming.giveBack();
                } else {
                    Kept<Delivery> message = lane.outstanding().remove(incoming);
                    if (message != null && incoming.generation() == generation) {
                        outstanding--;
                        unseen.add(message);
                    }
                }
            }
            lane.loadChanged();
            machine.detach(lane, unseen, alarm.now());
        });
    }

    /** A message was returned by itself. */
    void returned() {
        returns.add();
    }

    /** What a session that closes has left unsettled returns as failed. */
    void failOutstanding(SharedIntake lane) {
        run(() -> List.copyOf(lane.outstanding().keySet()).forEach(Incoming::fail));
    }

    void settled(SharedIntake lane, Incoming incoming) {
        run(() -> {
            Kept<Delivery> message = lane.outstanding().remove(incoming);
            if (message != null && incoming.generation() == generation) {
                outstanding--;
                lane.loadChanged();
                machine.settled(lane, message, alarm.now());
            }
            closeIfSettled();
        });
    }

    /**
     * One user fewer. The last waits until what was kept is back in the queue; the channel closes when everything on it is
     * settled.
     */
    void leave() throws JMSException {
        CompletableFuture<Void> rest = new CompletableFuture<>();
        if (!isLast(rest)) {
            return;
        }
        whenLeft.accept(this);
        String doing = "returning messages to " + queue;
        link.await(rest, doing);
        // Its answer comes after the queue has got everything back, so that the next consumer finds it.
        CompletableFuture<?> barrier = closeIfSettled() ? returns.close() : channel.declareQueuePassive(queue);
        try {
            link.await(barrier, doing);
        } catch (JMSException e) {
            // The queue is gone, or the channel was closed meanwhile: by either the queue has what it can have.
            LOG.debug("{} could not be looked at", queue, e);
        }
    }

    private boolean isLast(CompletableFuture<Void> rest) {
        lock.lock();
        try {
            users--;
            if (users == 0) {
                leaving = true;
                rested = rest;
                if (machine.isResting()) {
                    rest.complete(null);
                }
            }
            return leaving;
        } finally {
            lock.unlock();
        }
    }

    private boolean closeIfSettled() {
        lock.lock();
        try {
            boolean settled = leaving && outstanding == 0 && machine.isResting();
            if (settled) {
                returns.close();
            }
            return settled;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until what is ready has come and gone to whom it matches, as far as it can be seen: until nothing happens between
     * two answers, which come behind all that was asked for before. What goes back meanwhile is not looked at for ever.
     */
    void drain(Intake.Arrivals arrivals) throws JMSException {
        try {
            drainNow(arrivals);
        } catch (JMSException e) {
            // Nothing is there while there is no connection.
            if (!link.isInterruption(e)) {
                throw e;
            }
        }
    }

    private void drainNow(Intake.Arrivals arrivals) throws JMSException {
        if (!link.isOpen()) {
            return;
        }
        String doing = "looking for messages in " + queue;
        int sweepsBefore = sweeps;
        long before;
        long ready;
        do {
            before = activity;
            run(machine::demand);
            ready = link.await(channel.declareQueuePassive(queue), doing).messageCount();
            link.await(channel.declareQueuePassive(queue), doing);
        } while (ready > 0
                && activity != before
                && arrivals.waiting() == 0
                && sweeps - sweepsBefore <= SWEEPS_WHILE_LOOKING);
    }

    /** Changes the machine and carries out what it wants, unless the caller is just doing that. */
    private void run(Runnable change) {
        lock.lock();
        try {
            change.run();
            if (carrying) {
                return;
            }
            carrying = true;
            try {
                carryOut();
            } finally {
                carrying = false;
            }
            if (!inBatch) {
                wake();
            }
            setAlarm();
        } finally {
            lock.unlock();
        }
    }

    private void carryOut() {
        Consumer<DispatchMachine.Effects<Delivery, SharedIntake>> next = machine.takeEffects();
        while (next != null) {
            next.accept(carrier);
            next = machine.takeEffects();
        }
    }

    private void wake() {
        toWake.forEach(it -> it.arrivals().batchEnded());
        toWake.clear();
    }

    private void setAlarm() {
        long due = machine.dueAt();
        if (due < nextAlarm) {
            nextAlarm = due;
            alarm.at(
                    due,
                    () -> run(() -> {
                        if (nextAlarm == due) {
                            nextAlarm = Long.MAX_VALUE;
                        }
                        machine.tick(alarm.now());
                    }));
        }
    }

    private void end(Throwable cause) {
        run(() -> {
            if (failure != null || leaving) {
                endQuietly();
                return;
            }
            failure = JmsErrors.of("consuming from " + queue + " has ended", cause);
            JMSException told = failure;
            endQuietly();
            begun.completeExceptionally(cause);
            whenLeft.accept(this);
            attached.forEach(it -> it.arrivals().ended(told));
        });
    }

    private void endQuietly() {
        inBatch = false;
        machine.ended();
        if (rested != null) {
            rested.complete(null);
        }
        channel.close();
    }

    // Under the lock, by which alone it is changed.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void progress() {
        activity++;
    }

    private boolean isCancelled(Subscription consumer) {
        lock.lock();
        try {
            return cancelled == consumer;
        } finally {
            lock.unlock();
        }
    }

    private boolean isFresh(Delivery delivery) {
        if (!delivery.redelivered()) {
            return true;
        }
        String id = delivery.properties().messageId();
        return id != null && !released.containsKey(id);
    }

    private static boolean isFragile(Delivery delivery) {
        return delivery.properties().header(DELIVERY_COUNT) instanceof Number count
                && count.longValue() >= MANY_FAILURES;
    }

    /** Selectors on AMQP headers. */
    private final class BySelector implements DispatchMachine.Matching<Delivery, SharedIntake> {

        @Override
        public void add(SharedIntake lane) {
            index.add(lane, lane.admission().selector());
        }

        @Override
        public void remove(SharedIntake lane) {
            index.remove(lane);
        }

        @Override
        public List<SharedIntake> lanesFor(Delivery message) {
            return index.matching(new SelectableDelivery(message.properties()));
        }

        @Override
        public boolean matches(SharedIntake lane, Delivery message) {
            return index.matches(lane, new SelectableDelivery(message.properties()));
        }
    }

    /** Takes deliveries on the event loop. */
    private final class Sink implements DeliverySink {

        @Override
        public void onDelivery(Delivery delivery) {
            run(() -> {
                inBatch = true;
                progress();
                machine.arrived(
                        delivery,
                        BASE_WEIGHT + delivery.body().length,
                        isFresh(delivery),
                        isFragile(delivery),
                        alarm.now());
            });
        }

        @Override
        public void onBatchEnd() {
            run(() -> inBatch = false);
        }

        /** With the connection, of which it is known already, or with the channel alone. */
        @Override
        public void onInterrupted() {
            losses.lost();
        }
    }

    /** Does what the machine wants; under the lock. */
    private final class Carrier implements DispatchMachine.Effects<Delivery, SharedIntake> {

        @Override
        public void consume(int prefetch) {
            start(prefetch, null);
        }

        @Override
        public void replace(int prefetch) {
            start(prefetch, subscription);
        }

        private void start(int prefetch, @Nullable Subscription before) {
            progress();
            ConsumeOptions options = ConsumeOptions.of(queue).withPrefetch(prefetch);
            channel.consumeOnEventLoop(options, new Sink()).whenComplete((started, refused) -> {
                if (refused != null) {
                    notStarted(before, refused);
                    return;
                }
                started.ended().whenComplete((ended, cause) -> {
                    if (cause != null && !isCancelled(started)) {
                        end(cause);
                    }
                });
                run(() -> {
                    progress();
                    subscription = started;
                });
                Runnable then = () -> {
                    progress();
                    machine.started(alarm.now());
                };
                if (before == null) {
                    begun.complete(null);
                    run(then);
                } else {
                    // A queue may delete itself when it has no consumer, so this one is cancelled now and not before.
                    cancel(before, then);
                }
            });
        }

        private void notStarted(@Nullable Subscription before, Throwable refused) {
            if (link.isInterruption(JmsErrors.of("consuming from " + queue, refused))) {
                run(() -> machine.notStarted(before != null, alarm.now()));
            } else {
                end(refused);
            }
        }

        // Under the lock, by which alone it is changed.
        @SuppressWarnings("NonAtomicVolatileUpdate")
        @Override
        public void cancel() {
            sweeps++;
            Subscription current = subscription;
            if (current != null) {
                cancel(current, () -> machine.cancelled(alarm.now()));
            }
        }

        private void cancel(Subscription what, Runnable then) {
            lock.lock();
            try {
                cancelled = what;
            } finally {
                lock.unlock();
            }
            what.cancel().whenComplete((done, cause) -> {
                if (cause == null || link.isInterruption(JmsErrors.of("cancelling a consumer of " + queue, cause))) {
                    run(then);
                } else {
                    end(cause);
                }
            });
        }

        @Override
        public void look(long number) {
            channel.declareQueuePassive(queue).whenComplete((info, cause) -> {
                if (cause == null) {
                    run(() -> machine.counted(number, info.messageCount(), info.consumerCount(), alarm.now()));
                } else if (channel.isOpen()) {
                    // Nobody knows how many there are, so there may be others.
                    run(() -> machine.counted(number, 0, Long.MAX_VALUE, alarm.now()));
                }
            });
        }

        @Override
        public void give(SharedIntake lane, Kept<Delivery> message) {
            Incoming incoming = new Incoming(message.message(), lane, generation);
            lane.outstanding().put(incoming, message);
            lane.loadChanged();
            outstanding++;
            lane.arrivals().arrived(incoming);
            toWake.add(lane);
        }

        @Override
        public void release(List<Kept<Delivery>> together, List<Kept<Delivery>> singly) {
            remember(together);
            remember(singly);
            try {
                if (!together.isEmpty()) {
                    together.get(together.size() - 1).message().nackMultiple(true);
                }
                for (Kept<Delivery> message : singly) {
                    returns.add();
                    message.message().nack(true);
                }
            } catch (SettlementException e) {
                release(together, singly, e);
            }
        }

        private void remember(List<Kept<Delivery>> messages) {
            for (Kept<Delivery> message : messages) {
                String id = message.message().properties().messageId();
                if (id != null) {
                    released.put(id, true);
                }
            }
        }

        private void release(List<Kept<Delivery>> together, List<Kept<Delivery>> singly, SettlementException refusal) {
            switch (refusal.reason()) {
                // A stream keeps its messages and takes none back.
                case STREAM -> {
                    together.forEach(it -> it.message().ack());
                    singly.forEach(it -> it.message().ack());
                }
                case STALE -> LOG.debug("the channel of {} has ended, so the broker has everything back", queue);
                case ALREADY_SETTLED, AUTO_ACKNOWLEDGED -> throw refusal;
            }
        }

        @Override
        public void limitReached(int kept) {
            long now = alarm.now();
            if (lastWarning == Long.MIN_VALUE || now - lastWarning >= BETWEEN_WARNINGS) {
                lastWarning = now;
                LOG.warn(
                        "{} messages at the head of queue {} match no selector of this connection, and no more may be held"
                                + " (jms.selectorHold, or 64 MiB): what matches behind them is not seen until others"
                                + " consume them",
                        kept,
                        queue);
            }
        }

        @Override
        public void rest() {
            if (rested != null) {
                rested.complete(null);
            }
        }
    }
}
