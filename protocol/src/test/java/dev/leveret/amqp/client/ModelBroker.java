package dev.leveret.amqp.client;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.BindingSpec.DestinationType;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.Received;
import dev.leveret.amqp.testing.SimulatedLoop;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConfirmMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.ExchangeMethod;
import dev.leveret.amqp.wire.Method;
import dev.leveret.amqp.wire.QueueMethod;
import dev.leveret.amqp.wire.TxMethod;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A broker in memory that speaks in frames: what there is, who holds it, and sessions whose channels answer one request
 * after the other, each when it likes. A connection that is gone it gives up only some time later, as brokers do. What a
 * correct client never sends fails the test.
 */
final class ModelBroker {

    /** A queue is there as long as nobody deletes it. */
    static final class ModelQueue {
        final String name;
        final boolean durable;
        final @Nullable Session owner;
        final List<ModelConsumer> consumers = new ArrayList<>();
        /** Somebody else's consumer wants the queue for itself until then. */
        long heldUntil;

        ModelQueue(String name, boolean durable, @Nullable Session owner, long now) {
            this.name = name;
            this.durable = durable;
            this.owner = owner;
            this.heldUntil = now;
        }
    }

    record ModelConsumer(Session session, int channel, String tag, String queue, int prefetch, boolean exclusive) {}

    /** A message that a client has published, and whether it was taken. */
    record Arrival(Received message, boolean taken) {}

    /** For how long something is refused, and how. */
    private record Trouble(int code, long until) {}

    /** What closes a channel. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;
        final int code;

        Refused(int code, String text) {
            super(text);
            this.code = code;
        }
    }

    final Map<String, Boolean> exchanges = new LinkedHashMap<>();
    final Map<String, ModelQueue> queues = new LinkedHashMap<>();
    final Set<BindingSpec> bindings = new HashSet<>();
    /** Queues that others have deleted and nobody has declared since. */
    final Set<String> deletedByOthers = new HashSet<>();
    /** Those that were deleted ever: a declaration that came late may have brought one back without its bindings. */
    final Set<String> everDeleted = new HashSet<>();

    final List<Session> sessions = new ArrayList<>();
    /** Every message that has come. */
    final List<Arrival> arrivals = new ArrayList<>();

    private final Map<String, Trouble> troubles = new HashMap<>();
    private final SimulatedLoop loop;
    private final Random random;
    private int namesMadeUp;
    /** The longest that anything takes, in milliseconds. */
    private int slowness;
    /** How many of a thousand things take a hundred times as long. */
    private int stalls;

    ModelBroker(SimulatedLoop loop, Random random) {
        this.loop = loop;
        this.random = random;
    }

    // ---- what tests do --------------------------------------------------------------------------------------------

    void slowness(int millis, int stallsPerThousand) {
        slowness = millis;
        stalls = stallsPerThousand;
    }

    /** A connection is there. */
    void accept(Wire wire) {
        sessions.add(new Session(wire));
    }

    /** Takes what clients have said. */
    void hear() {
        List.copyOf(sessions).forEach(Session::hear);
    }

