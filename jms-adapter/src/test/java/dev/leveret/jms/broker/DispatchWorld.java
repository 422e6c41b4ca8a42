package dev.leveret.jms.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.jms.broker.DispatchMachine.Kept;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A queue, and clients with a {@link DispatchMachine} each, in simulated time: what a client tells the broker, and the broker
 * a client, arrives later, in order, when chance has it.
 */
final class DispatchWorld {

    static final int WINDOW = 4;

    final Random random;
    final List<Client> clients = new ArrayList<>();
    final List<Msg> messages = new ArrayList<>();
    final Set<Msg> acknowledged = new HashSet<>();

    private final boolean returnsToHead;
    private final int limit;
    /** As they will be delivered. */
    private final TreeMap<Long, Msg> ready = new TreeMap<>();
    /** Returned messages of a queue that serves them first, whatever their place was. */
    private final ArrayDeque<Msg> returned = new ArrayDeque<>();

    long now;

    DispatchWorld(long seed, boolean returnsToHead, int limit) {
        random = new Random(seed);
        this.returnsToHead = returnsToHead;
        this.limit = limit;
    }

    /** A message of one of some colours. */
    static final class Msg {
        final long id;
        final int colour;
        boolean redelivered;
        boolean given;

        Msg(long id, int colour) {
            this.id = id;
            this.colour = colour;
        }

        @Override
        public String toString() {
            return id + ":" + colour;
        }
    }

    /** One delivery of it. */
    record Delivered(Msg message, long tag, int consumer, boolean first) {}

    /** A consumer that wants some colours. */
    static final class Lane {
        final Set<Integer> colours;
        final ArrayDeque<Kept<Delivered>> inbox = new ArrayDeque<>();
        final ArrayDeque<Kept<Delivered>> unsettled = new ArrayDeque<>();
        int capacity;
        boolean closed;
        long lastInOrder = -1;

        Lane(Set<Integer> colours, int capacity) {
            this.colours = colours;
            this.capacity = capacity;
        }
    }

    void publish(int colour) {
        Msg message = new Msg(messages.size(), colour);
        messages.add(message);
        ready.put(message.id, message);
        deliver();
    }

    int readyCount() {
        return ready.size() + returned.size();
    }

    List<Msg> onQueue() {
        List<Msg> all = new ArrayList<>(returned);
        all.addAll(ready.values());
        return all;
    }

    private void giveBack(Msg message) {
        message.redelivered = true;
        if (returnsToHead) {
            returned.add(message);
        } else {
            ready.put(message.id, message);
        }
    }

    private void deliver() {
        while (readyCount() > 0) {
            List<Runnable> takers = new ArrayList<>();
            for (Client client : clients) {
                client.consumers.forEach((consumer, credit) -> {
                    if (credit[1] < credit[0]) {
                        takers.add(() -> client.deliver(consumer, next()));
                    }
                });
            }
            if (takers.isEmpty()) {
                return;
            }
            takers.get(random.nextInt(takers.size())).run();
        }
    }

    private Msg next() {
        return returned.isEmpty() ? ready.pollFirstEntry().getValue() : returned.poll();
    }

    Client connect() {
        Client client = new Client();
        clients.add(client);
        return client;
    }

    /** Lets something happen that is under way; false if nothing is. */
    boolean step() {
        List<ArrayDeque<Runnable>> lines = new ArrayList<>();
        for (Client client : clients) {
            lines.add(client.toBroker);
            lines.add(client.toClient);
        }
        lines.removeIf(ArrayDeque::isEmpty);
        if (lines.isEmpty()) {
            return false;
        }
        lines.get(random.nextInt(lines.size())).poll().run();
        return true;
    }

    /** The next time at which a client has something to do. */
    long nextDue() {
        return clients.stream().mapToLong(it -> it.machine.dueAt()).min().orElse(Long.MAX_VALUE);
    }

    void advance(long millis) {
        now += millis;
        clients.forEach(it -> it.run(() -> it.machine.tick(now)));
    }

    /** One process with its connection. */
    final class Client implements DispatchMachine.Effects<Delivered, Lane>, DispatchMachine.Matching<Delivered, Lane> {

        final DispatchMachine<Delivered, Lane> machine =
                new DispatchMachine<>(this, WINDOW, limit, Long.MAX_VALUE, random::nextDouble);
        final List<Lane> lanes = new ArrayList<>();
        final ArrayDeque<Runnable> toBroker = new ArrayDeque<>();
        final ArrayDeque<Runnable> toClient = new ArrayDeque<>();

