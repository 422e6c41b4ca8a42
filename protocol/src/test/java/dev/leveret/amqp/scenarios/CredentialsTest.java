package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.ConnectFailedException;
import dev.leveret.amqp.api.ConnectFailedException.Attempt;
import dev.leveret.amqp.api.ConnectFailedException.Phase;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.CredentialsProvider;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.ConnectionMethod;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is asked for credentials, and what the broker is told. */
class CredentialsTest {

    private static final List<Credentials> GUEST = List.of(Credentials.plain("guest", "secret"));

    /** Asks twice, and wants to hear the challenge back. */
    private static final class Echo implements Credentials {
        final List<byte[]> responses = new ArrayList<>();

        @Override
        public String mechanism() {
            return "ECHO";
        }

        @Override
        public byte[] response(byte @Nullable [] challenge) {
            byte[] response = challenge == null ? new byte[] {7} : challenge.clone();
            responses.add(response);
            return response;
        }
    }

    private static Attempt failing(ConnectionOptions options) {
        ConnectFailedException failure =
                catchThrowableOfType(ConnectFailedException.class, () -> Amqp.connect(options));
        assertThat(failure).as("a failure").isNotNull();
        assertThat(failure.attempts()).hasSize(1);
        return failure.attempts().get(0);
    }

    private static FakeBroker offering(String mechanisms) {
        return new FakeBroker()
                .header()
                .send(0, new ConnectionMethod.Start(0, 9, FakeBroker.SERVER_PROPERTIES, mechanisms, "en_US"));
    }

    // ---- a provider that fails ------------------------------------------------------------------------------------

    private static void assertFailsBeforeDialling(CredentialsProvider provider, Class<?> cause, String words) {
        try (FakeBrokerServer server = FakeBrokerServer.start()) {
            Attempt attempt = failing(server.options()
                    .credentials(provider)
                    .credentialsTimeout(Duration.ofMillis(300))
                    .build());
            assertThat(attempt.phase()).isEqualTo(Phase.CREDENTIALS);
            assertThat(attempt.cause()).isInstanceOf(cause).hasMessageContaining(words);
            assertThat(server.connections()).isZero();
        }
    }

    @Test
    void whatAProviderFailsWithIsTheConnectsCause() {
        assertFailsBeforeDialling(
                () -> CompletableFuture.failedFuture(new IllegalStateException("the vault is sealed")),
                IllegalStateException.class,
                "the vault is sealed");
        assertFailsBeforeDialling(
                () -> {
                    throw new IllegalStateException("the vault is gone");
                },
                IllegalStateException.class,
                "the vault is gone");
        assertFailsBeforeDialling(
                () -> CompletableFuture.completedFuture(List.of()), IllegalStateException.class, "gave none");
    }

    @Test
    void aProviderThatDoesNotAnswerIsNotWaitedForForever() {
        assertFailsBeforeDialling(CompletableFuture::new, AmqpTimeoutException.class, "PT0.3S");
        CountDownLatch never = new CountDownLatch(1);
        try {
            assertFailsBeforeDialling(
                    () -> {
                        try {
                            never.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        return CompletableFuture.completedFuture(GUEST);
                    },
                    AmqpTimeoutException.class,
                    "PT0.3S");
        } finally {
            never.countDown();
        }
    }

    @Test
    void aProviderThatBlocksHoldsUpNobodyElse() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        FakeBroker first = new FakeBroker().handshake().polite();
        FakeBroker second = new FakeBroker().handshake().polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(first, second)) {
            CompletableFuture<AsyncConnection> slow = Amqp.connectAsync(server.options()
                    .credentials(() -> {
                        asked.countDown();
                        try {
                            answer.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        return CompletableFuture.completedFuture(GUEST);
                    })
                    .build());
            asked.await();
            Amqp.connect(server.options().build()).close();
            assertThat(slow).isNotDone();
            answer.countDown();
            Futures.await(slow).blocking().close();
        }
    }

    @Test
    void aConnectThatIsGivenUpWhileTheProviderThinksDialsNobody() throws Exception {
        CompletableFuture<List<Credentials>> thinking = new CompletableFuture<>();
        CountDownLatch asked = new CountDownLatch(1);
        try (FakeBrokerServer server = FakeBrokerServer.start()) {
            CompletableFuture<AsyncConnection> connecting = Amqp.connectAsync(server.options()
                    .credentials(() -> {
                        asked.countDown();
                        return thinking;
                    })
                    .build());
            asked.await();
            connecting.cancel(false);
            thinking.complete(GUEST);
            assertThat(catchThrowable(connecting::join)).isInstanceOf(java.util.concurrent.CancellationException.class);
            assertThat(server.connections()).isZero();
        }
    }

