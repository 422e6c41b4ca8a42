package dev.leveret.amqp.scenarios;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import java.time.Duration;
import java.util.concurrent.Callable;

/** A program in which much goes wrong, and which prints all there is to print. */
public final class Indiscretions {

    static final String PASSWORD = "pa55w0rd-xyzzy";

    private Indiscretions() {}

    public static void main(String[] arguments) throws Exception {
        FakeBroker start = new FakeBroker().start().expect(ConnectionMethod.StartOk.class);
        fails(start.reply(new ConnectionMethod.Close(403, "ACCESS_REFUSED - Login was refused", 0, 0)));
        fails(new FakeBroker().start().expect(ConnectionMethod.StartOk.class).drop());
        fails(new FakeBroker().header().raw((byte) 'H', (byte) 'T', (byte) 'T', (byte) 'P'));
        fails(new FakeBroker().header().stall());
        fails(new FakeBroker().start().expect(ConnectionMethod.StartOk.class).stall());
        fails(new FakeBroker()
                .start()
                .expect(ConnectionMethod.StartOk.class)
                .reply(new ConnectionMethod.Tune(0, 1, 0)));
        fails(new FakeBroker()
                .start()
                .expect(ConnectionMethod.StartOk.class)
                .reply(FakeBroker.TUNE)
                .tuneOk()
                .expect(ConnectionMethod.Open.class)
                .reply(new ConnectionMethod.Close(530, "NOT_ALLOWED - vhost", 10, 40)));
        uses();
        for (String uri : new String[] {"#@h", "/@h", "?@h", "@h:x", "%@h", "@h?heartbeat=x", " @h"}) {
            attempt(() -> AmqpUri.parse("amqp://guest:" + PASSWORD + uri));
        }
        attempt(() -> AmqpUri.parse("amqps://guest:" + PASSWORD + "@h"));
        Thread.getAllStackTraces().keySet().forEach(it -> System.out.println(it.getName()));
    }

    private static void fails(FakeBroker broker) {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            ConnectionOptions options = options(server);
            System.out.println(options + " " + options.credentials());
            attempt(() -> Amqp.connect(options));
        }
    }

    private static ConnectionOptions options(FakeBrokerServer server) {
        return AmqpUri.parse("amqp://guest:" + PASSWORD + "@127.0.0.1:" + server.port())
                .handshakeTimeout(Duration.ofMillis(200))
                .build();
    }

    private static void uses() throws Exception {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(BasicMethod.Qos.class)
                .reply(new BasicMethod.QosOk())
                .expect(BasicMethod.Consume.class)
                .reply(new BasicMethod.ConsumeOk("c"))
                .deliver(1, "c", 1, "x")
                .otherwise((it, arrived) -> it.answersClose(arrived));
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(options(server))) {
            AsyncChannel channel = connection.openChannel().async();
            System.out.println(connection + " " + channel + " " + connection.serverInfo() + connection.negotiated());
            Futures.await(channel.consume(ConsumeOptions.of("q").withConsumerTag("c"), delivery -> {
                System.out.println(delivery);
                throw new IllegalStateException("a mistake, as this program wants it");
            }));
            Futures.failure(channel.closed()).printStackTrace(System.out);
            server.act(broker, it -> it.sayRaw((byte) 99));
            Futures.failure(connection.async().closed()).printStackTrace(System.out);
        }
    }

    private static void attempt(Callable<?> action) {
        try {
            System.out.println(action.call());
        } catch (Exception e) {
            e.printStackTrace(System.out);
        }
    }
}
