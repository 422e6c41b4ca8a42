package dev.leveret.amqp.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.EntityOutcome;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.RecoveryOptions;
import dev.leveret.amqp.api.RecoveryReport;
import dev.leveret.amqp.api.SettlementException;
import dev.leveret.amqp.api.Subscription;
import dev.leveret.amqp.api.TopologyEntity;
import dev.leveret.amqp.recovery.TopologyRecorder;
import dev.leveret.amqp.testing.SimulatedLoop;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A client as its users have it, with an event loop, a network and a broker that are simulated, and what its users were told
 * of it.
 */
final class SimulatedClient {

    /**
     * A channel that a user was given.
     *
     * @param unsure whether the broker was asked for a setting, and its answer did not come
     */
    record UsersChannel(AsyncChannel channel, boolean transactional, int sharedPrefetch, boolean unsure) {}

    /** A consumer that a user was given. */
    record UsersConsumer(UsersChannel on, Subscription subscription, ConsumeOptions options) {}

    /** A message that a user has published. */
    static final class Published {

        final UsersChannel on;
        final String id;
        /** {@code null} as long as nothing is known. */
        @Nullable
        PublishResult result;

        Published(UsersChannel on, String id) {
            this.on = on;
            this.id = id;
        }
    }

    final Random random;
    final SimulatedLoop loop;
    final ModelBroker broker;
    final SimulatedDialer dialer;
    final ConnectionHandle connection;
    final List<UsersChannel> channels = new ArrayList<>();
    final List<UsersConsumer> consumers = new ArrayList<>();
    final List<Published> published = new ArrayList<>();
    /** What each thing was last said to be. */
    final Map<TopologyEntity, EntityOutcome> fates = new HashMap<>();

    int recoveries;
    private int consumerTags;
    /** What was found wrong where nothing may be thrown. */
    private final List<Throwable> violations = new ArrayList<>();

    SimulatedClient(long seed, RecoveryOptions recovery) {
        random = new Random(seed);
        loop = new SimulatedLoop(random.nextLong());
        broker = new ModelBroker(loop, random);
        dialer = new SimulatedDialer(loop, random, broker);
        ConnectionOptions options = ConnectionOptions.builder()
                .endpoint("127.0.0.1", 5672)
                .heartbeat(Duration.ZERO)
                .recovery(recovery)
                .build();
        connection = new ConnectionHandle(options, "simulated", loop, dialer, new SplittableRandom(seed));
        connection.onEvent(this::onEvent);
        CompletableFuture<?> connecting = Connecting.start(connection);
        while (!connecting.isDone()) {
            assertThat(step()).as("it goes on").isTrue();
        }
        connecting.join();
    }

    TopologyRecorder recorder() {
        List<TopologyRecorder> recorder = new ArrayList<>();
        connection.life().record(recorder::add);
        return recorder.get(0);
    }

    boolean isOver() {
        return connection.closed().isDone();
    }

    // ---- time -----------------------------------------------------------------------------------------------------

    /** Lets time come to what is next, if there is anything. */
    boolean step() {
        boolean anything = loop.step();
        broker.hear();
        loop.runTasks();
        if (!violations.isEmpty()) {
            throw new AssertionError(violations.get(0));
        }
        return anything;
    }

    void later(int millis, Runnable action) {
        loop.later(Duration.ofMillis(random.nextInt(millis + 1)), action);
    }

    // ---- what users are told --------------------------------------------------------------------------------------

    private void check(Runnable assertion) {
        try {
            assertion.run();
        } catch (Throwable e) {
            violations.add(e);
        }
    }

    private void onEvent(ConnectionEvent event) {
        check(() -> {
            if (event instanceof ConnectionEvent.Recovered it) {
                recoveries++;
                onRecovered(it.report());
            } else if (event instanceof ConnectionEvent.EntityRetried it) {
                onRetried(it.outcome());
            } else if (event instanceof ConnectionEvent.QueueRenamed it) {
                onRenamed(it.oldName(), it.newName());
            } else if (event instanceof ConnectionEvent.Lost it) {
                onLost(it.cause());
            }
        });
    }