    // ---- a provider that answers ----------------------------------------------------------------------------------

    @Test
    void aProviderIsAskedAtEachConnectAndToldOfEachConnection() {
        AtomicInteger number = new AtomicInteger();
        List<String> opened = new ArrayList<>();
        CredentialsProvider provider = new CredentialsProvider() {
            @Override
            public CompletionStage<List<Credentials>> credentials() {
                return CompletableFuture.completedFuture(
                        List.of(Credentials.plain("user" + number.incrementAndGet(), "secret")));
            }

            @Override
            public void onOpen(AsyncConnection connection, List<Credentials> credentials) {
                opened.add(connection.isOpen() + " " + credentials);
            }
        };
        FakeBroker first = new FakeBroker().handshake().connectionClose();
        FakeBroker second = new FakeBroker().handshake().connectionClose();
        try (FakeBrokerServer server = FakeBrokerServer.start(first, second)) {
            ConnectionOptions options = server.options().credentials(provider).build();
            Amqp.connect(options).close();
            Amqp.connect(options).close();
            String firstResponse = server.ask(first, CredentialsTest::text);
            String secondResponse = server.ask(second, CredentialsTest::text);
            assertThat(firstResponse).isEqualTo("\0user1\0secret");
            assertThat(secondResponse).isEqualTo("\0user2\0secret");
        }
        assertThat(opened).containsExactly("true [PLAIN(user1, ***)]", "true [PLAIN(user2, ***)]");
    }

    private static String text(FakeBroker broker) {
        return new String(
                broker.received(ConnectionMethod.StartOk.class).get(0).response(), StandardCharsets.ISO_8859_1);
    }

