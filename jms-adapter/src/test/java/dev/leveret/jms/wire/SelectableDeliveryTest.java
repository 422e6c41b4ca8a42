package dev.leveret.jms.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.jms.destination.JmsQueue;
import dev.leveret.jms.message.JmsMessage;
import dev.leveret.jms.message.JmsTextMessage;
import dev.leveret.jms.selector.Selector;
import dev.leveret.jms.testing.FakeDelivery;
import jakarta.jms.DeliveryMode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelectableDeliveryTest {

    private static boolean matches(String selector, BasicProperties properties) throws Exception {
        return Selector.parse(selector).matches(new SelectableDelivery(properties));
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 300})
    void whatAMessageWasSentWithIsWhatItIsSelectedBy(int length) throws Exception {
        JmsMessage message = new JmsTextMessage("x");
        String longText = "x".repeat(length);
        message.setJMSMessageID("ID:1");
        message.setJMSTimestamp(1_700_000_000_123L);
        message.setJMSCorrelationID(longText);
        message.setJMSType(longText);
        message.setJMSDeliveryMode(DeliveryMode.NON_PERSISTENT);
        message.setJMSPriority(7);
        message.setJMSDestination(JmsQueue.of("q"));
        message.setByteProperty("b", (byte) 1);
        message.setShortProperty("s", (short) 2);
        message.setIntProperty("i", 3);
        message.setLongProperty("l", 4);
        message.setFloatProperty("f", 0.1f);
        message.setDoubleProperty("d", 0.1);
        message.setBooleanProperty("yes", true);
        message.setStringProperty("t", "text");
        message.setStringProperty("CC", "DE");
        message.setStringProperty("JMSXGroupID", "g");
        message.setStringProperty("JMS_AMQP_ContentType", "text/css");

        BasicProperties sent = OutboundMapping.encode(message, 0).properties();

        assertThat(matches(
                        "JMSMessageID = 'ID:1' AND JMSTimestamp = 1700000000123 AND JMSCorrelationID = '" + longText
                                + "' AND JMSType = '" + longText
                                + "' AND JMSDeliveryMode = 'NON_PERSISTENT' AND JMSPriority = 7",
                        sent))
                .isTrue();
        assertThat(matches(
                        "b = 1 AND s = 2 AND i = 3 AND l = 4 AND f = 0.1f AND f <> 0.1 AND d = 0.1 AND yes"
                                + " AND t = 'text' AND CC = 'DE' AND JMSXGroupID = 'g' AND JMS_AMQP_ContentType = 'text/css'",
                        sent))
                .isTrue();
    }

    @Test
    void aDeliveryWithoutAnythingHasTheDefaults() throws Exception {
        assertThat(matches(
                        "JMSDeliveryMode = 'NON_PERSISTENT' AND JMSPriority = 4 AND JMSMessageID IS NULL"
                                + " AND JMSTimestamp IS NULL AND JMSCorrelationID IS NULL AND JMSType IS NULL"
                                + " AND JMSXDeliveryCount IS NULL AND JMSXUserID IS NULL AND JMS_AMQP_ContentType IS NULL",
                        BasicProperties.EMPTY))
                .isTrue();
    }

    @Test
    void fieldsAndHeadersOfOtherClientsCount() throws Exception {
        BasicProperties foreign = BasicProperties.builder()
                .deliveryMode(2)
                .priority(200)
                .timestamp(Instant.ofEpochSecond(5))
                .userId("guest")
                .appId("app")
                .contentType(ContentType.TEXT)
                .contentEncoding("identity")
                .header("decimal", new BigDecimal("1.50"))
                .header("time", Instant.ofEpochSecond(6))
                .header("table", Map.of("a", 1))
                .build();
        assertThat(matches(
                        "JMSDeliveryMode = 'PERSISTENT' AND JMSPriority = 9 AND JMSTimestamp = 5000 AND JMSXUserID = 'guest'"
                                + " AND JMSXAppID = 'app' AND JMS_AMQP_ContentEncoding = 'identity'"
                                + " AND JMS_AMQP_ContentType IS NULL AND decimal = '1.50' AND time = 6000 AND table IS NULL",
                        foreign))
                .isTrue();
    }

    @Test
    void rabbitMqsJmsClientPutsTheHeaderFieldsIntoHeaders() throws Exception {
        BasicProperties theirs = BasicProperties.builder()
                .deliveryMode(2)
                .header("JMSMessageID", "ID:7")
                .header("JMSTimestamp", 77L)
                .header("JMSPriority", 5)
                .header("JMSCorrelationID", "c")
                .header("JMSType", "t")
                .build();
        assertThat(matches(
                        "JMSMessageID = 'ID:7' AND JMSTimestamp = 77 AND JMSPriority = 5 AND JMSCorrelationID = 'c'"
                                + " AND JMSType = 't'",
                        theirs))
                .isTrue();
    }

    @Test
    void aMessageIsSelectedByWhatItWouldShow() throws Exception {
        BasicProperties properties = BasicProperties.builder()
                .priority(3)
                .messageId("m")
                .type("t")
                .correlationId("c")
                .header("n", 1)
                .build();
        JmsMessage shown = InboundMapping.decode(FakeDelivery.of(properties, new byte[0]), JmsQueue.of("q"), 0);
        SelectableDelivery seen = new SelectableDelivery(properties);
        assertThat(seen.value("JMSPriority")).isEqualTo(shown.getJMSPriority());
        assertThat(seen.value("JMSMessageID")).isEqualTo(shown.getJMSMessageID());
        assertThat(seen.value("JMSType")).isEqualTo(shown.getJMSType());
        assertThat(seen.value("JMSCorrelationID")).isEqualTo(shown.getJMSCorrelationID());
        assertThat(seen.value("n")).isEqualTo(shown.getObjectProperty("n"));
    }
}