    private static void onLost(AmqpException cause) {
        if (cause instanceof ConnectionClosedException it) {
            assertThat(it.byBroker()).as("who closes: %s", cause).isTrue();
        }
        assertThat(cause.getMessage()).doesNotContain("the client failed");
    }

    private void onRecovered(RecoveryReport report) {
        fates.clear();
        assertThat(report.outcomes())
                .extracting(EntityOutcome::entity)
                .as("each thing has one outcome")
                .doesNotHaveDuplicates();
        report.outcomes().forEach(this::note);
        assertThat(fates.keySet())
                .as("everything has an outcome")
                .containsAll(recorder().entities());
    }

    private void onRetried(EntityOutcome outcome) {
        EntityOutcome before = fates.get(identity(outcome.entity()));
        assertThat(before).as("%s was tried again", outcome).isNotNull();
        assertThat(before == null ? null : before.result()).isEqualTo(EntityOutcome.Result.RETRYING);
        note(outcome);
    }

    /** What is said of a binding later is said of the one to the queue by its new name. */
    private void onRenamed(String oldName, String newName) {
        Map.copyOf(fates).forEach((entity, outcome) -> {
            if (entity instanceof TopologyEntity.Binding binding
                    && binding.spec().destination().equals(oldName)) {
                BindingSpec old = binding.spec();
                fates.remove(entity);
                fates.put(
                        new TopologyEntity.Binding(new BindingSpec(
                                old.source(), old.destinationType(), newName, old.routingKey(), old.arguments())),
                        outcome);
            }
        });
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

    // ---- what users do --------------------------------------------------------------------------------------------

    /** Opens a channel; it is there later, if it comes to that. */
    CompletableFuture<UsersChannel> openChannel(boolean transactional, int sharedPrefetch) {
        return connection.openChannel().thenCompose(channel -> {
            // Whatever becomes of its settings, the channel is the user's.
            UsersChannel plain = new UsersChannel(channel, false, 0, true);
            channels.add(plain);
            CompletableFuture<Void> set = transactional
                    ? channel.txSelect()
                    : sharedPrefetch > 0 ? channel.qos(sharedPrefetch) : CompletableFuture.completedFuture(null);
            return set.thenApply(ignored -> {
                UsersChannel sure = new UsersChannel(channel, transactional, transactional ? 0 : sharedPrefetch, false);
                channels.set(channels.indexOf(plain), sure);
                return sure;
            });
        });
    }

    CompletableFuture<UsersConsumer> consume(UsersChannel on, String queue, int prefetch, boolean exclusive) {
        ConsumeOptions options = ConsumeOptions.of(queue)
                // Of all channels: by their numbers those that are made up are unique on each.
                .withConsumerTag("c" + ++consumerTags)
                .withPrefetch(prefetch)
                .withExclusive(exclusive)
                .withExecutor(task -> later(500, task));
        return on.channel.consume(options, this::handle).thenApply(subscription -> {
            UsersConsumer consumer = new UsersConsumer(on, subscription, options);
            consumers.add(consumer);
            return consumer;
        });
    }

    /** A handler that keeps its deliveries for a while, whatever happens to the connection meanwhile. */
    private void handle(Delivery delivery) {
        check(() -> assertThat(new String(delivery.body(), StandardCharsets.UTF_8))
                .as("the queue of %s", delivery)
                .isEqualTo(delivery.routingKey()));
        later(2_000, () -> {
            try {
                delivery.ack();
            } catch (SettlementException e) {
                check(() -> assertThat(e.reason()).isEqualTo(SettlementException.Reason.STALE));
            }
        });
    }

    void publish(UsersChannel on, String queue) {
        String id = "m" + published.size();
        Published message = new Published(on, id);
        published.add(message);
        OutboundMessage outbound = OutboundMessage.toQueue(queue, id.getBytes(StandardCharsets.UTF_8))
                .withProperties(BasicProperties.builder().messageId(id).build());
        on.channel.publish(
                outbound,
                result -> check(() -> {
                    assertThat(message.result)
                            .as("the second outcome of %s", id)
                            .isNull();
                    message.result = result;
                }));
    }
}