    // ---- mechanisms -----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "PLAIN AMQPLAIN EXTERNAL ANONYMOUS, EXTERNAL, ''",
        "PLAIN AMQPLAIN ANONYMOUS, AMQPLAIN, '\u0005LOGINS\0\0\0\u0001u\u0008PASSWORDS\0\0\0\u0001p'",
        "PLAIN ANONYMOUS, PLAIN, '\0u\0p'",
        "ANONYMOUS, ANONYMOUS, ''",
    })
    void theFirstOfTheUsersMechanismsThatTheBrokerOffersIsTaken(String offered, String taken, String response) {
        FakeBroker broker = offering(offered)
                .expect(ConnectionMethod.StartOk.class)
                .reply(FakeBroker.TUNE)
                .tuneOk()
                .expect(ConnectionMethod.Open.class)
                .reply(new ConnectionMethod.OpenOk())
                .connectionClose();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            Amqp.connect(server.options()
                            .credentials(CredentialsProvider.inOrder(
                                    Credentials.external(),
                                    Credentials.amqplain("u", "p"),
                                    Credentials.plain("u", "p"),
                                    Credentials.anonymous()))
                            .build())
                    .close();
            ConnectionMethod.StartOk startOk = server.ask(
                    broker, it -> it.received(ConnectionMethod.StartOk.class).get(0));
            assertThat(startOk.mechanism()).isEqualTo(taken);
            assertThat(new String(startOk.response(), StandardCharsets.ISO_8859_1))
                    .isEqualTo(response);
        }
    }

    @Test
    void withoutACommonMechanismBothSidesAreListed() {
        FakeBroker broker = offering("SCRAM-SHA-256  GSSAPI");
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            Throwable failure = catchThrowable(() -> Amqp.connect(server.options()
                    .credentials(CredentialsProvider.inOrder(Credentials.external(), Credentials.plain("u", "p")))
                    .build()));
            assertThat(failure)
                    .isInstanceOf(AuthenticationException.class)
                    .hasMessageContaining("[EXTERNAL, PLAIN]")
                    .hasMessageContaining("[SCRAM-SHA-256, GSSAPI]");
        }
    }

    @Test
    void challengesOfAMechanismOfOnesOwnAreAnsweredAndTheResponsesWiped() {
        Echo echo = new Echo();
        FakeBroker broker = offering("ECHO")
                .expect(
                        ConnectionMethod.StartOk.class,
                        it -> ((ConnectionMethod.StartOk) it.method()).response()[0] == 7)
                .reply(new ConnectionMethod.Secure(new byte[] {1, 2}))
                .expect(0, new ConnectionMethod.SecureOk(new byte[] {1, 2}))
                .reply(new ConnectionMethod.Secure(new byte[] {3}))
                .expect(0, new ConnectionMethod.SecureOk(new byte[] {3}))
                .reply(FakeBroker.TUNE)
                .tuneOk()
                .expect(ConnectionMethod.Open.class)
                .reply(new ConnectionMethod.OpenOk())
                .connectionClose();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            Amqp.connect(server.options().credentials(echo).build()).close();
            server.assertDone();
        }
        assertThat(echo.responses)
                .usingElementComparator((a, b) -> java.util.Arrays.compare(a, b))
                .containsExactly(new byte[1], new byte[2], new byte[1]);
    }

    // ---- length ---------------------------------------------------------------------------------------------------

    @Test
    void aBrokerThatHangsUpOnALongTokenMayNotLikeItsLength() {
        FakeBroker broker =
                new FakeBroker().start().expect(ConnectionMethod.StartOk.class).drop();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            Attempt attempt = failing(server.options()
                    .credentials(Credentials.plain("", "t".repeat(5000)))
                    .build());
            assertThat(attempt.cause())
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("initial_frame_max")
                    .hasMessageContaining("4096")
                    .hasMessageNotContaining("ttt");
        }
        FakeBroker shortOne =
                new FakeBroker().start().expect(ConnectionMethod.StartOk.class).drop();
        try (FakeBrokerServer server = FakeBrokerServer.start(shortOne)) {
            assertThat(catchThrowable(() -> Amqp.connect(server.options().build())))
                    .hasMessageNotContaining("initial_frame_max");
        }
    }

    // ---- connection.update-secret ---------------------------------------------------------------------------------

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aSecretIsReplacedByBothFaces() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .expect(0, new ConnectionMethod.UpdateSecret(bytes("new"), "renewed"))
                .reply(new ConnectionMethod.UpdateSecretOk())
                .expect(0, new ConnectionMethod.UpdateSecret(bytes("newer"), ""))
                .expect(0, new ConnectionMethod.UpdateSecret(bytes("newest"), ""))
                .reply(new ConnectionMethod.UpdateSecretOk(), new ConnectionMethod.UpdateSecretOk())
                .connectionClose();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.options().build())) {
            byte[] mine = bytes("new");
            connection.updateSecret(mine, "renewed");
            assertThat(mine).as("the caller's own").isEqualTo(bytes("new"));
            CompletableFuture<Void> newer = connection.async().updateSecret(bytes("newer"), "");
            CompletableFuture<Void> newest = connection.async().updateSecret(bytes("newest"), "");
            Futures.await(newer);
            Futures.await(newest);
        }
    }

    @Test
    void aSecretThatTheBrokerRefusesEndsTheConnection() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .expect(ConnectionMethod.UpdateSecret.class)
                .reply(new ConnectionMethod.Close(530, "NOT_ALLOWED - New secret was refused", 10, 70))
                .expect(ConnectionMethod.CloseOk.class);
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.options().build())) {
            assertThat(catchThrowable(() -> connection.updateSecret(bytes("t0ken"), "renewed")))
                    .isInstanceOf(ConnectionClosedException.class)
                    .hasMessageContaining("connection.update-secret")
                    .hasMessageContaining("New secret was refused")
                    .hasMessageNotContaining("t0ken");
        }
    }

    @Test
    void aSecretCannotBeReplacedOnAClosedConnectionNorOneThatIsTooLong() {
        FakeBroker broker = new FakeBroker().handshake().connectionClose();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            Connection connection = Amqp.connect(server.options().build());
            assertThat(catchThrowable(() -> connection.updateSecret(new byte[200_000], "")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("too long");
            assertThat(catchThrowable(() -> connection.updateSecret(new byte[1], "r".repeat(256))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("reason");
            connection.close();
            assertThat(catchThrowable(() -> connection.updateSecret(new byte[1], "")))
                    .isInstanceOf(ConnectionClosedException.class);
        }
    }

    @Test
    void anAnswerThatNobodyAskedForBreaksTheProtocol() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .send(0, new ConnectionMethod.UpdateSecretOk())
                .expect(ConnectionMethod.Close.class);
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            Connection connection = Amqp.connect(server.options().build());
            assertThat(Futures.failure(connection.async().closed()))
                    .hasMessageContaining("connection.update-secret-ok");
        }
    }
}
