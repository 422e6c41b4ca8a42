package dev.leveret.jms.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotWriteableException;
import java.math.BigInteger;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JmsMapMessageTest {

    private final JmsMapMessage message = new JmsMapMessage();

    @Test
    void valuesAreFoundByTheirNames() throws JMSException {
        message.setInt("a", 1);
        message.setString("b", null);
        assertThat(message.getInt("a")).isEqualTo(1);
        assertThat(message.itemExists("b")).isTrue();
        assertThat(message.itemExists("c")).isFalse();
        assertThat(Collections.list(message.getMapNames())).containsExactly("a", "b");
    }

    @Test
    void namesMayBeWalkedThroughWhileValuesAreSet() throws JMSException {
        message.setInt("a", 1);
        message.setInt("b", 2);
        for (String name : Collections.list(message.getMapNames())) {
            message.setInt(name + name, 3);
        }
        assertThat(message.itemExists("bb")).isTrue();
    }

    @Test
    void aValueNeedsAName() {
        assertThatThrownBy(() -> message.setInt(null, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> message.setInt("", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> message.setObject("", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> message.setBytes("", new byte[1])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void otherObjectsAreRefused() {
        for (Object value : List.of(BigInteger.ONE, new Object(), List.of(), new int[0])) {
            assertThatThrownBy(() -> message.setObject("v", value)).isInstanceOf(MessageFormatException.class);
        }
        assertThat(message.itemExists("v")).isFalse();
    }

    @Test
    void bytesAreNotSharedWithTheApplication() throws JMSException {
        byte[] mine = {1, 2, 3};
        message.setBytes("all", mine);
        message.setBytes("part", mine, 1, 2);
        message.setObject("object", mine);
        mine[1] = 9;
        message.getBytes("all")[0] = 9;
        ((byte[]) message.getObject("object"))[0] = 9;
        ((byte[]) message.getBody(Map.class).get("all"))[0] = 9;
        assertThat(message.getBytes("all")).containsExactly(1, 2, 3);
        assertThat(message.getBytes("part")).containsExactly(2, 3);
        assertThat(message.getBytes("object")).containsExactly(1, 2, 3);
    }

    @Test
    void bytesBeyondTheArrayAreRefused() {
        assertThatThrownBy(() -> message.setBytes("v", new byte[2], 1, 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> message.setBytes("v", new byte[2], -1, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aReceivedMessageIsReadOnlyUntilItsBodyIsCleared() throws JMSException {
        message.setInt("a", 1);
        message.markReceived(Acknowledger.NOTHING);
        assertThatThrownBy(() -> message.setInt("a", 2)).isInstanceOf(MessageNotWriteableException.class);
        assertThatThrownBy(() -> message.setObject("b", 2)).isInstanceOf(MessageNotWriteableException.class);
        assertThat(message.getInt("a")).isEqualTo(1);
        message.clearBody();
        assertThat(message.itemExists("a")).isFalse();
        message.setInt("a", 2);
        assertThat(message.getInt("a")).isEqualTo(2);
    }

    @Test
    void theBodyIsACopyAsAMap() throws JMSException {
        message.setInt("a", 1);
        Map<?, ?> body = message.getBody(Map.class);
        body.clear();
        assertThat(message.getInt("a")).isEqualTo(1);
    }
}
