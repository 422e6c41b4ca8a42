package dev.leveret.amqp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.BindingSpec.DestinationType;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.QueueType;
import dev.leveret.amqp.api.TopologyEntity;
import dev.leveret.amqp.machine.Deadlines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@link TopologyRecorder} against a broker with one connection: it knows exactly what is there, whatever happens. */
class TopologyRecorderModelTest {

    private static final int SEEDS = 2_000;

    /** Slow and plain: everything is found by looking at everything. */
    private static final class Broker {

        private static final class Queue {
            QueueSpec spec;
            long lastUse;
            final Set<String> consumers = new HashSet<>();

            Queue(QueueSpec spec, long now) {
                this.spec = spec;
                lastUse = now;
            }
        }

        final Map<String, ExchangeSpec> exchanges = new LinkedHashMap<>();
        final Map<String, Queue> queues = new LinkedHashMap<>();
        final Set<BindingSpec> bindings = new LinkedHashSet<>();
        final Set<String> hadBinding = new HashSet<>();

        boolean bind(BindingSpec spec) {
            boolean leads = spec.destinationType() == DestinationType.QUEUE
                    ? queues.containsKey(spec.destination())
                    : exchanges.containsKey(spec.destination());
            if (!leads || !exchanges.containsKey(spec.source())) {
                return false;
            }
            hadBinding.add(spec.source());
            bindings.add(spec);
            return true;
        }

        /** Removes what cannot be, until all that is left can. */
        void settle() {
            boolean changed = true;
            while (changed) {
                changed = bindings.removeIf(it -> !exchanges.containsKey(it.source())
                        || !(it.destinationType() == DestinationType.QUEUE ? queues : exchanges)
                                .containsKey(it.destination()));
                changed |= exchanges
                        .values()
                        .removeIf(it -> it.autoDelete()
                                && hadBinding.contains(it.name())
                                && bindings.stream()
                                        .noneMatch(binding -> binding.source().equals(it.name())));
                hadBinding.retainAll(exchanges.keySet());
            }
        }

        void expire(long now) {
            queues.values()
                    .removeIf(it -> it.consumers.isEmpty()
                            && it.spec.arguments().get("x-expires") instanceof Long millis
                            && now - it.lastUse >= millis * 1_000_000);
            settle();
        }

        void cancel(String queue, String consumer) {
            Queue of = queues.get(queue);
            of.consumers.remove(consumer);
            if (of.consumers.isEmpty() && of.spec.autoDelete()) {
                queues.remove(queue);
                settle();
            }
        }

        Set<TopologyEntity> entities() {
            Set<TopologyEntity> all = new HashSet<>();
            exchanges.values().forEach(it -> all.add(new TopologyEntity.Exchange(it)));
            queues.forEach((name, it) -> all.add(new TopologyEntity.Queue(it.spec, name)));
            bindings.forEach(it -> all.add(new TopologyEntity.Binding(it)));
            return all;
        }
    }

    private Random random = new Random(0);
    private Deadlines deadlines = new Deadlines(0);
    private TopologyRecorder recorder = new TopologyRecorder(deadlines);
    private Broker broker = new Broker();
    /** Each consumer's queue by the name it had when the consumer was started. */
    private final Map<String, String> consumers = new HashMap<>();
    /** Any name that a queue of the broker has had, to its present one. */
    private final Map<String, String> names = new HashMap<>();

    private int serial;

    @Test
    void itKnowsWhatABrokerHas() {
        LongStream.concat(LongStream.range(0, SEEDS / 2), new Random().longs(SEEDS / 2))
                .forEach(this::run);
    }

