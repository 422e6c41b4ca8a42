package dev.leveret.amqp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.AddressResolver.ResolvedAddress;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With a DNS server on the loopback interface that knows a few SRV records. */
class SrvResolverTest {

    private static final int NO_ERROR = 0;
    private static final int SERVER_FAILURE = 2;
    private static final int NO_SUCH_NAME = 3;

    private final Map<String, List<SrvRecord>> records = new HashMap<>();
    private int otherwise = NO_SUCH_NAME;
    private DatagramSocket socket;
    private Thread server;

    @BeforeEach
    void start() throws IOException {
        socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        server = new Thread(this::serve, "fake-dns");
        server.setDaemon(true);
        server.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        socket.close();
        server.join();
    }

    private void serve() {
        byte[] bytes = new byte[1500];
        try {
            while (true) {
                DatagramPacket question = new DatagramPacket(bytes, bytes.length);
                socket.receive(question);
                byte[] answer = answer(Arrays.copyOf(bytes, question.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private byte[] answer(byte[] question) throws IOException {
        StringBuilder name = new StringBuilder();
        int at = 12;
        for (; question[at] != 0; at += question[at] + 1) {
            name.append(name.length() == 0 ? "" : ".")
                    .append(new String(question, at + 1, question[at], StandardCharsets.US_ASCII));
        }
        List<SrvRecord> found = records.get(name.toString());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(question, 0, 2);
        out.writeShort(0x8180 | (found == null ? otherwise : NO_ERROR));
        out.writeShort(1);
        out.writeShort(found == null ? 0 : found.size());
        out.writeInt(0);
        out.write(question, 12, at + 5 - 12);
        for (SrvRecord each : found == null ? List.<SrvRecord>of() : found) {
            byte[] target = name(each.target());
            out.writeShort(0xC00C);
            out.writeShort(33);
            out.writeShort(1);
            out.writeInt(60);
            out.writeShort(6 + target.length);
            out.writeShort(each.priority());
            out.writeShort(each.weight());
            out.writeShort(each.port());
            out.write(target);
        }
        return bytes.toByteArray();
    }

    private static byte[] name(String name) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Stream.of(name.split("[.]")).filter(it -> !it.isEmpty()).forEach(label -> {
            out.write(label.length());
            out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        });
        out.write(0);
        return out.toByteArray();
    }

    private SrvResolver resolver() {
        AddressResolver targets = endpoint -> {
            if (endpoint.host().startsWith("gone")) {
                throw new UnknownHostException(endpoint.host());
            }
            return List.of(new ResolvedAddress(endpoint, InetAddress.getLoopbackAddress()));
        };
        return new SrvResolver(
                AddressResolver.SRV_AMQP, "dns://127.0.0.1:" + socket.getLocalPort(), targets, new Random(1));
    }

    private List<String> resolve(String host) throws IOException {
        return resolver().resolve(new Endpoint(host, 5672)).stream()
                .map(it -> it.endpoint().toString())
                .toList();
    }

    @Test
    void aServerThatFailsIsAnErrorAndNotAnAbsence() {
        otherwise = SERVER_FAILURE;
        assertThatThrownBy(() -> resolve("example.org"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("_amqp._tcp.example.org");
    }

    @Test
    void aServiceThatIsNotThereIsAnError() {
        records.put("_amqp._tcp.example.org", List.of(new SrvRecord(0, 0, 0, "")));
        assertThatThrownBy(() -> resolve("example.org"))
                .isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("no such service");
        assertThatThrownBy(() -> resolve("_bunny._tcp.example.org"))
                .isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("no SRV records of '_bunny._tcp.example.org'");
    }

    @Test
    void targetsWithoutAddressesAreAnErrorOnlyWhenThereAreNoOthers() throws IOException {
        records.put("_amqp._tcp.a", List.of(new SrvRecord(0, 0, 1, "gone1"), new SrvRecord(1, 0, 2, "gone2")));
        assertThatThrownBy(() -> resolve("a"))
                .isInstanceOf(UnknownHostException.class)
                .satisfies(it -> assertThat(it.getSuppressed()).hasSize(2));
        records.put("_amqp._tcp.b", List.of(new SrvRecord(0, 0, 1, "gone1"), new SrvRecord(1, 0, 2, "here")));
        assertThat(resolve("b")).containsExactly("here:2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a\"b", "a b", "ldap://h", "a,b=c"})
    void whatJndiWouldTakeForMoreThanANameIsRefused(String host) {
        assertThatThrownBy(() -> resolve(host)).isInstanceOf(IOException.class);
    }

    @Test
    void targetsComeByPriorityWithTheirOwnPorts() throws IOException {
        records.put(
                "_amqp._tcp.example.org",
                List.of(
                        new SrvRecord(20, 5, 5674, "c.example.org"),
                        new SrvRecord(10, 0, 5673, "b.example.org"),
                        new SrvRecord(5, 100, 5672, "a.example.org")));
        assertThat(resolve("example.org"))
                .containsExactly("a.example.org:5672", "b.example.org:5673", "c.example.org:5674");
    }

    @Test
    void aCompleteServiceNameIsTakenAsItIs() throws IOException {
        records.put("_amqps._tcp.example.org", List.of(new SrvRecord(0, 0, 5671, "s.example.org")));
        assertThat(resolve("_amqps._tcp.example.org")).containsExactly("s.example.org:5671");
    }

    @Test
    void withoutRecordsTheHostItselfIsConnectedTo() throws IOException {
        assertThat(resolve("plain.example.org")).containsExactly("plain.example.org:5672");
        records.put("_amqp._tcp.empty", List.of());
        assertThat(resolve("empty")).containsExactly("empty:5672");
    }

    @Test
    void anAddressIsNotAskedFor() throws IOException {
        socket.close();
        assertThat(resolve("192.0.2.1")).containsExactly("192.0.2.1:5672");
        assertThat(resolve("2001:db8::1")).containsExactly("[2001:db8::1]:5672");
    }

    @Test
    void theResolverForUsersAsksTheSystemsServers() {
        assertThat(AddressResolver.srv(AddressResolver.SRV_AMQPS)).hasToString("SRV records of _amqps._tcp");
    }
}