    /** The connection that is open. */
    Session session() {
        return sessions.stream()
                .filter(it -> it.open)
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    /** Loses every connection. */
    void cut() {
        List.copyOf(sessions).forEach(it -> it.wire.cut());
    }

    /** Closes every connection that is open, as a node does that shuts down. */
    void shutDown() {
        sessions.stream()
                .filter(it -> it.open)
                .forEach(it -> it.say(0, new ConnectionMethod.Close(320, "CONNECTION_FORCED - shutdown", 0, 0)));
    }

    /** Refuses everything about an exchange or queue for so long. */
    void refuse(String name, int code, Duration howLong) {
        troubles.put(name, new Trouble(code, loop.nanoTime() + howLong.toNanos()));
    }

    /** Has somebody else's consumer have a queue for itself for so long. */
    void hold(String queue, Duration howLong) {
        ModelQueue held = queues.get(queue);
        if (held != null) {
            held.heldUntil = loop.nanoTime() + howLong.toNanos();
        }
    }

    /** Deletes a queue; its consumers are cancelled. */
    void delete(String name) {
        ModelQueue queue = queues.remove(name);
        if (queue != null) {
            bindings.removeIf(it -> isTo(it, name));
            queue.consumers.forEach(it -> it.session.cancel(it));
            deletedByOthers.add(name);
            everDeleted.add(name);
        }
    }

    void declareQueue(String name, boolean durable, @Nullable Session owner) {
        deletedByOthers.remove(name);
        queues.putIfAbsent(name, new ModelQueue(name, durable, owner, loop.nanoTime()));
    }

    /** Forgets what is not durable. Its connections are gone before. */
    void restart() {
        List.copyOf(sessions).forEach(Session::noticeLoss);
        exchanges.values().removeIf(durable -> !durable);
        queues.values().removeIf(it -> !it.durable);
        bindings.removeIf(it -> !exchanges.containsKey(it.source())
                || !(it.destinationType() == DestinationType.QUEUE ? queues : exchanges).containsKey(it.destination()));
    }

    /** Delivers a message to one of the consumers. */
    void deliverSomething() {
        List<ModelConsumer> all =
                queues.values().stream().flatMap(it -> it.consumers.stream()).toList();
        if (!all.isEmpty()) {
            ModelConsumer one = all.get(random.nextInt(all.size()));
            one.session.deliver(one);
        }
    }

    private static boolean isTo(BindingSpec binding, String queue) {
        return binding.destinationType() == DestinationType.QUEUE
                && binding.destination().equals(queue);
    }

    /** Things that happen later, in their order. */
    private final class Pipe {
        private final Queue<Runnable> waiting = new ArrayDeque<>();
        private long last = loop.nanoTime();

        void put(Runnable what) {
            int longest = slowness * (random.nextInt(1000) < stalls ? 100 : 1);
            long at = loop.nanoTime()
                    + Duration.ofMillis(random.nextInt(longest + 1)).toNanos();
            last = at - last < 0 ? last : at;
            waiting.add(what);
            loop.later(
                    Duration.ofNanos(last - loop.nanoTime()),
                    () -> waiting.remove().run());
        }
    }

    /** What the broker knows of a channel. */
    static final class ModelChannel {
        boolean transactional;
        boolean confirming;
        long lastPublished;
        int prefetch;
        int sharedPrefetch;
        long lastTag;
        boolean closing;
        final Map<String, ModelConsumer> consumers = new TreeMap<>();
        final TreeSet<Long> unsettled = new TreeSet<>();
    }

    /** One connection. */
    final class Session {

        private final Wire wire;
        final Map<Integer, ModelChannel> channels = new TreeMap<>();
        private final Map<Integer, Pipe> inboxes = new HashMap<>();
        private final Pipe outbox = new Pipe();
        private final Pipe confirms = new Pipe();
        /** The channels that both sides have closed at once: the answer to the broker's close is still to come. */
        private final Set<Integer> crossed = new HashSet<>();

        private boolean greeted;
        private boolean open;
        private boolean leaving;
        private boolean over;

        private Session(Wire wire) {
            this.wire = wire;
        }

        /** Takes what the client has written. */
        void hear() {
            List<Received> heard = wire.hear();
            if (wire.isGreeted() && !greeted) {
                greeted = true;
                say(0, FakeBroker.START);
            }
            for (Received it : heard) {
                inboxes.computeIfAbsent(it.channel(), number -> new Pipe()).put(() -> process(it));
            }
            if (wire.isClosed() && !leaving) {
                leaving = true;
                loop.later(Duration.ofMillis(random.nextInt(10 * slowness + 1)), this::noticeLoss);
            }
        }

        void say(int channel, Method method) {
            outbox.put(() -> wire.say(channel, method));
        }

        /** Gives up a connection that is gone, and what belonged to it. */
        void noticeLoss() {
            if (over) {
                return;
            }
            over = true;
            sessions.remove(this);
            channels.values().forEach(this::release);
            queues.values().stream()
                    .filter(it -> it.owner == this)
                    .map(it -> it.name)
                    .toList()
                    .forEach(name -> {
                        queues.remove(name);
                        bindings.removeIf(it -> isTo(it, name));
                    });
        }

        private void release(ModelChannel channel) {
            channel.consumers.values().forEach(it -> {
                ModelQueue queue = queues.get(it.queue());
                if (queue != null) {
                    queue.consumers.remove(it);
                }
            });
            channel.consumers.clear();
        }

        private void cancel(ModelConsumer consumer) {
            ModelChannel channel = channels.get(consumer.channel());
            if (channel != null && channel.consumers.remove(consumer.tag(), consumer)) {
                say(consumer.channel(), new BasicMethod.Cancel(consumer.tag(), true));
            }
        }

        private void deliver(ModelConsumer consumer) {
            ModelChannel channel = channels.get(consumer.channel());
            if (channel == null || channel.closing || channel.unsettled.size() >= 10) {
                return;
            }
            long tag = ++channel.lastTag;
            channel.unsettled.add(tag);
            outbox.put(() -> wire.say(
                    consumer.channel(),
                    new BasicMethod.Deliver(consumer.tag(), tag, false, "", consumer.queue()),
                    BasicProperties.EMPTY,
                    consumer.queue().getBytes(StandardCharsets.UTF_8)));
        }

        private void process(Received received) {
            int number = received.channel();
            Method method = received.method();
            if (over) {
                return;
            }
            if (number == 0) {
                processOfConnection(method);
                return;
            }
            ModelChannel channel = channels.get(number);
            if (method instanceof ChannelMethod.Open) {
                require(channel == null, "channel " + number + " is opened twice");
                channels.put(number, new ModelChannel());
                say(number, new ChannelMethod.OpenOk());
            } else if (method instanceof ChannelMethod.CloseOk && crossed.remove(number)) {
                require(channel == null, "the answer to a close comes late");
            } else if (channel == null) {
                throw new AssertionError(received + " on a channel that is not open");
            } else if (method instanceof ChannelMethod.CloseOk) {
                channels.remove(number);
            } else if (method instanceof ChannelMethod.Close) {
                if (channel.closing) {
                    crossed.add(number);
                }
                release(channel);
                channels.remove(number);
                say(number, new ChannelMethod.CloseOk());
            } else if (!channel.closing) {
                try {
                    serve(number, channel, received);
                } catch (Refused e) {
                    channel.closing = true;
                    release(channel);
                    say(
                            number,
                            new ChannelMethod.Close(
                                    e.code, String.valueOf(e.getMessage()), method.id() >>> 16, method.id() & 0xFFFF));
                }
            }
        }

        private void processOfConnection(Method method) {
            if (method instanceof ConnectionMethod.StartOk) {
                say(0, FakeBroker.TUNE);
            } else if (method instanceof ConnectionMethod.Open) {
                open = true;
                say(0, new ConnectionMethod.OpenOk());
            } else if (method instanceof ConnectionMethod.Close) {
                say(0, new ConnectionMethod.CloseOk());
                noticeLoss();
            } else if (method instanceof ConnectionMethod.CloseOk) {
                wire.close();
                noticeLoss();
            }
        }

        private void serve(int number, ModelChannel channel, Received received) {
            Method method = received.method();
            if (method instanceof ExchangeMethod.Declare declare) {
                trouble(declare.exchange());
                exchanges.put(declare.exchange(), declare.durable());
                say(number, new ExchangeMethod.DeclareOk());
            } else if (method instanceof QueueMethod.Declare declare) {
                say(number, new QueueMethod.DeclareOk(declare(declare), 0, 0));
            } else if (method instanceof QueueMethod.Bind bind) {
                exchange(bind.exchange());
                queue(bind.queue());
                bindings.add(BindingSpec.toQueue(bind.exchange(), bind.queue(), bind.routingKey()));
                say(number, new QueueMethod.BindOk());
            } else if (method instanceof ExchangeMethod.Bind bind) {
                exchange(bind.source());
                exchange(bind.destination());
                bindings.add(BindingSpec.toExchange(bind.source(), bind.destination(), bind.routingKey()));
                say(number, new ExchangeMethod.BindOk());
            } else if (method instanceof BasicMethod.Qos qos) {
                // RabbitMQ lifts the channel's bound when a consumer's is set.
                channel.prefetch = qos.global() ? channel.prefetch : qos.prefetchCount();
                channel.sharedPrefetch = qos.global() ? qos.prefetchCount() : 0;
                say(number, new BasicMethod.QosOk());
            } else if (method instanceof BasicMethod.Consume consume) {
                consume(number, channel, consume);
            } else if (method instanceof BasicMethod.Cancel cancel) {
                ModelConsumer consumer = channel.consumers.remove(cancel.consumerTag());
                if (consumer != null && queues.get(consumer.queue()) != null) {
                    queues.get(consumer.queue()).consumers.remove(consumer);
                }
                say(number, new BasicMethod.CancelOk(cancel.consumerTag()));
            } else if (method instanceof ConfirmMethod.Select) {
                channel.confirming = true;
                say(number, new ConfirmMethod.SelectOk());
            } else if (method instanceof BasicMethod.Publish) {
                require(channel.confirming, "published without confirms: " + received);
                publish(number, channel, received);
            } else if (method instanceof QueueMethod.Delete delete) {
                trouble(delete.queue());
                if (queues.containsKey(delete.queue())) {
                    queue(delete.queue());
                    ModelBroker.this.delete(delete.queue());
                }
                say(number, new QueueMethod.DeleteOk(0));
            } else if (method instanceof TxMethod.Select) {
                channel.transactional = true;
                say(number, new TxMethod.SelectOk());
            } else if (method instanceof BasicMethod.Ack ack) {
                require(channel.unsettled.contains(ack.deliveryTag()), "an ack that the broker does not know: " + ack);
                channel.unsettled
                        .headSet(ack.deliveryTag() + 1)
                        .removeIf(it -> ack.multiple() || it == ack.deliveryTag());
            } else if (method instanceof BasicMethod.Nack nack) {
                require(channel.unsettled.remove(nack.deliveryTag()), "a nack that the broker does not know: " + nack);
            } else {
                throw new AssertionError("what is this: " + method);
            }
        }

        /** Whether there is a queue for it or not: what counts is that it has come. Confirms come when they come. */
        private void publish(int number, ModelChannel channel, Received message) {
            long sequence = ++channel.lastPublished;
            boolean taken = random.nextInt(20) > 0;
            arrivals.add(new Arrival(message, taken));
            confirms.put(() -> {
                if (channels.get(number) == channel && !channel.closing) {
                    say(
                            number,
                            taken
                                    ? new BasicMethod.Ack(sequence, false)
                                    : new BasicMethod.Nack(sequence, false, false));
                }
            });
        }

        private String declare(QueueMethod.Declare declare) {
            if (declare.passive()) {
                return queue(declare.queue()).name;
            }
            String name = declare.queue().isEmpty() ? "amq.gen-" + ++namesMadeUp : declare.queue();
            trouble(name);
            if (queues.containsKey(name)) {
                return queue(name).name;
            }
            declareQueue(name, declare.durable(), declare.exclusive() ? this : null);
            return name;
        }

        private void consume(int number, ModelChannel channel, BasicMethod.Consume consume) {
            require(!channel.consumers.containsKey(consume.consumerTag()), "the tag is in use: " + consume);
            ModelQueue queue = queue(consume.queue());
            boolean held = queue.heldUntil - loop.nanoTime() > 0
                    || queue.consumers.stream().anyMatch(ModelConsumer::exclusive)
                    || (consume.exclusive() && !queue.consumers.isEmpty());
            if (held) {
                throw new Refused(403, "ACCESS_REFUSED - queue '" + queue.name + "' in exclusive use");
            }
            ModelConsumer consumer = new ModelConsumer(
                    this, number, consume.consumerTag(), queue.name, channel.prefetch, consume.exclusive());
            channel.consumers.put(consumer.tag(), consumer);
            queue.consumers.add(consumer);
            say(number, new BasicMethod.ConsumeOk(consumer.tag()));
        }

        private void exchange(String name) {
            trouble(name);
            if (!exchanges.containsKey(name)) {
                throw new Refused(404, "NOT_FOUND - no exchange '" + name + "'");
            }
        }

        private ModelQueue queue(String name) {
            trouble(name);
            ModelQueue queue = queues.get(name);
            if (queue == null) {
                throw new Refused(404, "NOT_FOUND - no queue '" + name + "'");
            }
            if (queue.owner != null && queue.owner != this) {
                throw new Refused(405, "RESOURCE_LOCKED - cannot obtain exclusive access to queue '" + name + "'");
            }
            return queue;
        }

        private void trouble(String name) {
            Trouble trouble = troubles.get(name);
            if (trouble != null && trouble.until - loop.nanoTime() > 0) {
                throw new Refused(trouble.code, "'" + name + "' is refused for now");
            }
        }
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }
}
