package dev.leveret.jms.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotReadableException;
import jakarta.jms.MessageNotWriteableException;
import java.io.EOFException;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;

class JmsBytesMessageTest {

    private final JmsBytesMessage message = new JmsBytesMessage();

    @Test
    void whatIsWrittenIsReadBack() throws JMSException {
        message.writeBoolean(true);
        message.writeByte((byte) -1);
        message.writeByte((byte) -1);
        message.writeShort((short) -2);
        message.writeShort((short) -2);
        message.writeChar('ä');
        message.writeInt(Integer.MIN_VALUE);
        message.writeLong(Long.MAX_VALUE);
        message.writeFloat(1.5f);
        message.writeDouble(-2.25);
        message.writeUTF("grüße");
        message.writeBytes(new byte[] {1, 2, 3});
        message.writeBytes(new byte[] {9, 4, 5, 9}, 1, 2);
        message.reset();

        assertThat(message.getBodyLength()).isEqualTo(1 + 2 + 4 + 2 + 4 + 8 + 4 + 8 + 2 + 7 + 3 + 2);
        assertThat(message.readBoolean()).isTrue();
        assertThat(message.readByte()).isEqualTo((byte) -1);
        assertThat(message.readUnsignedByte()).isEqualTo(255);
        assertThat(message.readShort()).isEqualTo((short) -2);
        assertThat(message.readUnsignedShort()).isEqualTo(65534);
        assertThat(message.readChar()).isEqualTo('ä');
        assertThat(message.readInt()).isEqualTo(Integer.MIN_VALUE);
        assertThat(message.readLong()).isEqualTo(Long.MAX_VALUE);
        assertThat(message.readFloat()).isEqualTo(1.5f);
        assertThat(message.readDouble()).isEqualTo(-2.25);
        assertThat(message.readUTF()).isEqualTo("grüße");
        byte[] rest = new byte[8];
        assertThat(message.readBytes(rest, 2)).isEqualTo(2);
        assertThat(message.readBytes(rest)).isEqualTo(3);
        assertThat(rest).startsWith(3, 4, 5);
        assertThat(message.readBytes(rest)).isEqualTo(-1);
    }

    @Test
    void objectsAreWrittenByTheirType() throws JMSException {
        for (Object value : List.of(true, (byte) 1, (short) 2, 'c', 3, 4L, 5f, 6d, "s", new byte[] {7})) {
            message.writeObject(value);
        }
        message.reset();
        assertThat(message.getBodyLength()).isEqualTo(1 + 1 + 2 + 2 + 4 + 8 + 4 + 8 + 3 + 1);
    }

    @Test
    void otherObjectsAreRefused() {
        assertThatThrownBy(() -> message.writeObject(new Object())).isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(() -> message.writeObject(BigInteger.ONE)).isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(() -> message.writeObject(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void aMessageIsWrittenOrReadNeverBoth() throws JMSException {
        assertThatThrownBy(message::readByte).isInstanceOf(MessageNotReadableException.class);
        assertThatThrownBy(message::getBodyLength).isInstanceOf(MessageNotReadableException.class);
        message.writeInt(1);
        message.reset();
        assertThatThrownBy(() -> message.writeInt(1)).isInstanceOf(MessageNotWriteableException.class);
        assertThatThrownBy(() -> message.writeObject(1)).isInstanceOf(MessageNotWriteableException.class);
        message.clearBody();
        assertThatThrownBy(message::readInt).isInstanceOf(MessageNotReadableException.class);
        message.writeByte((byte) 1);
        assertThat(message.content()).containsExactly(1);
    }

    @Test
    void readingBeyondTheEndIsTheEndAndMovesNothing() throws JMSException {
        message.writeShort((short) 258);
        message.reset();
        assertThatThrownBy(message::readInt)
                .isInstanceOf(MessageEOFException.class)
                .hasCauseInstanceOf(EOFException.class);
        assertThat(message.readByte()).isEqualTo((byte) 1);
        assertThatThrownBy(message::readUTF).isInstanceOf(MessageEOFException.class);
        assertThat(message.readByte()).isEqualTo((byte) 2);
        assertThatThrownBy(message::readByte).isInstanceOf(MessageEOFException.class);
    }

    @Test
    void bytesThatAreNoStringAreAFormatErrorAndMoveNothing() throws JMSException {
        message.writeBytes(new byte[] {0, 1, (byte) 0xff});
        message.reset();
        assertThatThrownBy(message::readUTF).isInstanceOf(MessageFormatException.class);
        assertThat(message.readShort()).isEqualTo((short) 1);
    }

    @Test
    void aStringTooLongForItsFormatIsRefused() {
        assertThatThrownBy(() -> message.writeUTF("x".repeat(65536))).isInstanceOf(MessageFormatException.class);
    }

    @Test
    void resetReadsAgainFromTheStart() throws JMSException {
        message.writeInt(42);
        message.reset();
        assertThat(message.readInt()).isEqualTo(42);
        message.reset();
        assertThat(message.readInt()).isEqualTo(42);
    }

    @Test
    void aReceivedMessageIsReadFromItsStart() throws JMSException {
        JmsBytesMessage received = new JmsBytesMessage(new byte[] {1, 2});
        received.markReceived(Acknowledger.NOTHING);
        assertThat(received.readByte()).isEqualTo((byte) 1);
        assertThatThrownBy(() -> received.writeByte((byte) 1)).isInstanceOf(MessageNotWriteableException.class);
    }

    @Test
    void theWholeBodyIsHadAsBytesWhateverIsBeingDoneWithIt() throws JMSException {
        message.writeByte((byte) 5);
        assertThat(message.getBody(byte[].class)).containsExactly(5);
        message.writeByte((byte) 6);
        message.reset();
        assertThat(message.readByte()).isEqualTo((byte) 5);
        assertThat((byte[]) message.getBody(Object.class)).containsExactly(5, 6);
        assertThat(message.readByte()).isEqualTo((byte) 6);
        assertThat(message.isBodyAssignableTo(String.class)).isFalse();
        assertThatThrownBy(() -> message.getBody(String.class)).isInstanceOf(MessageFormatException.class);
    }

    @Test
    void aBodyOfNoBytesCountsAsNone() throws JMSException {
        assertThat(message.getBody(String.class)).isNull();
        assertThat(message.isBodyAssignableTo(String.class)).isTrue();
    }

    @Test
    void theLengthToReadIsChecked() {
        message.reset();
        assertThatThrownBy(() -> message.readBytes(new byte[2], 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> message.readBytes(new byte[2], -1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