        /** The broker's side: prefetch and unsettled, by consumer. */
        private final Map<Integer, int[]> consumers = new HashMap<>();

        private final Map<Long, Delivered> unsettled = new LinkedHashMap<>();
        private final Set<Lane> matching = new HashSet<>();
        private final Set<Msg> released = new HashSet<>();
        private final Map<Integer, Integer> prefetches = new HashMap<>();
        private int lastConsumer;
        private long lastTag;

        /** What the AMQP client knows: which consumer runs, and what has been asked for and not answered. */
        private int running;

        private boolean starting;
        private boolean cancellingReplaced;
        private boolean cancelling;
        boolean connected = true;
        boolean rested = true;
        int limitsReached;

        void run(Runnable input) {
            input.run();
            Consumer<DispatchMachine.Effects<Delivered, Lane>> effect = machine.takeEffects();
            while (effect != null) {
                effect.accept(this);
                effect = machine.takeEffects();
            }
            // What the broker sends before it hears that it is enough may come on top.
            assertThat(machine.kept()).isLessThanOrEqualTo(2 * limit + 20 * WINDOW + 2 * outstanding());
        }

        private int outstanding() {
            return lanes.stream()
                    .mapToInt(it -> it.inbox.size() + it.unsettled.size())
                    .sum();
        }

        private void send(Runnable command) {
            toBroker.add(() -> {
                command.run();
                DispatchWorld.this.deliver();
            });
        }

        private void answer(Runnable event) {
            toClient.add(() -> run(event));
        }

        void deliver(int consumer, Msg message) {
            consumers.get(consumer)[1]++;
            Delivered delivered = new Delivered(message, ++lastTag, consumer, !message.redelivered);
            unsettled.put(delivered.tag, delivered);
            answer(() -> machine.arrived(delivered, 1, delivered.first || !released.contains(message), false, now));
        }

        private void settle(Delivered delivered) {
            assertThat(unsettled.remove(delivered.tag))
                    .as("%s settled twice", delivered)
                    .isNotNull();
            int[] credit = consumers.get(delivered.consumer);
            if (credit != null) {
                credit[1]--;
            }
        }

        @Override
        public void consume(int prefetch) {
            rested = false;
            start(prefetch, () -> machine.started(now));
        }

        @Override
        public void replace(int prefetch) {
            int before = running;
            start(prefetch, () -> {
                cancellingReplaced = true;
                send(() -> {
                    consumers.remove(before);
                    answer(() -> {
                        cancellingReplaced = false;
                        machine.started(now);
                    });
                });
            });
        }

        private void start(int prefetch, Runnable whenStarted) {
            assertThat(connected).as("consuming without a connection").isTrue();
            int consumer = ++lastConsumer;
            prefetches.put(consumer, prefetch);
            starting = true;
            send(() -> {
                consumers.put(consumer, new int[] {prefetch, 0});
                answer(() -> {
                    starting = false;
                    running = consumer;
                    whenStarted.run();
                });
            });
        }

        @Override
        public void cancel() {
            int consumer = running;
            running = 0;
            cancelling = true;
            Runnable cancelled = () -> {
                cancelling = false;
                machine.cancelled(now);
            };
            if (connected) {
                send(() -> {
                    assertThat(consumers.remove(consumer)).isNotNull();
                    answer(cancelled);
                });
            } else {
                answer(cancelled);
            }
        }

        @Override
        public void look(long number) {
            send(() -> {
                int count = readyCount();
                int all = clients.stream().mapToInt(it -> it.consumers.size()).sum();
                answer(() -> machine.counted(number, count, all, now));
            });
        }

        @Override
        public void give(Lane lane, Kept<Delivered> message) {
            Msg msg = message.message().message;
            assertThat(lane.colours)
                    .as("%s is given to who does not want it", msg)
                    .contains(msg.colour);
            assertThat(lane.closed).as("%s is given to who has closed", msg).isFalse();
            assertThat(lane.inbox.size() + lane.unsettled.size()).isLessThan(lane.capacity);
            if (message.message().first && !msg.given) {
                assertThat(msg.id).as("out of order").isGreaterThan(lane.lastInOrder);
                lane.lastInOrder = msg.id;
            }
            msg.given = true;
            lane.inbox.add(message);
        }

