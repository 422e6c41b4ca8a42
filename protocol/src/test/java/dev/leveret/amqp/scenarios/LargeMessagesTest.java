package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that take many buffers, on a socket whose queue fills and empties while they are written. */
class LargeMessagesTest {

    @ParameterizedTest
    @ValueSource(ints = {8192, 131072})
    void aMessageIsNeverTornApartByTheNextOnTheSameChannel(int frameMax) throws InterruptedException {
        int threads = 4;
        int each = 25;
        int size = 500_000;
        FakeBroker broker = new FakeBroker()
                .handshake(new ConnectionMethod.Tune(2047, frameMax, 0))
                .channel(1)
                .otherwise((it, arrived) -> it.answersClose(arrived));
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            List<Thread> publishers = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                byte[] body = body(size, t);
                Thread publisher = new Thread(() -> {
                    for (int i = 0; i < each; i++) {
                        // Not waiting for room: as much as possible is to be in the queue.
                        channel.send(OutboundMessage.toQueue("q", body));
                        channel.send(OutboundMessage.toQueue("small", new byte[] {1}));
                    }
                });
                publishers.add(publisher);
                publisher.start();
            }
            for (Thread publisher : publishers) {
                publisher.join();
            }
            server.await("all messages", () -> {
                broker.assertDone();
                return broker.received(BasicMethod.Publish.class).size() == 2 * threads * each;
            });
            server.ask(broker, it -> it.received()).stream()
                    .filter(it -> it.body().length > 1)
                    .forEach(it -> {
                        int thread = it.body().length - size;
                        assertThat(Arrays.equals(it.body(), body(size, thread))).isTrue();
                    });
        }
    }

    private static byte[] body(int size, int thread) {
        byte[] body = new byte[size + thread];
        Arrays.fill(body, (byte) thread);
        return body;
    }
}
