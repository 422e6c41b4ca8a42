package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.testing.Received;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.QueueMethod;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A broker that does not read: who waits, how much is kept, and what happens when it reads again. */
class BackpressureTest {

    private static final int BODY = 16 * 1024;
    /** More than the kernel's buffers, the socket's queue and our own take together. */
    private static final int ENOUGH = 2_000;

    private static OutboundMessage message(int number) {
        return OutboundMessage.toQueue(
                "q", ByteBuffer.allocate(BODY).putInt(number).array());
    }

    private static FakeBroker deaf() {
        return new FakeBroker().handshake().channel(1).stall().otherwise((it, arrived) -> it.answersClose(arrived));
    }

    /** Afterwards nothing more goes out. */
    private static void fill(AsyncChannel channel) {
        for (int i = 0; i < ENOUGH; i++) {
            channel.send(message(i));
        }
    }

    private static List<Integer> numbers(FakeBroker broker) {
        return broker.received().stream()
                .filter(it -> it.method() instanceof BasicMethod.Publish)
                .map(Received::body)
                .map(it -> ByteBuffer.wrap(it).getInt())
                .toList();
    }

    @Test
    void sendingSaysWhenThereIsNoRoomAndWhenThereIsAgain() {
        FakeBroker broker = deaf();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            List<CompletableFuture<Void>> sends = new ArrayList<>();
            for (int i = 0; i < ENOUGH; i++) {
                sends.add(channel.send(message(i)));
            }
            long room = sends.stream().filter(CompletableFuture::isDone).count();
            assertThat(room).isBetween(1L, ENOUGH - 1L);
            assertThat(sends.get(ENOUGH - 1))
                    .as("there is no room for the last")
                    .isNotDone();
            server.act(broker, FakeBroker::listen);
            sends.forEach(Futures::await);
            server.await("all messages", () -> numbers(broker).size() == ENOUGH);
            assertThat(server.ask(broker, BackpressureTest::numbers))
                    .isEqualTo(IntStream.range(0, ENOUGH).boxed().toList());
            assertThat(channel.send(message(0))).as("there is room again").isDone();
        }
    }

    @Test
    void whoWaitsForRoomKeepsNoMoreThanTheBoundInMemory() throws Exception {
        FakeBroker broker = deaf();
        int bound = 256 * 1024;
        int kernel = 12 * 1024 * 1024;
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection =
                        Amqp.connect(server.options().outboundBuffer(bound).build())) {
            AsyncChannel channel = connection.openChannel().async();
            long accepted = 0;
            CompletableFuture<Void> room = channel.send(message(0));
            while (isDoneSoon(room)) {
                accepted += BODY;
                room = channel.send(message(0));
                assertThat(accepted).isLessThan(bound + kernel);
            }
            server.act(broker, FakeBroker::listen);
            Futures.await(room);
        }
    }

    private static boolean isDoneSoon(CompletableFuture<Void> future) throws Exception {
        try {
            future.get(500, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    @Test
    void blockingSendersWaitAndGoOn() throws InterruptedException {
        FakeBroker broker = deaf();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            Channel channel = connection.openChannel();
            CompletableFuture<Integer> done = new CompletableFuture<>();
            Thread sender = new Thread(() -> {
                int sent = 0;
                while (sent < ENOUGH) {
                    channel.send(message(sent++));
                }
                done.complete(sent);
            });
            sender.start();
            while (sender.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait(); // until it waits for room
            }
            assertThat(done).isNotDone();
            server.act(broker, FakeBroker::listen);
            assertThat(Futures.await(done)).isEqualTo(ENOUGH);
            sender.join();
            server.await("all messages", () -> numbers(broker).size() == ENOUGH);
        }
    }

    @Test
    void aSendThatIsCancelledWhileItWaitsIsNotSent() {
        FakeBroker broker = deaf();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            fill(channel);
            CompletableFuture<Void> waiting = channel.send(message(666_666));
            CompletableFuture<Void> last = channel.send(message(777_777));
            CompletableFuture<Void> published = channel.publish(message(888_888));
            waiting.cancel(false);
            published.cancel(false);
            server.act(broker, FakeBroker::listen);
            Futures.await(last);
            server.await("the last message", () -> numbers(broker).contains(777_777));
            assertThat(server.ask(broker, BackpressureTest::numbers)).doesNotContain(666_666, 888_888);
        }
    }

    @Test
    void aRequestBehindMessagesThatDoNotGoOutEndsAtItsDeadlineAndIsNotSent() {
        FakeBroker broker = deaf();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.options()
                        .requestTimeout(Duration.ofMillis(300))
                        .closeTimeout(Duration.ofMillis(300))
                        .build())) {
            AsyncChannel channel = connection.openChannel().async();
            fill(channel);
            Throwable late = catchThrowable(() -> channel.blocking().purgeQueue("never-asked"));
            assertThat(late).isInstanceOf(AmqpTimeoutException.class).hasMessageContaining("never-asked");
            server.act(broker, FakeBroker::listen);
            Futures.await(channel.send(message(1)));
            List<QueueMethod.Purge> asked = server.ask(broker, it -> it.received(QueueMethod.Purge.class));
            assertThat(asked).isEmpty();
        }
    }
}