    @Test
    void aHundredThousandShortLivedQueuesLeaveNothing() {
        for (int i = 0; i < 100_000; i++) {
            deadlines.advance(deadlines.now() + Duration.ofMinutes(5).toNanos());
            String name = "q" + i;
            QueueSpec spec = switch (i % 5) {
                case 0 -> QueueSpec.of(name).withExpires(Duration.ofDays(1));
                case 1 -> QueueSpec.of(name).withAutoDelete(true);
                case 2 -> QueueSpec.of("");
                default -> QueueSpec.of(name).withExpires(Duration.ofMinutes(10));
            };
            recorder.exchangeDeclared(ExchangeSpec.direct("x" + i).withAutoDelete(true));
            recorder.queueDeclared(spec, name);
            recorder.bound(BindingSpec.toQueue("x" + i, name, "k"));
            switch (i % 5) {
                case 0 -> recorder.queueDeleted(name);
                case 1 -> {
                    recorder.consumerStarted(i, name);
                    recorder.consumerEnded(i);
                }
                case 2 -> {
                    recorder.renamed(name, name + "'");
                    recorder.exchangeDeleted("x" + i);
                    recorder.queueGone(name);
                }
                default -> recorder.queueUsed(name);
            }
            assertThat(recorder.retained()).isLessThan(60);
        }
        deadlines.advance(deadlines.now() + Duration.ofMinutes(10).toNanos());
        assertThat(recorder.isEmpty()).isTrue();
        assertThat(recorder.retained()).isZero();
    }

    private void run(long seed) {
        random = new Random(seed);
        deadlines = new Deadlines(random.nextLong());
        recorder = new TopologyRecorder(deadlines);
        broker = new Broker();
        consumers.clear();
        names.clear();
        int length = 20 + random.nextInt(150);
        for (int step = 0; step < length; step++) {
            String did = step();
            assertThat(Set.copyOf(recorder.entities()))
                    .as("after %s, step %d of seed %d", did, step, seed)
                    .isEqualTo(broker.entities());
        }
        List.copyOf(broker.exchanges.keySet()).forEach(recorder::exchangeDeleted);
        List.copyOf(broker.queues.keySet()).forEach(recorder::queueDeleted);
        assertThat(recorder.retained()).as("left of seed %d", seed).isZero();
    }

    private String step() {
        String exchange = "x" + random.nextInt(6);
        String queue = anyQueue();
        String present = names.getOrDefault(queue, queue);
        switch (random.nextInt(14)) {
            case 0, 1 -> {
                ExchangeSpec spec = broker.exchanges.getOrDefault(
                        exchange, ExchangeSpec.topic(exchange).withAutoDelete(random.nextInt(3) > 0));
                broker.exchanges.put(exchange, spec);
                recorder.exchangeDeclared(spec);
                return "declaring " + exchange;
            }
            case 2, 3 -> {
                return declareQueue();
            }
            case 4, 5, 6 -> {
                BindingSpec asked = random.nextInt(3) == 0
                        ? BindingSpec.toExchange(exchange, "x" + random.nextInt(6), "k" + random.nextInt(2))
                        : BindingSpec.toQueue(exchange, queue, "k" + random.nextInt(2));
                if (broker.bind(present(asked))) {
                    recorder.bound(asked);
                }
                return "binding " + asked;
            }
            case 7 -> {
                List<BindingSpec> all = List.copyOf(broker.bindings);
                if (all.isEmpty()) {
                    return "nothing";
                }
                BindingSpec which = all.get(random.nextInt(all.size()));
                broker.bindings.remove(which);
                broker.settle();
                recorder.unbound(which);
                return "unbinding " + which;
            }
            case 8 -> {
                broker.exchanges.remove(exchange);
                broker.settle();
                recorder.exchangeDeleted(exchange);
                return "deleting " + exchange;
            }
            case 9 -> {
                broker.queues.remove(present);
                broker.settle();
                forgetLostNames();
                recorder.queueDeleted(queue);
                return "deleting " + queue;
            }
            case 10 -> {
                return consume(queue, present);
            }
            case 11 -> {
                return endConsumer();
            }
            case 12 -> {
                return use(queue, present);
            }
            default -> {
                return random.nextInt(3) == 0 ? rename() : passTime();
            }
        }
    }

    private String declareQueue() {
        boolean serverNamed = random.nextInt(4) == 0;
        String name = serverNamed ? "amq.gen-" + serial++ : "q" + random.nextInt(6);
        Broker.Queue there = broker.queues.get(name);
        if (there != null) {
            if (!isQuorum(there.spec)) {
                there.lastUse = deadlines.now();
            }
            recorder.queueDeclared(there.spec, name);
            return "declaring again " + name;
        }
        QueueSpec spec = QueueSpec.of(serverNamed ? "" : name);
        switch (random.nextInt(4)) {
            case 0 -> spec = spec.withAutoDelete(true);
            case 1 -> spec = spec.withExpires(Duration.ofSeconds(1 + random.nextInt(20)));
            case 2 -> spec = spec.withType(QueueType.QUORUM).withExpires(Duration.ofSeconds(1 + random.nextInt(20)));
            default -> {}
        }
        broker.queues.put(name, new Broker.Queue(spec, deadlines.now()));
        recorder.queueDeclared(spec, name);
        return "declaring " + name;
    }

