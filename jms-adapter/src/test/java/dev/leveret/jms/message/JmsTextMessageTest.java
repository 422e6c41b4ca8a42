package dev.leveret.jms.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotWriteableException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JmsTextMessageTest {

    private final JmsTextMessage message = new JmsTextMessage("hello");

    @Test
    void theTextOfAReceivedMessageIsReadOnlyUntilCleared() throws JMSException {
        message.markReceived(Acknowledger.NOTHING);
        assertThatThrownBy(() -> message.setText("x")).isInstanceOf(MessageNotWriteableException.class);
        assertThat(message.getText()).isEqualTo("hello");
        message.clearBody();
        assertThat(message.getText()).isNull();
        message.setText("x");
        assertThat(message.getText()).isEqualTo("x");
    }

    @Test
    void clearingTheBodyLeavesThePropertiesAlone() throws JMSException {
        message.setIntProperty("n", 1);
        message.markReceived(Acknowledger.NOTHING);
        message.clearBody();
        assertThat(message.getIntProperty("n")).isEqualTo(1);
        assertThatThrownBy(() -> message.setIntProperty("n", 2)).isInstanceOf(MessageNotWriteableException.class);
    }

    @Test
    void theBodyIsHadAsEveryTypeThatAStringIs() throws JMSException {
        for (Class<?> type :
                List.of(String.class, Object.class, CharSequence.class, Comparable.class, Serializable.class)) {
            assertThat(message.isBodyAssignableTo(type)).isTrue();
            assertThat((Object) message.getBody(type)).isEqualTo("hello");
        }
    }

    @Test
    void theBodyIsNotHadAsAnythingElse() throws JMSException {
        for (Class<?> type : List.of(byte[].class, Integer.class, Map.class, StringBuilder.class)) {
            assertThat(message.isBodyAssignableTo(type)).isFalse();
            assertThatThrownBy(() -> message.getBody(type)).isInstanceOf(MessageFormatException.class);
        }
        assertThatThrownBy(() -> message.getBody(null)).isInstanceOf(MessageFormatException.class);
    }

    @Test
    void noTextGivesNullForEveryType() throws JMSException {
        message.setText(null);
        assertThat(message.isBodyAssignableTo(Integer.class)).isTrue();
        assertThat(message.getBody(Integer.class)).isNull();
    }
}
