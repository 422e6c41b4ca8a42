package dev.leveret.jms.broker;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of the messages of a queue whose consumers have selectors: see decision 50. It has no thread, no clock
 * and no lock, and does nothing itself: every call may leave {@link Effects} to be carried out, in order, by
 * {@link #takeEffects}. Times are milliseconds of any clock that never goes back.
 *
 * <p>A message that is here and not settled is in one of three places: <em>given</em> to a lane, which is a consumer on this
 * side; <em>wanted</em> by lanes that have no room; <em>held</em>, because no lane matches it. Only what is held or wanted is
 * ever released, and nothing is acknowledged here.
 *
 * @param <M> a message
 * @param <L> a lane
 */
final class DispatchMachine<M, L> {

    /** What is held for longer goes back even if nobody else consumes: others may poll. */
    static final long LONGEST_HOLD = 60_000;

    /** What others wait for goes back by then at the latest. */
    static final long LONGEST_SHARED_HOLD = 30_000;

    /** Without a consumer a queue may expire, so a pause has to be shorter than queues are made to wait. */
    static final long LONGEST_PAUSE = 10_000;

    private static final long SHORTEST_HOLD = 10;
    private static final int HELD_PER_MILLI = 5;
    private static final int MAX_DOUBLINGS = 12;
    private static final long SHORTEST_PAUSE_ALONE = 200;
    private static final long SHORTEST_PAUSE_AT_LIMIT = 1_000;
    private static final long LONGEST_LOOK_INTERVAL = 2_000;
    /** Others may pause for half a minute and are not to be seen then. */
    private static final long OTHERS_REMEMBERED = 120_000;

    private static final long LONGEST_LOOK_INTERVAL_IN_PAUSE = 250;
    private static final int MAX_PREFETCH = 65_535;

    /** What is to be done. */
    interface Effects<M, L> {

        /** Start consuming; {@link DispatchMachine#started} answers. */
        void consume(int prefetch);

        /** Start another consumer and then cancel the one before; {@link DispatchMachine#started} answers. */
        void replace(int prefetch);

        /** Cancel the consumer; {@link DispatchMachine#cancelled} answers, after its last delivery. */
        void cancel();

        /** Count; {@link DispatchMachine#counted} answers with this number. */
        void look(long number);

        /** Give a message to a lane. */
        void give(L lane, Kept<M> message);

        /**
         * Return these to the queue, oldest first.
         *
         * @param together those that are older than everything else here that is not settled
         * @param singly the others, which are younger
         */
        void release(List<Kept<M>> together, List<Kept<M>> singly);

        /** Tell that nothing behind these messages can be seen. */
        void limitReached(int kept);

        /** There is no lane any more and nothing is kept or consumed. */
        void rest();
    }

    /** Which lanes match. */
    interface Matching<M, L> {

        void add(L lane);

        void remove(L lane);

        /** The lanes that match, each once. */
        List<L> lanesFor(M message);

        boolean matches(L lane, M message);
    }

    /**
     * A message that has been delivered here and not settled.
     *
     * @param number by which those of one queue are in order
     * @param weight in bytes
     * @param fresh whether it was never released from here
     * @param fragile whether it had better not be held when the connection is lost once more
     */
    record Kept<M>(long number, M message, int weight, boolean fresh, boolean fragile) {}

    private enum Phase {
        /** Nothing is consumed, and there is no lane. */
        RESTING,
        /** The broker is asked for a consumer, or another one. */
        STARTING,
        CONSUMING,
        /** The broker is asked to end the consumer. */
        CANCELLING,
        PAUSED,
        ENDED
    }

    private enum Reason {
        OTHERS_CONSUME,
        AGE,
        LIMIT,
        FRAGILE,
        NO_LANES
    }

    /** How much a lane has and may have. */
    private static final class Room {
        private final int step;
        private int capacity;
        private int load;
        private boolean muted;
        private long lastTurn;

        Room(int capacity) {
            this.capacity = capacity;
            step = capacity;
        }

        boolean isFree() {
            return !muted && load < capacity;
        }
    }

    private final Matching<M, L> matching;
    private final int window;
    private final int limit;
    private final long maxWeight;
    private final DoubleSupplier random;

    private final Map<L, Room> lanes = new LinkedHashMap<>();
    private final NavigableMap<Long, Kept<M>> held = new TreeMap<>();
    private final NavigableMap<Long, Kept<M>> wanted = new TreeMap<>();
    private final ArrayDeque<Consumer<Effects<M, L>>> effects = new ArrayDeque<>();

    private Phase phase = Phase.RESTING;
    private Reason reason = Reason.NO_LANES;
    private long lastNumber;
    private long turns;
    /** Of what is held and wanted. */
    private long weight;
    /** The numbers of messages with lanes. */
    private final NavigableSet<Long> given = new TreeSet<>();
    /** How much may be unsettled before the broker may have stopped. */
    private int granted;
    /** The same of the consumer before. */
    private int grantedBefore;
    /** Messages given since the last start. */
    private long found;

    private int fruitless;
    private boolean fragile;
    private boolean resumeAtOnce;
    private boolean connected = true;

    private long heldSince;
    private long resumeAt;
    private long lookAfter;
    private long lookInterval;
    private long lookNumber;
    private boolean looking;
    private long fewestReady;
    private long othersUntil = Long.MIN_VALUE;

    /**
     * For one queue.
     *
     * @param window how many messages are fetched beyond those that are here
     * @param limit how many may be held and wanted
     * @param maxWeight and how heavy they may be, in bytes
     * @param random from 0 to 1, so that several such machines do not move in step
     */
    DispatchMachine(Matching<M, L> matching, int window, int limit, long maxWeight, DoubleSupplier random) {
        this.matching = matching;
        this.window = window;
        this.limit = limit;
        this.maxWeight = maxWeight;
        this.random = random;
    }

    /** The next thing to do; null if there is none. It may be done at any later time, but in this order. */
    @Nullable
    Consumer<Effects<M, L>> takeEffects() {
        return effects.poll();
    }

    /** When {@link #tick} is due. */
    long dueAt() {
        if (!connected) {
            return Long.MAX_VALUE;
        }
        return switch (phase) {
            case CONSUMING -> held.isEmpty() || looking ? Long.MAX_VALUE : Math.max(lookAfter, holdUntil());
            case PAUSED -> looking ? resumeAt : Math.min(resumeAt, lookAfter);
            default -> Long.MAX_VALUE;
        };
    }

    /** How many messages are held and wanted. */
    int kept() {
        return held.size() + wanted.size();
    }

    /** Whether nothing is consumed or kept. */
    boolean isResting() {
        return phase == Phase.RESTING || phase == Phase.ENDED;
    }

    /** A consumer wants messages, and this many at a time. */
    void attach(L lane, int capacity, long now) {
        if (phase == Phase.ENDED) {
            return;
        }
        lanes.put(lane, new Room(capacity));
        matching.add(lane);
        fruitless = 0;
        reconsider(lane);
        demand();
        check(now);
    }

    /** A consumer wants no more, and will be {@linkplain #detach detached}. */
    void mute(L lane, long now) {
        Room room = lanes.get(lane);
        if (room == null || room.muted) {
            return;
        }
        room.muted = true;
        matching.remove(lane);
        for (Iterator<Kept<M>> each = wanted.values().iterator(); each.hasNext(); ) {
            Kept<M> message = each.next();
            if (matching.lanesFor(message.message).isEmpty()) {
                each.remove();
                weight -= message.weight;
                hold(message, now);
            }
        }
    }

    /**
     * A consumer is gone.
     *
     * @param unseen what it was given and no program has seen
     */
    void detach(L lane, List<Kept<M>> unseen, long now) {
        mute(lane, now);
        lanes.remove(lane);
        if (phase == Phase.ENDED) {
            return;
        }
        for (Kept<M> message : unseen) {
            given.remove(message.number);
            offer(message, now);
        }
        if (lanes.isEmpty()) {
            rest();
        } else if (phase == Phase.PAUSED) {
            release(false);
        }
        check(now);
    }

    private void rest() {
        switch (phase) {
            case CONSUMING -> sweep(Reason.NO_LANES);
            case PAUSED, RESTING -> {
                phase = Phase.RESTING;
                release(true);
                effects.add(Effects::rest);
            }
            default -> {
                // What the broker answers next comes here again.
            }
        }
    }

    /** A lane has settled a message that it was given; it may be detached by now. */
    void settled(L lane, Kept<M> message, long now) {
        given.remove(message.number);
        Room room = lanes.get(lane);
        if (room != null) {
            room.load--;
            refill(lane, room);
        }
        check(now);
    }

    /** A lane's program has all that it may have, and settles nothing before it gets more. */
    void widen(L lane, long now) {
        Room room = lanes.get(lane);
        if (room != null) {
            room.capacity += room.step;
            refill(lane, room);
        }
        check(now);
    }

    /** Somebody looks for a message now: what is ready is to come. */
    void demand() {
        switch (phase) {
            case RESTING, PAUSED -> start();
            case CANCELLING -> resumeAtOnce = true;
            default -> {
                // It comes.
            }
        }
    }

    private void start() {
        if (lanes.isEmpty()) {
            return;
        }
        resumeAtOnce = false;
        fragile = false;
        if (!connected) {
            enter(Phase.PAUSED);
            return;
        }
        enter(Phase.STARTING);
        found = 0;
        int prefetch = grant();
        effects.add(it -> it.consume(prefetch));
    }

    /** What is here counts against the prefetch on brokers that count for each channel. */
    private int grant() {
        grantedBefore = granted;
        granted = Math.min(MAX_PREFETCH, given.size() + kept() + window);
        return granted;
    }

    private void enter(Phase next) {
        phase = next;
        looking = false;
    }

    /** The broker has accepted the consumer. */
    void started(long now) {
        if (phase != Phase.STARTING) {
            return;
        }
        enter(Phase.CONSUMING);
        if (lanes.isEmpty()) {
            sweep(Reason.NO_LANES);
        } else {
            check(now);
        }
    }

    /** A message has been delivered. */
    void arrived(M message, int messageWeight, boolean fresh, boolean isFragile, long now) {
        if (phase == Phase.ENDED) {
            return;
        }
        offer(new Kept<>(++lastNumber, message, messageWeight, fresh, isFragile), now);
        if (phase == Phase.PAUSED || phase == Phase.RESTING) {
            release(phase == Phase.RESTING);
        }
        check(now);
    }

    private void offer(Kept<M> message, long now) {
        List<L> candidates = matching.lanesFor(message.message);
        L best = null;
        Room most = null;
        for (L lane : candidates) {
            Room room = lanes.get(lane);
            if (room != null && room.isFree() && (most == null || isBetter(room, most))) {
                best = lane;
                most = room;
            }
        }
        if (best != null && most != null) {
            give(best, most, message);
        } else if (candidates.isEmpty()) {
            hold(message, now);
        } else {
            want(message);
        }
    }

    private static boolean isBetter(Room room, Room other) {
        return room.load < other.load || (room.load == other.load && room.lastTurn < other.lastTurn);
    }

    private void give(L lane, Room room, Kept<M> message) {
        room.load++;
        room.lastTurn = ++turns;
        given.add(message.number);
        found++;
        effects.add(it -> it.give(lane, message));
    }

    private void want(Kept<M> message) {
        wanted.put(message.number, message);
        weight += message.weight;
    }

    private void hold(Kept<M> message, long now) {
        if (held.isEmpty()) {
            heldSince = now;
            lookAfter = now;
            lookInterval = SHORTEST_HOLD;
        }
        held.put(message.number, message);
        weight += message.weight;
        fragile |= message.fragile;
        if (message.fresh) {
            fruitless = 0;
        }
    }

    /** Gives a lane what it matches of all that is here, oldest first. */
    private void reconsider(L lane) {
        List<Kept<M>> matches = Stream.concat(held.values().stream(), wanted.values().stream())
                .filter(it -> matching.matches(lane, it.message))
                .sorted(Comparator.comparingLong(Kept::number))
                .toList();
        for (Kept<M> message : matches) {
            held.remove(message.number);
            wanted.remove(message.number);
            weight -= message.weight;
            Room room = lanes.get(lane);
            if (room != null && room.isFree()) {
                give(lane, room, message);
            } else {
                want(message);
            }
        }
    }

    private void refill(L lane, Room room) {
        for (Iterator<Kept<M>> each = wanted.values().iterator(); room.isFree() && each.hasNext(); ) {
            Kept<M> message = each.next();
            if (matching.matches(lane, message.message)) {
                each.remove();
                weight -= message.weight;
                give(lane, room, message);
            }
        }
    }

    /** Whether what is kept stands in the way of what may come. */
    private void check(long now) {
        if (phase != Phase.CONSUMING || !connected) {
            return;
        }
        boolean isFull = kept() >= limit || weight >= maxWeight;
        if (fragile) {
            sweep(Reason.FRAGILE);
        } else if (isFull
                ? isSomeLaneFree()
                : given.size() + kept() >= granted && granted < MAX_PREFETCH && isSomeLaneFree()) {
            if (isFull) {
                int count = kept();
                effects.add(it -> it.limitReached(count));
                sweep(Reason.LIMIT);
            } else {
                enter(Phase.STARTING);
                int prefetch = grant();
                effects.add(it -> it.replace(prefetch));
            }
        } else if (!held.isEmpty() && now >= heldSince + LONGEST_HOLD) {
            sweep(Reason.AGE);
        }
    }

    private boolean isSomeLaneFree() {
        return lanes.values().stream().anyMatch(Room::isFree);
    }

    private void sweep(Reason why) {
        reason = why;
        enter(Phase.CANCELLING);
        effects.add(Effects::cancel);
    }

    /** The consumer has ended as it was asked to. */
    void cancelled(long now) {
        if (phase != Phase.CANCELLING) {
            return;
        }
        if (lanes.isEmpty()) {
            enter(Phase.RESTING);
            release(true);
            effects.add(Effects::rest);
            return;
        }
        int released = kept();
        release(reason == Reason.LIMIT || reason == Reason.NO_LANES);
        if (reason == Reason.NO_LANES || resumeAtOnce) {
            start();
            return;
        }
        enter(Phase.PAUSED);
        fruitless = found > 0 ? 0 : Math.min(fruitless + 1, MAX_DOUBLINGS);
        long pause = pause(released);
        resumeAt = now + pause;
        fewestReady = Long.MAX_VALUE;
        lookInterval = reason == Reason.FRAGILE || reason == Reason.LIMIT
                ? SHORTEST_PAUSE_AT_LIMIT
                : Math.max(SHORTEST_HOLD, Math.min(LONGEST_LOOK_INTERVAL_IN_PAUSE, pause / 8));
        lookAfter = now;
    }

    private void release(boolean wantedToo) {
        List<Kept<M>> all = Stream.concat(
                        held.values().stream(), wantedToo ? wanted.values().stream() : Stream.<Kept<M>>empty())
                .sorted(Comparator.comparingLong(Kept::number))
                .toList();
        held.clear();
        if (wantedToo) {
            wanted.clear();
        }
        if (!all.isEmpty()) {
            all.forEach(it -> weight -= it.weight);
            long oldestOther = Math.min(oldest(given), oldest(wanted.navigableKeySet()));
            int together =
                    (int) all.stream().filter(it -> it.number < oldestOther).count();
            effects.add(it -> it.release(all.subList(0, together), all.subList(together, all.size())));
        }
    }

    private static long oldest(NavigableSet<Long> numbers) {
        return numbers.isEmpty() ? Long.MAX_VALUE : numbers.first();
    }

    /** What a held message costs, when it goes back and comes again, sets the pace. */
    private static long unit(int messages) {
        return SHORTEST_HOLD + messages / HELD_PER_MILLI;
    }

    private long holdUntil() {
        long shared = heldSince + Math.min(LONGEST_SHARED_HOLD, unit(held.size()) << fruitless);
        return Math.min(shared, heldSince + LONGEST_HOLD);
    }

    private long pause(int released) {
        long doubled = unit(released) << fruitless;
        long pause = switch (reason) {
            case AGE -> Math.max(SHORTEST_PAUSE_ALONE, unit(released));
            case LIMIT -> Math.max(SHORTEST_PAUSE_AT_LIMIT, doubled);
            case FRAGILE -> LONGEST_PAUSE;
            default -> doubled;
        };
        return (long) (Math.min(LONGEST_PAUSE, pause) * (0.75 + random.getAsDouble() / 2));
    }

    /** Some time has passed. */
    void tick(long now) {
        check(now);
        if (now < dueAt() || !connected) {
            return;
        }
        if (phase == Phase.PAUSED && now >= resumeAt) {
            start();
        } else if (phase == Phase.CONSUMING && now < othersUntil) {
            sweep(Reason.OTHERS_CONSUME);
        } else if (phase == Phase.PAUSED || phase == Phase.CONSUMING) {
            looking = true;
            long number = ++lookNumber;
            effects.add(it -> it.look(number));
        }
    }

    /**
     * The broker has counted.
     *
     * @param number of the look that it answers; an answer that comes too late is ignored
     * @param ready messages that wait in the queue
     * @param consumers all that the queue has, of whatever connection
     */
    void counted(long number, long ready, long consumers, long now) {
        if (!looking || number != lookNumber) {
            return;
        }
        looking = false;
        lookAfter = now + lookInterval;
        if (consumers > (phase == Phase.CONSUMING ? 1 : 0)) {
            othersUntil = now + OTHERS_REMEMBERED;
        }
        if (phase == Phase.PAUSED) {
            // Behind the limit what is new is not seen.
            if (ready > fewestReady && reason != Reason.LIMIT) {
                start();
            }
            fewestReady = Math.min(fewestReady, ready);
        } else if (now < othersUntil && !held.isEmpty()) {
            sweep(Reason.OTHERS_CONSUME);
        } else {
            lookInterval = Math.min(LONGEST_LOOK_INTERVAL, lookInterval * 2);
        }
    }

    /**
     * The connection is lost and will come back: the broker gives everything that was here to somebody again, and a consumer
     * that there is starts again by itself.
     */
    void lost() {
        if (phase == Phase.ENDED) {
            return;
        }
        connected = false;
        looking = false;
        fragile = false;
        held.clear();
        wanted.clear();
        given.clear();
        weight = 0;
        lanes.values().forEach(it -> it.load = 0);
    }

    /** The connection is there again. */
    void restored(long now) {
        connected = true;
        if (phase == Phase.PAUSED) {
            start();
        }
        check(now);
    }

    /**
     * The consumer that was asked for was lost with the connection before the broker answered.
     *
     * @param replaced whether there is one that it was to replace
     */
    void notStarted(boolean replaced, long now) {
        if (phase != Phase.STARTING) {
            return;
        }
        enter(replaced ? Phase.CONSUMING : Phase.PAUSED);
        granted = grantedBefore;
        if (lanes.isEmpty()) {
            rest();
        } else if (connected) {
            restored(now);
        }
    }

    /** The channel has ended: the broker has everything back. */
    void ended() {
        phase = Phase.ENDED;
        held.clear();
        wanted.clear();
        lanes.clear();
        weight = 0;
        given.clear();
    }
}
