package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AddressOrder;
import dev.leveret.amqp.api.AddressResolver;
import dev.leveret.amqp.api.AddressResolver.ResolvedAddress;
import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.ConnectFailedException;
import dev.leveret.amqp.api.ConnectFailedException.Attempt;
import dev.leveret.amqp.api.ConnectFailedException.Phase;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.amqp.api.TcpOptions;
import dev.leveret.amqp.testing.BlackHole;
import dev.leveret.amqp.testing.ClientThreads;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.ConnectionMethod;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Names with several addresses, rounds over them, and what giving up leaves behind. On real sockets. */
class ManyAddressesTest {

    private static final Duration LONG = Duration.ofMinutes(5);

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static AddressResolver resolving(String... literals) {
        return endpoint -> Stream.of(literals)
                .map(it -> new ResolvedAddress(endpoint, address(it)))
                .toList();
    }

    /** Of a name that leads to these addresses, all with the server's port. */
    private static ConnectionOptions.Builder options(FakeBrokerServer server, String... addresses) {
        return server.options()
                .endpoint("brokers.example", server.port())
                .addressResolver(resolving(addresses))
                .connectTimeout(LONG)
                .handshakeTimeout(LONG)
                .connectDeadline(LONG);
    }

    // ---- unhappy --------------------------------------------------------------------------------------------------

    @Test
    void aResolverThatFailsOrFindsNothingIsAnAttemptThatFailed() {
        ConnectionOptions.Builder options = ConnectionOptions.builder().endpoint("brokers.example", 1);
        for (AddressResolver broken : List.<AddressResolver>of(
                endpoint -> List.of(),
                endpoint -> {
                    throw new IllegalStateException("a bug");
                },
                endpoint -> {
                    throw new UnknownHostException("who?");
                })) {
            ConnectFailedException failure = catchThrowableOfType(
                    ConnectFailedException.class,
                    () -> Amqp.connect(options.addressResolver(broken).build()));
            assertThat(failure.attempts()).singleElement().satisfies(it -> {
                assertThat(it.phase()).isEqualTo(Phase.DNS);
                assertThat(it.address()).isEmpty();
            });
        }
    }