        @Override
        public void release(List<Kept<Delivered>> together, List<Kept<Delivered>> singly) {
            together.forEach(it -> released.add(it.message().message));
            singly.forEach(it -> released.add(it.message().message));
            List<Long> tags = together.stream().map(it -> it.message().tag).toList();
            send(() -> {
                if (!tags.isEmpty()) {
                    long last = tags.get(tags.size() - 1);
                    List<Delivered> covered = unsettled.values().stream()
                            .filter(it -> it.tag <= last)
                            .toList();
                    assertThat(covered).extracting(Delivered::tag).isEqualTo(tags);
                    covered.forEach(this::takeBack);
                }
                singly.forEach(it -> takeBack(it.message()));
            });
        }

        private void takeBack(Delivered delivered) {
            settle(delivered);
            DispatchWorld.this.giveBack(delivered.message);
        }

        @Override
        public void limitReached(int kept) {
            limitsReached++;
        }

        @Override
        public void rest() {
            rested = true;
        }

        @Override
        public void add(Lane lane) {
            matching.add(lane);
        }

        @Override
        public void remove(Lane lane) {
            matching.remove(lane);
        }

        @Override
        public List<Lane> lanesFor(Delivered message) {
            return lanes.stream()
                    .filter(it -> matching.contains(it) && matches(it, message))
                    .toList();
        }

        @Override
        public boolean matches(Lane lane, Delivered message) {
            return lane.colours.contains(message.message.colour);
        }

        Lane open(Set<Integer> colours, int capacity) {
            Lane lane = new Lane(colours, capacity);
            lanes.add(lane);
            run(() -> machine.attach(lane, capacity, now));
            return lane;
        }

        /** The program takes the next message and keeps it unsettled. */
        void take(Lane lane) {
            Kept<Delivered> next = lane.inbox.poll();
            if (next != null) {
                lane.unsettled.add(next);
            } else if (lane.unsettled.size() >= lane.capacity && !lane.closed) {
                lane.capacity += WINDOW;
                run(() -> machine.widen(lane, now));
            }
        }

        /** The program settles the oldest that it has. */
        void settle(Lane lane, boolean acknowledge) {
            Kept<Delivered> oldest = lane.unsettled.poll();
            if (oldest == null) {
                return;
            }
            Delivered delivered = oldest.message();
            send(() -> {
                if (acknowledge) {
                    settle(delivered);
                    assertThat(lane.colours).contains(delivered.message.colour);
                    assertThat(acknowledged.add(delivered.message)).isTrue();
                } else {
                    takeBack(delivered);
                }
            });
            run(() -> machine.settled(lane, oldest, now));
        }

        void close(Lane lane) {
            if (!lane.closed) {
                lane.closed = true;
                List<Kept<Delivered>> unseen = List.copyOf(lane.inbox);
                lane.inbox.clear();
                run(() -> machine.detach(lane, unseen, now));
            }
        }

        /** The process is killed: the broker gets everything back. */
        void die() {
            clients.remove(this);
            disconnect();
            DispatchWorld.this.deliver();
        }

        private void disconnect() {
            toClient.clear();
            toBroker.clear();
            consumers.clear();
            List.copyOf(unsettled.values()).forEach(it -> {
                unsettled.remove(it.tag);
                DispatchWorld.this.giveBack(it.message);
            });
        }

        /** The connection is lost: the broker gets everything back, and what was not answered fails. */
        void lose() {
            connected = false;
            disconnect();
            for (Lane lane : lanes) {
                lane.inbox.clear();
                lane.unsettled.clear();
            }
            run(machine::lost);
            if (starting) {
                starting = false;
                run(() -> machine.notStarted(running != 0, now));
            }
            if (cancellingReplaced) {
                cancellingReplaced = false;
                run(() -> machine.started(now));
            }
            if (cancelling) {
                cancelling = false;
                run(() -> machine.cancelled(now));
            }
            DispatchWorld.this.deliver();
        }

        /** It is there again, with the consumer that was running. */
        void reconnect() {
            connected = true;
            if (running != 0) {
                consumers.put(running, new int[] {prefetches.get(running), 0});
            }
            run(() -> machine.restored(now));
            DispatchWorld.this.deliver();
        }

        boolean hasUnsettled() {
            return !unsettled.isEmpty();
        }
    }
}
