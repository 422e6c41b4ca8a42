package dev.leveret.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.ReplyCode;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForeignPeerTest {

    private final Recorder recorder = new Recorder();
    private final FrameReader reader = new FrameReader(recorder);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'HTTP/1.1 400 Bad Request' | the peer answered with HTTP; is this the port of a web server? RabbitMQ's own, for management, is 15672; AMQP's is 5672",
                "15 03 03 0002 0246 | the peer answered with a TLS alert: this is a TLS port, which amqps:// is for",
                "16 03 01 00ff | the peer answered with a TLS handshake: this is a TLS port, which amqps:// is for",
                "15 02 | the peer's first byte is 0x15, which starts no AMQP frame: is this a broker's port for AMQP?",
                "'AMXP' 00000901 | the peer's first byte is 0x41, which starts no AMQP frame: is this a broker's port for AMQP?",
                "'HTXP' | the peer's first byte is 0x48, which starts no AMQP frame: is this a broker's port for AMQP?",
                "'SSH-2.0' | the peer answered with SSH; AMQP's port is 5672",
                "'220 mail ready' | the peer answered with the greeting of a mail or FTP server; AMQP's port is 5672",
                "'SIP' | the peer's first byte is 0x53, which starts no AMQP frame: is this a broker's port for AMQP?",
                "00 | the peer's first byte is 0x00, which starts no AMQP frame: is this a broker's port for AMQP?"
            })
    void peerThatSpeaksSomethingElseIsNamed(String bytes, String message) {
        assertRefused(bytes, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'AMQP' 00000901 | AMQP 0-9-1 (0 0 9 1)",
                "'AMQP' 03010000 | AMQP 1.0 (SASL) (3 1 0 0)",
                "'AMQP' 00010000 | AMQP 1.0 (0 1 0 0)",
                "'AMQP' 02010000 | AMQP 1.0 (TLS) (2 1 0 0)",
                "'AMQP' 01010800 | AMQP 0-8 (1 1 8 0)",
                "'AMQP' 0101000a | AMQP 0-10 (1 1 0 10)"
            })
    void versionsOfARefusedProtocolHeaderAreNamed(String bytes, String version) {
        assertRefused(
                bytes,
                "the peer refused AMQP 0-9-1 and answered with the protocol header of " + version
                        + ": is AMQP 0-9-1 switched on at this broker, and on this port?");
    }

    private void assertRefused(String bytes, String message) {
        assertThatThrownBy(() -> reader.read(Bytes.of(bytes)))
                .isInstanceOfSatisfying(
                        MalformedFrameException.class,
                        e -> assertThat(e.replyCode()).isEqualTo(ReplyCode.FRAME_ERROR))
                .hasMessage(message);

        FrameReader byteByByte = new FrameReader(recorder);
        assertThatThrownBy(() -> {
                    for (byte octet : Bytes.array(bytes)) {
                        byteByByte.read(Unpooled.wrappedBuffer(new byte[] {octet}));
                    }
                })
                .hasMessage(message);
        assertThat(recorder.events).isEmpty();
    }

    @Test
    void noVerdictBeforeItIsCertain() {
        assertThatCode(() -> {
                    reader.read(Bytes.of("'AMQ'"));
                    reader.read(Bytes.of("'P' 000009"));
                })
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> reader.read(Bytes.of("01"))).hasMessageContaining("AMQP 0-9-1 (0 0 9 1)");
    }

    @Test
    void onlyTheFirstBytesAreLookedAtThisWay() {
        reader.read(Bytes.of("08 0000 00000000 ce"));
        assertThatThrownBy(() -> reader.read(Bytes.of("'AMQP' 00000901"))).hasMessage("unknown frame type 65");
    }
}