    @Test
    void aResolverThatHangsIsInterruptedWhenItsTimeIsUp() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        ConnectionOptions options = ConnectionOptions.builder()
                .addressResolver(hanging(new CountDownLatch(1), interrupted))
                .dnsTimeout(Duration.ofMillis(50))
                .build();
        assertThatThrownBy(() -> Amqp.connect(options))
                .isInstanceOfSatisfying(
                        ConnectFailedException.class,
                        it -> assertThat(it.attempts()).singleElement().satisfies(attempt -> {
                            assertThat(attempt.phase()).isEqualTo(Phase.DNS);
                            assertThat(attempt.cause()).isInstanceOf(AmqpTimeoutException.class);
                        }));
        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        ClientThreads.awaitNone(ClientThreads.LOOPS);
    }

    private static AddressResolver hanging(CountDownLatch asked, CountDownLatch interrupted) {
        return endpoint -> {
            asked.countDown();
            try {
                new CountDownLatch(1).await();
                throw new IllegalStateException("nobody counts it down");
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw new UnknownHostException("interrupted");
            }
        };
    }

    @Test
    void whenAllAddressesRefuseAllAreTold() throws Exception {
        int port;
        try (FakeBrokerServer gone = FakeBrokerServer.start()) {
            port = gone.port();
        }
        ConnectionOptions options = ConnectionOptions.builder()
                .endpoint("brokers.example", port)
                .addressResolver(resolving("127.0.0.1", "127.0.0.2", "127.0.0.3"))
                .build();
        ConnectFailedException failure =
                catchThrowableOfType(ConnectFailedException.class, () -> Amqp.connect(options));
        assertThat(failure.attempts()).extracting(Attempt::phase).containsOnly(Phase.TCP);
        assertThat(failure.attempts())
                .extracting(Attempt::address)
                .containsExactly("127.0.0.1", "127.0.0.2", "127.0.0.3");
        assertThat(failure)
                .hasMessageContaining("brokers.example:" + port + " (127.0.0.3)")
                .hasMessageContaining("refused");
        ClientThreads.awaitNone(ClientThreads.LOOPS);
    }

    @Test
    void credentialsRefusedAreNotTriedAgainHoweverManyRoundsAreAllowed() {
        FakeBroker refusing = new FakeBroker()
                .start()
                .expect(ConnectionMethod.StartOk.class)
                .reply(new ConnectionMethod.Close(403, "ACCESS_REFUSED - Login was refused", 0, 0));
        try (FakeBrokerServer server = FakeBrokerServer.start(refusing)) {
            ConnectionOptions options =
                    options(server, "127.0.0.1", "127.0.0.1").connectAttempts(5).build();
            assertThatThrownBy(() -> Amqp.connect(options)).isInstanceOf(AuthenticationException.class);
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void aTcpOptionThatCannotBeSetIsRefusedAndLeavesNothingBehind() throws InterruptedException {
        ConnectionOptions options = ConnectionOptions.builder()
                .tcp(TcpOptions.DEFAULT.withKeepAlive(Duration.ofSeconds(30), Duration.ofSeconds(10), 3))
                .endpoint("127.0.0.1", 1)
                .build();
        Throwable outcome = catchThrowableOfType(RuntimeException.class, () -> Amqp.connect(options));
        // Where the system has the options, it is the port that refuses.
        assertThat(outcome).isInstanceOfAny(ConnectFailedException.class, IllegalArgumentException.class);
        ClientThreads.awaitNone(ClientThreads.LOOPS);
    }

    // ---- the way round --------------------------------------------------------------------------------------------

    @Test
    void anAddressThatRefusesIsPassedOver() {
        FakeBroker good = new FakeBroker().handshake().polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(good);
                Connection connection =
                        Amqp.connect(options(server, "127.0.0.2", "127.0.0.1").build())) {
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @Test
    void anAddressThatSwallowsEverythingIsPassedOver() {
        FakeBroker good = new FakeBroker().handshake().polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(good);
                BlackHole hole = BlackHole.at(address("127.0.0.2"), server.port())) {
            assertThat(hole.port()).isEqualTo(server.port());
            ConnectionOptions options = options(server, "127.0.0.2", "127.0.0.1")
                    .connectionAttemptDelay(Duration.ofMillis(20))
                    .build();
            try (Connection connection = Amqp.connect(options)) {
                assertThat(connection.isOpen()).isTrue();
            }
        }
    }

    @Test
    void aSilentWinnerIsLeftForTheNextAddress() {
        FakeBroker silent = new FakeBroker().header();
        FakeBroker good = new FakeBroker().handshake().polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(silent, good)) {
            ConnectionOptions options = options(server, "127.0.0.1", "127.0.0.1")
                    .connectionAttemptDelay(LONG)
                    .handshakeTimeout(Duration.ofMillis(200))
                    .build();
            try (Connection connection = Amqp.connect(options)) {
                assertThat(connection.isOpen()).isTrue();
            }
            server.awaitEnd(silent);
        }
    }

    @Test
    void aLaterRoundLooksUpAnewAndMaySucceed() {
        FakeBroker good = new FakeBroker().handshake().polite();
        AtomicInteger lookups = new AtomicInteger();
        try (FakeBrokerServer server = FakeBrokerServer.start(good)) {
            ConnectionOptions options = options(server)
                    .addressResolver(endpoint -> {
                        if (lookups.incrementAndGet() < 3) {
                            throw new UnknownHostException("not yet");
                        }
                        return List.of(new ResolvedAddress(endpoint, address("127.0.0.1")));
                    })
                    .connectAttempts(5)
                    .retryDelay(Duration.ofMillis(1))
                    .build();
            try (Connection connection = Amqp.connect(options)) {
                assertThat(connection.isOpen()).isTrue();
            }
            assertThat(lookups).hasValue(3);
        }
    }

    @Test
    void aResolverMayLeadToOtherEndpoints() {
        FakeBroker good = new FakeBroker().handshake().polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(good)) {
            ConnectionOptions options = server.options()
                    .endpoint("cluster.example", 1)
                    .addressOrder(AddressOrder.SHUFFLED)
                    .addressResolver(endpoint -> List.of(
                            new ResolvedAddress(new Endpoint("node.example", server.port()), address("127.0.0.1"))))
                    .tcp(TcpOptions.DEFAULT.withNoDelay(false).withKeepAlive(false))
                    .build();
            try (Connection connection = Amqp.connect(options)) {
                assertThat(connection.isOpen()).isTrue();
            }
        }
    }

    // ---- giving up ------------------------------------------------------------------------------------------------

    @Test
    void cancellingDuringTheLookupLeavesNothing() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        CompletableFuture<AsyncConnection> connecting = Amqp.connectAsync(ConnectionOptions.builder()
                .addressResolver(hanging(asked, interrupted))
                .dnsTimeout(LONG)
                .build());
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        connecting.cancel(false);
        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        ClientThreads.awaitNone(ClientThreads.LOOPS);
    }

    @Test
    void cancellingDuringTheTcpConnectLeavesNothing() throws InterruptedException {
        CountDownLatch lookedUp = new CountDownLatch(2);
        try (BlackHole hole = BlackHole.at(address("127.0.0.1"), 0)) {
            CompletableFuture<AsyncConnection> connecting = Amqp.connectAsync(ConnectionOptions.builder()
                    .endpoints(List.of(new Endpoint("a", hole.port()), new Endpoint("b", hole.port())))
                    .addressResolver(endpoint -> {
                        lookedUp.countDown();
                        return List.of(new ResolvedAddress(endpoint, address("127.0.0.1")));
                    })
                    .connectTimeout(LONG)
                    .connectionAttemptDelay(Duration.ofMillis(20))
                    .build());
            // The second lookup begins beside the first TCP connection.
            assertThat(lookedUp.await(20, TimeUnit.SECONDS)).isTrue();
            connecting.cancel(false);
            ClientThreads.awaitNone(ClientThreads.LOOPS);
        }
    }

    @Test
    void cancellingDuringTheHandshakeLeavesNothing() throws InterruptedException {
        FakeBroker silent = new FakeBroker().header();
        try (FakeBrokerServer server = FakeBrokerServer.start(silent)) {
            CompletableFuture<AsyncConnection> connecting =
                    Amqp.connectAsync(options(server, "127.0.0.1").build());
            server.awaitDone(silent);
            connecting.cancel(false);
            server.awaitEnd(silent);
            ClientThreads.awaitNone(ClientThreads.LOOPS);
        }
    }

    @Test
    void cancellingBetweenTwoRoundsLeavesNothing() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<AsyncConnection> connecting = Amqp.connectAsync(ConnectionOptions.builder()
                .addressResolver(endpoint -> {
                    asked.countDown();
                    throw new UnknownHostException("none");
                })
                .connectAttempts(2)
                .retryDelay(LONG)
                .build());
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        connecting.cancel(false);
        ClientThreads.awaitNone(ClientThreads.LOOPS);
    }

    @Test
    void theDeadlineEndsItWhateverItIsAt() throws InterruptedException {
        FakeBroker silent = new FakeBroker().header();
        try (FakeBrokerServer server = FakeBrokerServer.start(silent);
                BlackHole hole = BlackHole.at(address("127.0.0.2"), server.port())) {
            ConnectionOptions options = options(server, "127.0.0.2", "127.0.0.1")
                    .connectionAttemptDelay(Duration.ofMillis(20))
                    .connectDeadline(Duration.ofMillis(700))
                    .connectAttempts(100)
                    .build();
            assertThatThrownBy(() -> Amqp.connect(options))
                    .isInstanceOf(ConnectFailedException.class)
                    .hasMessageContaining("within PT0.7S")
                    .hasMessageContaining("phase PROTOCOL");
            assertThat(hole.port()).isPositive();
            server.awaitEnd(silent);
            ClientThreads.awaitNone(ClientThreads.LOOPS);
        }
    }
}
