package dev.leveret.amqp.scenarios;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.TlsOptions;
import dev.leveret.amqp.oauth2.OAuth2ClientCredentials;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.testing.TestCertificates;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
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
        leaksOfTls();
        leaksOfTokens();
        for (String uri : new String[] {"#@h", "/@h", "?@h", "@h:x", "%@h", "@h?heartbeat=x", " @h"}) {
            attempt(() -> AmqpUri.parse("amqp://guest:" + PASSWORD + uri));
        }
        attempt(() -> AmqpUri.parse("amqps://guest:" + PASSWORD + "@h?certfile=x"));
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
        return AmqpUri.parse("amqp://guest:" + PASSWORD + "@127.0.0.1:" + server.port() + "?recovery=off")
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

    /** Keys, key stores and their passwords, good and bad. */
    private static void leaksOfTls() throws Exception {
        Path files = Files.createTempDirectory(Path.of(""), "files");
        TestCertificates authority = TestCertificates.authority("Leveret test authority");
        Path trusted = authority.write(files.resolve("ca.pem"));
        TestCertificates.Identity client =
                authority.issue(TestCertificates.subject("client").forClients());
        client.write(files, "client");
        Path store = client.store(files.resolve("client.p12"), "PKCS12");
        Path garbage = Files.writeString(
                files.resolve("garbage.key"),
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getEncoder().encodeToString(PASSWORD.getBytes(StandardCharsets.UTF_8))
                        + "\n-----END PRIVATE KEY-----\n");
        char[] password = PASSWORD.toCharArray();
        for (TlsOptions.Builder tls : List.of(
                TlsOptions.builder().trustStore(store, password),
                TlsOptions.builder().keyStore(store, password),
                TlsOptions.builder().clientCertificate(files.resolve("client.pem"), garbage, password),
                TlsOptions.builder().trustEverythingInsecurely(),
                TlsOptions.builder().trustCertificates(trusted).withoutHostNameCheckInsecurely(),
                TlsOptions.builder()
                        .trustCertificates(trusted)
                        .clientCertificate(files.resolve("client.pem"), files.resolve("client.key"), password))) {
            TestCertificates.Identity broker = authority.issue(TestCertificates.localhost());
            FakeBroker refusing = new FakeBroker()
                    .start()
                    .expect(ConnectionMethod.StartOk.class)
                    .reply(new ConnectionMethod.Close(403, "ACCESS_REFUSED - Login was refused", 0, 0));
            try (FakeBrokerServer server =
                    FakeBrokerServer.startTls(FakeBrokerServer.Tls.with(broker.server()), refusing)) {
                ConnectionOptions options =
                        options(server).toBuilder().tls(tls.build()).build();
                System.out.println(options);
                attempt(() -> Amqp.connect(options));
            }
        }
        attempt(() -> AmqpUri.parse("amqps://h?password=" + PASSWORD + "&certfile=" + trusted));
    }

    /** Client secrets and tokens that are refused on both sides. */
    private static void leaksOfTokens() throws Exception {
        FakeBroker refusing = new FakeBroker()
                .handshake()
                .expect(ConnectionMethod.UpdateSecret.class)
                .reply(new ConnectionMethod.Close(530, "NOT_ALLOWED - New secret was refused", 10, 70));
        try (TokenServer tokens = new TokenServer(number -> number > 1
                        ? TokenServer.Answer.token(PASSWORD + number, 3600)
                        : new TokenServer.Answer(
                                401, "{\"error\":\"invalid_client\",\"error_description\":\"" + PASSWORD + "\"}"));
                FakeBrokerServer server = FakeBrokerServer.start(refusing);
                OAuth2ClientCredentials provider = OAuth2ClientCredentials.builder(tokens.uri(), "client", PASSWORD)
                        .onEvent(System.out::println)
                        .build()) {
            ConnectionOptions options =
                    options(server).toBuilder().credentials(provider).build();
            attempt(() -> Amqp.connect(options));
            Connection connection = Amqp.connect(options);
            System.out.println(
                    provider + " " + Futures.await(provider.credentials().toCompletableFuture()));
            attempt(() -> {
                connection.updateSecret(PASSWORD.getBytes(StandardCharsets.UTF_8), "a test");
                return null;
            });
            Futures.failure(connection.async().closed()).printStackTrace(System.out);
            System.out.println(Credentials.amqplain("guest", PASSWORD));
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
