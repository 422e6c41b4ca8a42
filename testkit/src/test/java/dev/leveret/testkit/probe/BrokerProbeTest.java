package dev.leveret.testkit.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class BrokerProbeTest {

    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofSeconds(10);

    @Test
    void aSilentPeerIsGivenUpAtTheLimit() {
        try (ScriptedPeer peer = ScriptedPeer.silent()) {
            long before = System.nanoTime();

            assertThatThrownBy(() -> BrokerProbe.ask(peer.address(), SHORT))
                    .isInstanceOf(SocketTimeoutException.class)
                    .hasMessage("did not answer within 300 ms");
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isBetween(SHORT, Duration.ofSeconds(10));
        }
    }

    @Test
    void aPeerThatSendsAByteNowAndThenIsGivenUpAtTheLimit() {
        byte[] frame = StartBytes.of("RabbitMQ", "3.10.8");
        ScriptedPeer.Script trickle = (in, out) -> {
            for (byte one : frame) {
                out.write(one);
                Thread.sleep(100);
            }
        };
        try (ScriptedPeer peer = ScriptedPeer.doing(trickle)) {
            assertThatThrownBy(() -> BrokerProbe.ask(peer.address(), SHORT)).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void aPeerThatHangsUpIsNamedSo() {
        refused("", "closed the connection without a word");
    }

    @Test
    void aWebServerIsNamedSo() {
        refused("HTTP/1.1 400 Bad Request\r\n\r\n", "speaks HTTP, not AMQP 0-9-1");
    }

    @Test
    void aBrokerOfAnotherVersionOfAmqpIsNamedSo() {
        refused("AMQP\3\1\0\0", "speaks another version of AMQP than 0-9-1");
    }

    @Test
    void garbageIsNamedSo() {
        refused("220 mail.example ESMTP ready\r\n", "does not speak AMQP 0-9-1");
    }

    @Test
    void aPeerThatSendsWithoutEndIsRefusedAtOnce() {
        ScriptedPeer.Script flood = (in, out) -> {
            while (true) {
                out.write(new byte[8192]);
            }
        };
        try (ScriptedPeer peer = ScriptedPeer.doing(flood)) {
            assertThatThrownBy(() -> BrokerProbe.ask(peer.address(), LONG)).hasMessageContaining("0-9-1");
        }
    }

    @Test
    void aPortWhereNobodyListensRefusesTheConnection() {
        AmqpAddress closed;
        try (ScriptedPeer peer = ScriptedPeer.silent()) {
            closed = peer.address();
        }

        assertThatThrownBy(() -> BrokerProbe.ask(closed, LONG)).isInstanceOf(ConnectException.class);
    }

    @Test
    void anUnknownNameIsNamedSo() {
        AmqpAddress nowhere = new AmqpAddress("no-such-host.invalid", 5672, false);

        assertThatThrownBy(() -> BrokerProbe.ask(nowhere, LONG))
                .isInstanceOfAny(UnknownHostException.class, SocketTimeoutException.class);
    }

    @Test
    void tlsToAPeerWithoutTlsFails() {
        try (ScriptedPeer peer = ScriptedPeer.sending(StartBytes.of("RabbitMQ", "3.10.8"))) {
            AmqpAddress tls = new AmqpAddress("127.0.0.1", peer.port(), true);

            assertThatThrownBy(() -> BrokerProbe.ask(tls, LONG)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void tlsToASilentPeerIsGivenUpAtTheLimit() {
        try (ScriptedPeer peer = ScriptedPeer.silent()) {
            AmqpAddress tls = new AmqpAddress("127.0.0.1", peer.port(), true);

            assertThatThrownBy(() -> BrokerProbe.ask(tls, SHORT)).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void anInterruptEndsTheWait() {
        try (ScriptedPeer peer = ScriptedPeer.silent()) {
            Thread.currentThread().interrupt();

            ThrowingCallable ask = () -> BrokerProbe.ask(peer.address(), LONG);
            assertThatThrownBy(ask).isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted())
                    .as("the flag is left for the caller")
                    .isTrue();
        }
    }

    @Test
    void aBrokerTellsWhatItIs() throws IOException {
        try (ScriptedPeer peer = ScriptedPeer.sending(StartBytes.of("RabbitMQ", "3.10.8"))) {
            assertThat(BrokerProbe.ask(peer.address(), LONG).label()).isEqualTo("RabbitMQ 3.10.8");
        }
    }

    private static void refused(String answer, String message) {
        try (ScriptedPeer peer = ScriptedPeer.sending(answer.getBytes(StandardCharsets.ISO_8859_1))) {
            assertThatThrownBy(() -> BrokerProbe.ask(peer.address(), LONG))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(message);
        }
    }
}
