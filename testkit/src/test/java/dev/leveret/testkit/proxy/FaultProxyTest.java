package dev.leveret.testkit.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class FaultProxyTest {

    private static final int BRIEF = 200;
    private static final int LONG = 10_000;

    private ServerSocket server;
    private FaultProxy proxy;
    private Socket client;
    private Socket broker;

    @BeforeEach
    void connect() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        proxy = FaultProxy.to(URI.create("amqp://127.0.0.1:" + server.getLocalPort()));
        client = dial();
        broker = accept();
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        client.close();
        broker.close();
        server.close();
    }

    @Test
    void bytesGoBothWays() throws IOException {
        send(client, "question");
        assertThat(read(broker, 8)).isEqualTo("question");
        send(broker, "answer");
        assertThat(read(client, 6)).isEqualTo("answer");
        assertThat(proxy.connections()).isEqualTo(1);
        assertThat(proxy.accepted()).isEqualTo(1);
    }

    @Test
    void anAddressKeepsAllButHostAndPort() {
        assertThat(proxy.uri(URI.create("amqps://user:p%2Fw@broker:5671/%2f")))
                .isEqualTo(URI.create("amqps://user:p%2Fw@127.0.0.1:" + proxy.port() + "/%2f"));
    }

    @Test
    void whatOneSideSendsBeforeItEndsArrivesBeforeTheEnd() throws IOException {
        send(client, "last words");
        client.shutdownOutput();

        assertThat(read(broker, 10)).isEqualTo("last words");
        assertThat(broker.getInputStream().read()).isEqualTo(-1);
        send(broker, "and the reply");
        assertThat(read(client, 13)).isEqualTo("and the reply");
    }

    @Test
    void aResetOfOneSideIsAResetOfTheOther() throws IOException {
        broker.setSoLinger(true, 0);
        broker.close();

        assertThatThrownBy(() -> client.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    @Test
    void aCutInGoodOrderIsTheEndOfTheStreamOnBothSides() throws Exception {
        assertThat(proxy.cut(Cut.FIN)).isEqualTo(1);

        assertThat(client.getInputStream().read()).isEqualTo(-1);
        assertThat(broker.getInputStream().read()).isEqualTo(-1);
        client.close();
        broker.close();
        awaitNoConnections();
    }

    @RepeatedTest(200)
    void aCutIsAlsoOneOfAConnectionThatIsOnlyJustThere() throws Exception {
        aCutInGoodOrderIsTheEndOfTheStreamOnBothSides();
    }

    @Test
    void aCutInGoodOrderEndsAlsoWhereNobodyHangsUp() throws Exception {
        proxy.cut(Cut.FIN);

        awaitNoConnections();
    }

    @Test
    void aResetReachesBothSides() throws Exception {
        proxy.cut(Cut.RST);

        for (Socket socket : new Socket[] {client, broker}) {
            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
        awaitNoConnections();
        client = dial();
        broker = accept();
        bytesGoAlsoThroughTheNextConnection();
    }

    @ParameterizedTest
    @EnumSource(Direction.class)
    void aPlannedCutComesDirectlyAfterTheLastByteOfItsDirection(Direction direction) throws Exception {
        Socket from = direction == Direction.TO_BROKER ? client : broker;
        Socket to = direction == Direction.TO_BROKER ? broker : client;
        send(from, "12");
        assertThat(read(to, 2)).isEqualTo("12");

        CompletableFuture<Void> cut = proxy.cutAfter(direction, 5, Cut.FIN);
        send(to, "bytes of the other direction do not count");
        assertThat(read(from, 41)).endsWith("count");
        send(from, "345");
        assertThat(read(to, 3)).isEqualTo("345");
        assertThat(cut).isNotDone();
        send(from, "6789");

        assertThat(read(to, 2)).isEqualTo("67");
        assertThat(to.getInputStream().read()).isEqualTo(-1);
        cut.get(LONG, TimeUnit.MILLISECONDS);
    }

    @Test
    void aPlannedResetLetsNothingThroughAfterItsByte() throws Exception {
        CompletableFuture<Void> cut = proxy.cutAfter(Direction.TO_BROKER, 1, Cut.RST);
        send(client, "123");
        cut.get(LONG, TimeUnit.MILLISECONDS);

        assertThatThrownBy(() -> read(broker, 2)).isInstanceOf(SocketException.class);
    }

    @Test
    void aPlannedCutTakesTheConnectionThatCarriesItsByteAndNoOther() throws Exception {
        try (Socket second = dial();
                Socket secondBroker = accept()) {
            CompletableFuture<Void> cut = proxy.cutAfter(Direction.TO_BROKER, 4, Cut.FIN);
            send(client, "123");
            assertThat(read(broker, 3)).isEqualTo("123");
            send(second, "4");
            cut.get(LONG, TimeUnit.MILLISECONDS);

            assertThat(read(secondBroker, 1)).isEqualTo("4");
            assertThat(secondBroker.getInputStream().read()).isEqualTo(-1);
            bytesGoAlsoThroughTheNextConnection();
        }
    }

    @Test
    void aPlanGivenUpCutsNothing() throws IOException {
        proxy.cutAfter(Direction.TO_BROKER, 1, Cut.RST).cancel(false);

        bytesGoBothWays();
    }

    @Test
    void aBlackHoleForwardsNothingEndsNothingAndHealsWithoutLoss() throws IOException {
        proxy.blackHole();
        send(client, "question");
        assertThatThrownBy(() -> readWithin(BRIEF, broker, 1)).isInstanceOf(SocketTimeoutException.class);
        client.shutdownOutput();
        assertThatThrownBy(() -> readWithin(BRIEF, broker, 1)).isInstanceOf(SocketTimeoutException.class);

        proxy.heal();

        assertThat(read(broker, 8)).isEqualTo("question");
        assertThat(broker.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void aResetDoesNotComeOutOfABlackHole() throws IOException {
        proxy.blackHole();
        client.setSoLinger(true, 0);
        client.close();
        assertThatThrownBy(() -> readWithin(BRIEF, broker, 1)).isInstanceOf(SocketTimeoutException.class);

        proxy.heal();

        assertThatThrownBy(() -> readWithin(LONG, broker, 1))
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    @Test
    void aBlackHoleAcceptsConnectionsAndDoesNotReachTheBroker() throws IOException {
        proxy.blackHole();
        server.setSoTimeout(BRIEF);
        try (Socket lost = dial()) {
            assertThat(lost.isConnected()).isTrue();
            assertThatThrownBy(this::accept).isInstanceOf(SocketTimeoutException.class);

            proxy.heal();
            server.setSoTimeout(LONG);
            accept().close();
        }
    }

    @Test
    void whileItRefusesTheConnectionsThereAreGoOn() throws IOException {
        proxy.refuse();

        assertThatThrownBy(this::dial).isInstanceOf(ConnectException.class);
        bytesGoAlsoThroughTheNextConnection();

        proxy.heal();
        proxy.heal();
        dial().close();
    }

    @Test
    void whereNoBrokerIsAClientIsReset() throws IOException {
        server.close();

        try (Socket second = dial()) {
            assertThatThrownBy(() -> readWithin(LONG, second, 1)).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void whenItIsClosedNothingIsLeft() throws Exception {
        proxy.blackHole();
        send(client, "stuck");
        proxy.close();
        proxy.close();
        proxy.heal();

        assertThatThrownBy(() -> readWithin(LONG, client, 1)).isInstanceOf(SocketException.class);
        assertThatThrownBy(this::dial).isInstanceOf(ConnectException.class);
        awaitNoConnections();
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (Thread.getAllStackTraces().keySet().stream()
                .anyMatch(it -> it.getName().startsWith(FaultProxy.THREADS))) {
            assertThat(System.nanoTime()).as("threads are left").isLessThan(deadline);
            Thread.sleep(10);
        }
    }

    @Test
    void whatMeansNothingIsRefused() {
        assertThatThrownBy(() -> proxy.cutAfter(Direction.TO_BROKER, 0, Cut.RST))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bytes");
        assertThatThrownBy(() -> FaultProxy.to(URI.create("amqp://broker")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void bytesGoAlsoThroughTheNextConnection() throws IOException {
        send(client, "more");
        assertThat(read(broker, 4)).isEqualTo("more");
    }

    private void awaitNoConnections() throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (proxy.connections() > 0) {
            assertThat(System.nanoTime()).as("connections are left").isLessThan(deadline);
            Thread.sleep(10);
        }
    }

    private Socket dial() throws IOException {
        Socket socket = new Socket("127.0.0.1", proxy.port());
        socket.setSoTimeout(LONG);
        return socket;
    }

    private Socket accept() throws IOException {
        Socket socket = server.accept();
        socket.setSoTimeout(LONG);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
    }

    private static String read(Socket socket, int length) throws IOException {
        return new String(socket.getInputStream().readNBytes(length), US_ASCII);
    }

    private static String readWithin(int millis, Socket socket, int length) throws IOException {
        socket.setSoTimeout(millis);
        String text = read(socket, length);
        socket.setSoTimeout(LONG);
        return text;
    }
}
