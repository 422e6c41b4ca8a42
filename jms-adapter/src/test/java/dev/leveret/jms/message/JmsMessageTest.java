package dev.leveret.jms.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.jms.destination.JmsQueue;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotWriteableException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class JmsMessageTest {

    private final JmsMessage message = new JmsMessage();

    @Test
    void aNewMessageHasTheDefaultsOfTheSpecification() {
        assertThat(message.getJMSMessageID()).isNull();
        assertThat(message.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
        assertThat(message.getJMSPriority()).isEqualTo(4);
        assertThat(message.getJMSExpiration()).isZero();
        assertThat(message.getJMSDestination()).isNull();
        assertThat(message.getPropertyNames().hasMoreElements()).isFalse();
    }

    @Test
    void propertiesOfAReceivedMessageAreReadOnlyUntilCleared() throws JMSException {
        message.setIntProperty("n", 1);
        message.markReceived(Acknowledger.NOTHING);
        assertThatThrownBy(() -> message.setIntProperty("n", 2)).isInstanceOf(MessageNotWriteableException.class);
        assertThatThrownBy(() -> message.setObjectProperty("m", 2)).isInstanceOf(MessageNotWriteableException.class);

        message.clearProperties();

        assertThat(message.propertyExists("n")).isFalse();
        message.setIntProperty("n", 2);
        assertThat(message.getIntProperty("n")).isEqualTo(2);
    }

    @Test
    void headersOfAReceivedMessageCanBeSet() throws JMSException {
        message.markReceived(Acknowledger.NOTHING);
        message.setJMSType("t");
        message.setJMSReplyTo(JmsQueue.of("q"));
        assertThat(message.getJMSType()).isEqualTo("t");
        assertThat(message.getJMSReplyTo()).isEqualTo(JmsQueue.of("q"));
    }

    @Test
    void onlyTheTypesOfTheSpecificationAreProperties() {
        for (Object value : List.of('c', new byte[0], new Object(), List.of(), new StringBuilder())) {
            assertThatThrownBy(() -> message.setObjectProperty("p", value)).isInstanceOf(MessageFormatException.class);
        }
    }

    @Test
    void aPropertyMayBeNullAndThenExists() throws JMSException {
        message.setStringProperty("s", null);
        message.setObjectProperty("o", null);
        assertThat(message.propertyExists("s")).isTrue();
        assertThat(message.getStringProperty("s")).isNull();
        assertThat(Collections.list(message.getPropertyNames())).containsExactly("s", "o");
    }

    @Test
    void propertiesCanBeSetWhileTheirNamesAreWalkedThrough() throws JMSException {
        message.setIntProperty("a", 1);
        message.setIntProperty("b", 2);
        for (var names = message.getPropertyNames(); names.hasMoreElements(); ) {
            message.setIntProperty(names.nextElement() + "2", 3);
        }
        assertThat(message.propertyExists("a2")).isTrue();
    }

    @Test
    void anAnnotationCanBeReadButIsNotListed() throws JMSException {
        message.properties().annotate("x-first-death-queue", "q");
        assertThat(message.getStringProperty("x-first-death-queue")).isEqualTo("q");
        assertThat(message.propertyExists("x-first-death-queue")).isTrue();
        assertThat(message.getPropertyNames().hasMoreElements()).isFalse();
        message.clearProperties();
        assertThat(message.propertyExists("x-first-death-queue")).isFalse();
    }

    @Test
    void aCorrelationIdOfBytesIsHexadecimalTextAndComesBackAsBytes() {
        byte[] bytes = {0, 1, (byte) 0xab, (byte) 0xff};
        message.setJMSCorrelationIDAsBytes(bytes);
        assertThat(message.getJMSCorrelationID()).isEqualTo("ID:0001ABFF");
        assertThat(message.getJMSCorrelationIDAsBytes()).isEqualTo(bytes);
        message.setJMSCorrelationIDAsBytes(new byte[0]);
        assertThat(message.getJMSCorrelationIDAsBytes()).isEmpty();
    }

    @Test
    void aCorrelationIdOfTextReadsAsItsUtf8Bytes() {
        message.setJMSCorrelationID("ID:request-ä");
        assertThat(message.getJMSCorrelationIDAsBytes()).isEqualTo("ID:request-ä".getBytes(StandardCharsets.UTF_8));
        message.setJMSCorrelationID(null);
        assertThat(message.getJMSCorrelationIDAsBytes()).isNull();
        message.setJMSCorrelationIDAsBytes(null);
        assertThat(message.getJMSCorrelationID()).isNull();
    }

    @Test
    void aMessageWithoutBodyGivesNullForEveryType() throws JMSException {
        assertThat(message.getBody(String.class)).isNull();
        assertThat(message.isBodyAssignableTo(byte[].class)).isTrue();
    }

    @Test
    void acknowledgeDoesWhatTheSessionSays() throws JMSException {
        message.acknowledge();
        AtomicInteger calls = new AtomicInteger();
        message.markReceived(calls::incrementAndGet);
        message.acknowledge();
        assertThat(calls).hasValue(1);
    }

    @Test
    void toStringTellsNothingOfWhatTheMessageSays() throws JMSException {
        JmsTextMessage text = new JmsTextMessage("secret");
        text.setStringProperty("p", "confidential");
        text.setJMSDestination(JmsQueue.of("q"));
        assertThat(text.toString()).isEqualTo("JmsTextMessage[null, queue://q]");
    }
}
