package dev.leveret.jms.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotReadableException;
import jakarta.jms.MessageNotWriteableException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class JmsStreamMessageTest {

    private final JmsStreamMessage message = new JmsStreamMessage();

    @Test
    void valuesAreReadInTheirOrder() throws JMSException {
        message.writeBoolean(true);
        message.writeByte((byte) 1);
        message.writeShort((short) 2);
        message.writeChar('c');
        message.writeInt(3);
        message.writeLong(4);
        message.writeFloat(5.5f);
        message.writeDouble(6.5);
        message.writeString("s");
        message.writeBytes(new byte[] {1, 2});
        message.writeBytes(new byte[] {9, 8, 9}, 1, 1);
        message.writeString(null);
        message.reset();

        assertThat(message.readBoolean()).isTrue();
        assertThat(message.readByte()).isEqualTo((byte) 1);
        assertThat(message.readShort()).isEqualTo((short) 2);
        assertThat(message.readChar()).isEqualTo('c');
        assertThat(message.readInt()).isEqualTo(3);
        assertThat(message.readLong()).isEqualTo(4);
        assertThat(message.readFloat()).isEqualTo(5.5f);
        assertThat(message.readDouble()).isEqualTo(6.5);
        assertThat(message.readString()).isEqualTo("s");
        assertThat((byte[]) message.readObject()).containsExactly(1, 2);
        assertThat((byte[]) message.readObject()).containsExactly(8);
        assertThat(message.readString()).isNull();
    }

    @Test
    void theEndIsAnExceptionEachTimeItIsReached() throws JMSException {
        message.writeInt(1);
        message.reset();
        message.readInt();
        assertThatThrownBy(message::readInt).isInstanceOf(MessageEOFException.class);
        assertThatThrownBy(message::readObject).isInstanceOf(MessageEOFException.class);
        assertThatThrownBy(() -> message.readBytes(new byte[1])).isInstanceOf(MessageEOFException.class);
        message.reset();
        assertThat(message.readInt()).isEqualTo(1);
    }

    @Test
    void bytesAreReadInPieces() throws JMSException {
        message.writeBytes(new byte[] {1, 2, 3, 4, 5});
        message.writeInt(6);
        message.reset();
        byte[] piece = new byte[2];
        assertThat(message.readBytes(piece)).isEqualTo(2);
        assertThat(piece).containsExactly(1, 2);
        assertThat(message.readBytes(piece)).isEqualTo(2);
        assertThat(piece).containsExactly(3, 4);
        assertThat(message.readBytes(piece)).isEqualTo(1);
        assertThat(piece).startsWith(5);
        assertThat(message.readInt()).isEqualTo(6);
    }

    @Test
    void bytesThatFitExactlyEndWithMinusOne() throws JMSException {
        message.writeBytes(new byte[] {1, 2});
        message.writeInt(6);
        message.reset();
        byte[] piece = new byte[2];
        assertThat(message.readBytes(piece)).isEqualTo(2);
        assertThatThrownBy(message::readInt).isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(message::readObject).isInstanceOf(MessageFormatException.class);
        assertThat(message.readBytes(piece)).isEqualTo(-1);
        assertThat(message.readInt()).isEqualTo(6);
    }

    @Test
    void noBytesAndNullAreReadAtOnce() throws JMSException {
        message.writeBytes(new byte[0]);
        message.writeBytes(null);
        message.writeInt(6);
        message.reset();
        assertThat(message.readBytes(new byte[2])).isZero();
        assertThat(message.readBytes(new byte[2])).isEqualTo(-1);
        assertThat(message.readInt()).isEqualTo(6);
    }

    @Test
    void resettingForgetsAPieceThatWasRead() throws JMSException {
        message.writeBytes(new byte[] {1, 2, 3});
        message.reset();
        message.readBytes(new byte[1]);
        message.reset();
        assertThat((byte[]) message.readObject()).containsExactly(1, 2, 3);
    }

    @Test
    void aMessageIsWrittenOrReadNeverBoth() throws JMSException {
        message.writeInt(1);
        assertThatThrownBy(message::readInt).isInstanceOf(MessageNotReadableException.class);
        assertThatThrownBy(() -> message.readBytes(new byte[1])).isInstanceOf(MessageNotReadableException.class);
        message.reset();
        assertThatThrownBy(() -> message.writeInt(1)).isInstanceOf(MessageNotWriteableException.class);
        assertThatThrownBy(() -> message.writeObject(1)).isInstanceOf(MessageNotWriteableException.class);
        message.clearBody();
        assertThatThrownBy(message::readInt).isInstanceOf(MessageNotReadableException.class);
        message.writeString("new");
        message.reset();
        assertThat(message.readString()).isEqualTo("new");
    }

    @Test
    void aMessageThatIsClearedAndResetTwiceIsEmpty() throws JMSException {
        message.writeInt(1);
        message.clearBody();
        message.reset();
        message.reset();
        assertThatThrownBy(message::readInt).isInstanceOf(MessageEOFException.class);
        message.clearBody();
        message.clearBody();
        message.writeInt(2);
        message.reset();
        assertThat(message.readInt()).isEqualTo(2);
    }

    @Test
    void aReceivedMessageIsReadOnlyUntilItsBodyIsCleared() throws JMSException {
        JmsStreamMessage received = new JmsStreamMessage(Arrays.asList(1, null));
        received.markReceived(Acknowledger.NOTHING);
        assertThatThrownBy(() -> received.writeInt(2)).isInstanceOf(MessageNotWriteableException.class);
        assertThat(received.readInt()).isEqualTo(1);
        received.clearBody();
        received.writeInt(2);
    }

    @Test
    void otherObjectsAreRefused() {
        for (Object value : List.of(BigInteger.ONE, new Object(), List.of(), new char[0])) {
            assertThatThrownBy(() -> message.writeObject(value)).isInstanceOf(MessageFormatException.class);
        }
        assertThat(message.content()).isEmpty();
    }

    @Test
    void bytesAreNotSharedWithTheApplication() throws JMSException {
        byte[] mine = {1};
        message.writeBytes(mine);
        mine[0] = 9;
        message.reset();
        ((byte[]) message.readObject())[0] = 9;
        message.reset();
        assertThat((byte[]) message.readObject()).containsExactly(1);
    }
}
