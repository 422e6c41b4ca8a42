package dev.leveret.testkit.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.testkit.BrokerKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StartFrameTest {

    private static final StartBytes RABBITMQ = new StartBytes()
            .table(
                    "capabilities",
                    new StartBytes().flag("publisher_confirms", true).flag("basic.nack", false))
            .text("product", "RabbitMQ")
            .text("version", "3.10.8");

    @Test
    void aFrameCutShortAnywhereIsRefused() {
        byte[] frame = RABBITMQ.frame();

        for (int length = 0; length < frame.length; length++) {
            byte[] cut = Arrays.copyOf(frame, length);
            assertThatThrownBy(() -> read(cut))
                    .as("%s of %s bytes", length, frame.length)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("closed the connection");
        }
    }

    @Test
    void aFrameThatIsNoMethodOfChannelZeroIsRefused() {
        assertThatThrownBy(() -> read(RABBITMQ.frame(2, 0, 10, 0, 0xCE))).hasMessageContaining("method frame");
        assertThatThrownBy(() -> read(RABBITMQ.frame(1, 1, 10, 0, 0xCE))).hasMessageContaining("method frame");
        assertThatThrownBy(() -> read(RABBITMQ.frame(1, 0, 11, 0, 0xCE))).hasMessageContaining("connection.start");
        assertThatThrownBy(() -> read(RABBITMQ.frame(1, 0, 10, 0, 0xCD))).hasMessageContaining("end mark");
    }

    @Test
    void aFrameThatAnnouncesMoreThanABrokerEverSendsIsRefusedBeforeItIsRead() {
        byte[] frame = {1, 0, 0, 0x7F, -1, -1, -1};
        InputStream endless =
                new SequenceInputStream(new ByteArrayInputStream(frame), new ByteArrayInputStream(new byte[200_000]));

        assertThatThrownBy(() -> StartFrame.read(endless)).hasMessageContaining("method frame");
        assertThatThrownBy(() -> read((byte) 1, (byte) 0, (byte) 0, (byte) -1, (byte) 0, (byte) 0, (byte) 0))
                .hasMessageContaining("method frame");
    }

    @Test
    void tablesThatLieAboutTheirSizeAreRefused() {
        for (int size : List.of(-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 4096)) {
            assertThatThrownBy(() -> read(RABBITMQ.frame(1, 0, 10, size, 0xCE)))
                    .as("size %s", size)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("longer than the frame");
        }
        assertThatThrownBy(() -> read(RABBITMQ.frame(1, 0, 10, 5, 0xCE))).isInstanceOf(IOException.class);
    }

    @Test
    void fieldsThatLieAboutTheirSizeAreRefused() {
        byte[] frame = new StartBytes()
                .raw("product", 'S', (byte) 0x7F, (byte) -1, (byte) -1, (byte) -1)
                .frame();

        assertThatThrownBy(() -> read(frame)).hasMessageContaining("longer than the frame");
    }

    @Test
    void anUnknownTypeOfFieldIsRefused() {
        byte[] frame = new StartBytes().raw("product", '?').frame();

        assertThatThrownBy(() -> read(frame)).hasMessageContaining("unknown type 63");
    }

    @Test
    void deepNestingIsRefused() {
        StartBytes nested = new StartBytes();
        for (int depth = 0; depth < 1_000; depth++) {
            nested = new StartBytes().table("t", nested);
        }
        byte[] frame = nested.frame();

        assertThatThrownBy(() -> read(frame)).hasMessageContaining("nested more than 8 deep");
    }

    @Test
    void randomDamageEndsInAnAnswerOrAnIoException() {
        byte[] frame = RABBITMQ.frame();
        Random random = new Random(1);
        for (int round = 0; round < 20_000; round++) {
            byte[] damaged = frame.clone();
            for (int times = random.nextInt(4); times >= 0; times--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(read(damaged).label()).hasSizeLessThan(130);
            } catch (IOException refused) {
                assertThat(refused).hasMessageMatching("(?s).+");
            }
        }
    }

    @Test
    void productVersionAndCapabilitiesAreRead() throws IOException {
        ServerIdentity identity = read(RABBITMQ.frame());

        assertThat(identity.product()).isEqualTo("RabbitMQ");
        assertThat(identity.version()).isEqualTo("3.10.8");
        assertThat(identity.announced())
                .as("what is announced as false is not announced")
                .containsExactly("publisher_confirms");
        assertThat(identity.kind()).isEqualTo(BrokerKind.RABBITMQ);
    }

    @Test
    void aFrameThatComesByteByByteIsRead() throws IOException {
        List<InputStream> bytes = new java.util.ArrayList<>();
        for (byte one : RABBITMQ.frame()) {
            bytes.add(new ByteArrayInputStream(new byte[] {one}));
        }

        ServerIdentity identity = StartFrame.read(new SequenceInputStream(Collections.enumeration(bytes)));

        assertThat(identity.label()).isEqualTo("RabbitMQ 3.10.8");
    }

    @Test
    void fieldsOfEveryTypeAreSkipped() throws IOException {
        StartBytes start = new StartBytes().raw("V", 'V');
        "bB".chars().forEach(type -> start.raw("1", (char) type, new byte[1]));
        "suU".chars().forEach(type -> start.raw("2", (char) type, new byte[2]));
        "iIf".chars().forEach(type -> start.raw("4", (char) type, new byte[4]));
        "D".chars().forEach(type -> start.raw("5", (char) type, new byte[5]));
        "lLdT".chars().forEach(type -> start.raw("8", (char) type, new byte[8]));
        "xA".chars().forEach(type -> start.raw("n", (char) type, (byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) 'V'));

        assertThat(read(start.text("product", "RabbitMQ").frame()).product()).isEqualTo("RabbitMQ");
    }

    private static ServerIdentity read(byte... bytes) throws IOException {
        return StartFrame.read(new ByteArrayInputStream(bytes));
    }
}
