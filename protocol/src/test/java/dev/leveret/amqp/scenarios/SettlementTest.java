package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.GetResponse;
import dev.leveret.amqp.api.SettlementException;
import dev.leveret.amqp.api.SettlementException.Reason;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.QueueMethod;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Settling deliveries: once, and only while their channel lives. */
class SettlementTest {

    private static final List<Consumer<Delivery>> EVERY_WAY = List.of(
            Delivery::ack,
            Delivery::ackMultiple,
            it -> it.nack(true),
            it -> it.nack(false),
            it -> it.nackMultiple(true),
            it -> it.nackMultiple(false),
            it -> it.reject(true),
            it -> it.reject(false));

    private final FakeBroker broker = new FakeBroker()
            .handshake()
            .channel(1)
            .expect(BasicMethod.Qos.class)
            .reply(new BasicMethod.QosOk())
            .expect(BasicMethod.Consume.class)
            .reply(new BasicMethod.ConsumeOk("c"))
            .otherwise((it, arrived) -> {
                if (arrived.method() instanceof QueueMethod.Purge) {
                    it.say(1, new QueueMethod.PurgeOk(0));
                } else if (arrived.method() instanceof BasicMethod.Recover) {
                    it.say(1, new BasicMethod.RecoverOk());
                } else {
                    it.answersClose(arrived);
                }
            });
    private final FakeBrokerServer server = FakeBrokerServer.start(broker);
    private final Connection connection = Amqp.connect(server.uri());
    private final AsyncChannel channel = connection.openChannel().async();
    private final BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        connection.close();
        server.close();
    }

    private void consume(boolean autoAck) {
        Futures.await(
                channel.consume(ConsumeOptions.of("q").withConsumerTag("c").withAutoAck(autoAck), deliveries::add));
    }

    private Delivery deliver(long tag) throws InterruptedException {
        server.act(broker, it -> it.sayDelivery(1, "c", tag, "m" + tag));
        return deliveries.poll(20, TimeUnit.SECONDS);
    }

    /** Everything that was settled has been written when this has been answered. */
    private List<BasicMethod> settled() {
        Futures.await(channel.purgeQueue("q"));
        return server.ask(
                broker,
                it -> it.received(BasicMethod.class).stream()
                        .filter(method -> method instanceof BasicMethod.Ack
                                || method instanceof BasicMethod.Nack
                                || method instanceof BasicMethod.Reject)
                        .toList());
    }

    private static void assertRefused(Delivery delivery, Reason reason) {
        assertThat(delivery.isSettleable()).isFalse();
        for (Consumer<Delivery> way : EVERY_WAY) {
            SettlementException refusal = catchThrowableOfType(SettlementException.class, () -> way.accept(delivery));
            assertThat(refusal.reason()).isEqualTo(reason);
            assertThat(refusal).hasMessageContaining("delivery " + delivery.deliveryTag());
        }
    }

    @Test
    void everyWayToSettleIsSaidAsItIsMeantAndOnlyOnce() throws InterruptedException {
        consume(false);
        long tag = 0;
        for (Consumer<Delivery> way : EVERY_WAY) {
            Delivery delivery = deliver(++tag);
            assertThat(delivery.isSettleable()).isTrue();
            way.accept(delivery);
            assertRefused(delivery, Reason.ALREADY_SETTLED);
        }
        assertThat(settled())
                .containsSubsequence(
                        new BasicMethod.Nack(3, false, true),
                        new BasicMethod.Nack(4, false, false),
                        new BasicMethod.Nack(5, true, true),
                        new BasicMethod.Nack(6, true, false),
                        new BasicMethod.Reject(7, true),
                        new BasicMethod.Reject(8, false));
        assertThat(settled())
                .filteredOn(BasicMethod.Ack.class::isInstance)
                .last()
                .satisfies(it -> {
                    assertThat(((BasicMethod.Ack) it).deliveryTag()).isEqualTo(2);
                });
    }

    @Test
    void whatWasAutomaticallyAcknowledgedCannotBeSettled() throws InterruptedException {
        consume(true);
        Delivery delivery = deliver(1);
        assertThat(delivery.autoAcknowledged()).isTrue();
        assertRefused(delivery, Reason.AUTO_ACKNOWLEDGED);
        assertThat(settled()).isEmpty();
    }

    @Test
    void whatWasSettledWithALaterOneCannotBeSettledAgain() throws InterruptedException {
        consume(false);
        Delivery first = deliver(1);
        Delivery second = deliver(2);
        Delivery third = deliver(3);
        second.ackMultiple();
        assertRefused(first, Reason.ALREADY_SETTLED);
        assertThat(third.isSettleable()).isTrue();
        third.ack();
        assertThat(settled())
                .last()
                .isInstanceOfSatisfying(
                        BasicMethod.Ack.class,
                        it -> assertThat(it.deliveryTag()).isEqualTo(3));
    }

    @Test
    void whatAnEndedChannelDeliveredIsStale() throws InterruptedException {
        consume(false);
        Delivery delivery = deliver(1);
        Futures.await(channel.close());
        assertRefused(delivery, Reason.STALE);
    }

    @Test
    void whatALostConnectionDeliveredIsStale() throws InterruptedException {
        consume(false);
        Delivery delivery = deliver(1);
        server.act(broker, FakeBroker::hangUp);
        Futures.failure(connection.async().closed());
        assertRefused(delivery, Reason.STALE);
    }

    @Test
    void whatTheBrokerTookBackCannotBeSettled() throws InterruptedException {
        consume(false);
        Delivery before = deliver(1);
        Futures.await(channel.recover());
        assertRefused(before, Reason.ALREADY_SETTLED);
        Delivery again = deliver(2);
        again.ack();
        assertThat(settled()).containsExactly(new BasicMethod.Ack(2, false));
    }

    @Test
    void aFetchedMessageIsSettledLikeADelivery() {
        FakeBroker fetching = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(1, new BasicMethod.Get("q", false))
                .send(1, new BasicMethod.GetOk(1, true, "x", "k", 5), BasicProperties.EMPTY, new byte[] {1})
                .expect(1, new BasicMethod.Ack(1, false))
                .polite();
        try (FakeBrokerServer other = FakeBrokerServer.start(fetching);
                Connection own = Amqp.connect(other.uri())) {
            GetResponse got = own.openChannel().get("q", false).orElseThrow();
            assertThat(got.messageCount()).isEqualTo(5);
            assertThat(got.delivery().redelivered()).isTrue();
            assertThat(got.delivery().consumerTag()).isEmpty();
            got.delivery().ack();
            assertRefused(got.delivery(), Reason.ALREADY_SETTLED);
            other.awaitDone(fetching);
        }
    }

    @Test
    void ofManyThreadsThatSettleTheSameOnlyOneDoes() throws Exception {
        consume(false);
        for (long tag = 1; tag <= 50; tag++) {
            Delivery delivery = deliver(tag);
            List<Thread> threads = EVERY_WAY.stream()
                    .filter(it -> EVERY_WAY.indexOf(it) % 2 == 0)
                    .map(way -> new Thread(() -> {
                        try {
                            way.accept(delivery);
                        } catch (SettlementException e) {
                            // another was first
                        }
                    }))
                    .toList();
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(delivery.isSettleable()).isFalse();
            settled();
        }
        assertThat(settled()).hasSize(50);
    }
}