    private String consume(String queue, String present) {
        Broker.Queue there = broker.queues.get(present);
        if (there == null) {
            return "nothing";
        }
        String consumer = "c" + serial++;
        there.consumers.add(consumer);
        consumers.put(consumer, present);
        recorder.consumerStarted(consumer, queue);
        return "consuming " + queue;
    }

    /** Maybe of a queue that was deleted before, or under a name that is another queue's by now. */
    private String endConsumer() {
        if (consumers.isEmpty()) {
            return "nothing";
        }
        String consumer = List.copyOf(consumers.keySet()).get(random.nextInt(consumers.size()));
        consumers.remove(consumer);
        for (String queue : List.copyOf(broker.queues.keySet())) {
            if (broker.queues.get(queue).consumers.contains(consumer)) {
                broker.cancel(queue, consumer);
                Broker.Queue there = broker.queues.get(queue);
                if (there != null && there.consumers.isEmpty()) {
                    there.lastUse = deadlines.now();
                }
            }
        }
        forgetLostNames();
        recorder.consumerEnded(consumer);
        assertThat(recorder.queueOf(consumer)).isNull();
        return "ending " + consumer;
    }

    private String use(String queue, String present) {
        Broker.Queue there = broker.queues.get(present);
        if (there == null) {
            return "nothing";
        }
        if (random.nextBoolean()) {
            there.lastUse = deadlines.now();
            recorder.queueUsed(queue);
            return "getting from " + queue;
        }
        if (!isQuorum(there.spec)) {
            there.lastUse = deadlines.now();
        }
        recorder.queueLookedUp(queue);
        return "looking up " + queue;
    }

    /** What a recovery does to a queue whose name the broker makes up. */
    private String rename() {
        List<String> candidates = broker.queues.keySet().stream()
                .filter(it -> it.startsWith("amq."))
                .toList();
        if (candidates.isEmpty()) {
            return "nothing";
        }
        String old = candidates.get(random.nextInt(candidates.size()));
        String fresh = "amq.gen-" + serial++;
        Broker.Queue queue = broker.queues.remove(old);
        queue.lastUse = deadlines.now();
        broker.queues.put(fresh, queue);
        for (BindingSpec binding : List.copyOf(broker.bindings)) {
            if (binding.destination().equals(old)) {
                broker.bindings.remove(binding);
                broker.bindings.add(BindingSpec.toQueue(binding.source(), fresh, binding.routingKey()));
            }
        }
        names.replaceAll((any, current) -> current.equals(old) ? fresh : current);
        names.put(old, fresh);
        if (random.nextBoolean()) {
            recorder.queueDeclared(queue.spec, fresh);
        }
        recorder.renamed(old, fresh);
        queue.consumers.forEach(it -> assertThat(recorder.queueOf(it)).isEqualTo(fresh));
        return "renaming " + old + " to " + fresh;
    }

    private String passTime() {
        long now = deadlines.now() + random.nextLong(Duration.ofSeconds(8).toNanos());
        deadlines.advance(now);
        broker.expire(now);
        forgetLostNames();
        return "passing time";
    }

    private void forgetLostNames() {
        names.values().retainAll(broker.queues.keySet());
    }

    private String anyQueue() {
        List<String> all = Stream.of(broker.queues.keySet(), names.keySet(), Set.of("q0", "q1"))
                .flatMap(Set::stream)
                .sorted()
                .toList();
        return new ArrayList<>(all).get(random.nextInt(all.size()));
    }

    private BindingSpec present(BindingSpec asked) {
        return asked.destinationType() == DestinationType.EXCHANGE
                ? asked
                : BindingSpec.toQueue(
                        asked.source(),
                        names.getOrDefault(asked.destination(), asked.destination()),
                        asked.routingKey());
    }

    private static boolean isQuorum(QueueSpec spec) {
        return "quorum".equals(spec.arguments().get("x-queue-type"));
    }
}
