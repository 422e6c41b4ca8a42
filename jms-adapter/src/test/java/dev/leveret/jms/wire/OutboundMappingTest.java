package dev.leveret.jms.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.jms.destination.JmsDestination;
import dev.leveret.jms.destination.JmsQueue;
import dev.leveret.jms.destination.JmsTopic;
import dev.leveret.jms.message.JmsBytesMessage;
import dev.leveret.jms.message.JmsMapMessage;
import dev.leveret.jms.message.JmsMessage;
import dev.leveret.jms.message.JmsObjectMessage;
import dev.leveret.jms.message.JmsStreamMessage;
import dev.leveret.jms.message.JmsTextMessage;
import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What other AMQP clients see of our messages. */
class OutboundMappingTest {

    @Test
    void textTravelsAsUtf8Text() throws JMSException {
        var encoded = OutboundMapping.encode(new JmsTextMessage("grüße"), 0);
        assertThat(encoded.body()).isEqualTo("grüße".getBytes(StandardCharsets.UTF_8));
        assertThat(encoded.properties().contentType()).isEqualTo("text/plain; charset=utf-8");
        assertThat(encoded.properties().headers()).containsExactly(entry("x-jms-type", "text"));
    }

    @Test
    void bytesTravelAsThemselves() throws JMSException {
        JmsBytesMessage message = new JmsBytesMessage();
        message.writeBytes(new byte[] {1, 2, 3});
        var encoded = OutboundMapping.encode(message, 0);
        assertThat(encoded.body()).containsExactly(1, 2, 3);
        assertThat(encoded.properties().contentType()).isEqualTo("application/octet-stream");
        message.writeByte((byte) 4);
        assertThat(encoded.body()).hasSize(3);
    }

    @Test
    void aMessageWithoutBodyHasNoContentType() throws JMSException {
        var encoded = OutboundMapping.encode(new JmsMessage(), 0);
        assertThat(encoded.body()).isEmpty();
        assertThat(encoded.properties().contentType()).isNull();
        assertThat(encoded.properties().header("x-jms-type")).isEqualTo("message");
    }

    @Test
    void propertiesAreHeadersOfTheirOwnTypes() throws JMSException {
        JmsMessage message = new JmsMessage();
        message.setBooleanProperty("bool", true);
        message.setByteProperty("byte", (byte) 1);
        message.setShortProperty("short", (short) 2);
        message.setIntProperty("int", 3);
        message.setLongProperty("long", 4);
        message.setFloatProperty("float", 5.5f);
        message.setDoubleProperty("double", 6.5);
        message.setStringProperty("string", "s");
        message.setStringProperty("JMSXGroupID", "g");
        message.setIntProperty("JMSXGroupSeq", 8);
        assertThat(OutboundMapping.encode(message, 0).properties().headers())
                .contains(
                        entry("bool", true),
                        entry("byte", (byte) 1),
                        entry("short", (short) 2),
                        entry("int", 3),
                        entry("long", 4L),
                        entry("float", 5.5f),
                        entry("double", 6.5),
                        entry("string", "s"),
                        entry("JMSXGroupID", "g"),
                        entry("JMSXGroupSeq", 8));
    }

    @Test
    void headersThatAmqpKnowsAreInItsFields() throws JMSException {
        JmsMessage message = new JmsMessage();
        message.setJMSMessageID("ID:1");
        message.setJMSCorrelationID("c");
        message.setJMSType("t");
        message.setJMSPriority(9);
        message.setJMSDeliveryMode(1);
        message.setJMSTimestamp(1_700_000_000_123L);
        message.setJMSDeliveryTime(1_700_000_000_123L);
        message.setJMSExpiration(1_700_000_005_123L);
        message.setJMSDestination(JmsTopic.of("prices"));
        message.setJMSReplyTo(JmsQueue.of("replies"));

        BasicProperties sent = OutboundMapping.encode(message, 5000).properties();

        assertThat(sent.messageId()).isEqualTo("ID:1");
        assertThat(sent.correlationId()).isEqualTo("c");
        assertThat(sent.type()).isEqualTo("t");
        assertThat(sent.priority()).isEqualTo(9);
        assertThat(sent.deliveryMode()).isEqualTo(1);
        assertThat(sent.timestamp()).isEqualTo(Instant.ofEpochSecond(1_700_000_000L));
        assertThat(sent.expiration()).isEqualTo("5000");
        assertThat(sent.replyTo()).isEqualTo("replies");
        assertThat(sent.userId()).isNull();
        assertThat(sent.headers())
                .containsOnly(
                        entry("x-jms-type", "message"),
                        entry("x-jms-dest", "topic://prices"),
                        entry("JMSTimestamp", 1_700_000_000_123L),
                        entry("JMSExpiration", 1_700_000_005_123L));
    }

    @Test
    void aTopicToReplyToIsNotGivenOutAsAQueue() throws JMSException {
        JmsMessage message = new JmsMessage();
        message.setJMSReplyTo(JmsTopic.of("replies"));
        BasicProperties sent = OutboundMapping.encode(message, 0).properties();
        assertThat(sent.replyTo()).isNull();
        assertThat(sent.header("x-jms-reply-to")).isEqualTo("topic://replies");
    }

    @Test
    void aTemporaryQueueToReplyToIsAQueueForEverybody() throws JMSException {
        JmsMessage message = new JmsMessage();
        message.setJMSReplyTo(JmsDestination.parse("temp-queue://r").orElseThrow());
        BasicProperties sent = OutboundMapping.encode(message, 0).properties();
        assertThat(sent.replyTo()).isEqualTo("r");
        assertThat(sent.header("x-jms-reply-to")).isEqualTo("temp-queue://r");
    }

    @Test
    void whatIsTooLongForAFieldBecomesAHeader() throws JMSException {
        JmsMessage message = new JmsMessage();
        message.setJMSCorrelationID("ä".repeat(128));
        message.setJMSType("x".repeat(256));
        BasicProperties sent = OutboundMapping.encode(message, 0).properties();
        assertThat(sent.correlationId()).isNull();
        assertThat(sent.header("JMSCorrelationID")).isEqualTo("ä".repeat(128));
        assertThat(sent.type()).isNull();
        assertThat(sent.header("JMSType")).isEqualTo("x".repeat(256));
    }

    @Test
    void aLifeLongerThanTheBrokerCanCountExpiresByItsHeaderOnly() throws JMSException {
        JmsMessage message = new JmsMessage();
        message.setJMSExpiration(Long.MAX_VALUE);
        BasicProperties sent = OutboundMapping.encode(message, 0x1_0000_0000L).properties();
        assertThat(sent.expiration()).isNull();
        assertThat(sent.header("JMSExpiration")).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void theContentTypeCanBeChosen() throws JMSException {
        JmsTextMessage message = new JmsTextMessage("ä");
        message.setStringProperty("JMS_AMQP_ContentType", "application/json");
        var json = OutboundMapping.encode(message, 0);
        assertThat(json.properties().contentType()).isEqualTo("application/json");
        assertThat(json.properties().headers()).doesNotContainKey("JMS_AMQP_ContentType");
        assertThat(json.body()).hasSize(2);

        message.setStringProperty("JMS_AMQP_ContentType", "text/plain; charset=iso-8859-1");
        assertThat(OutboundMapping.encode(message, 0).body()).hasSize(1);
    }

    @Test
    void textIsNeverSentWithQuestionMarksInIt() throws JMSException {
        JmsTextMessage message = new JmsTextMessage("€");
        message.setStringProperty("JMS_AMQP_ContentType", "text/plain; charset=iso-8859-1");
        assertThatThrownBy(() -> OutboundMapping.encode(message, 0)).isInstanceOf(MessageFormatException.class);
        message.setStringProperty("JMS_AMQP_ContentType", "text/plain; charset=klingon");
        assertThatThrownBy(() -> OutboundMapping.encode(message, 0)).isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(() -> OutboundMapping.encode(new JmsTextMessage("\ud800"), 0))
                .isInstanceOf(MessageFormatException.class);
    }

    @Test
    void propertiesByWhichTheBrokerWouldRouteGoUnderOtherNames() throws JMSException {
        JmsMessage message = new JmsMessage();
        message.setStringProperty("CC", "DE");
        message.setIntProperty("BCC", 7);
        message.setStringProperty("cc", "small");

        BasicProperties sent = OutboundMapping.encode(message, 0).properties();

        assertThat(sent.headers())
                .containsEntry("x-jms-property-CC", "DE")
                .containsEntry("x-jms-property-BCC", 7)
                .containsEntry("cc", "small")
                .doesNotContainKeys("CC", "BCC");
    }

    @Test
    void whatAmqpCannotCarryIsSaidOfTheMessage() throws JMSException {
        JmsMessage name = new JmsMessage();
        name.setStringProperty("n".repeat(256), "x");
        JmsMessage value = new JmsMessage();
        value.setStringProperty("n", "half \ud800");
        JmsMessage type = new JmsMessage();
        type.setJMSType("half \ud800");

        for (JmsMessage message : List.of(name, value, type)) {
            assertThatThrownBy(() -> OutboundMapping.encode(message, 0))
                    .isInstanceOf(MessageFormatException.class)
                    .hasMessageStartingWith("AMQP cannot carry a part of this message: ")
                    .hasCauseInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> OutboundMapping.encodeForRabbitMqJms(message, 0, "jms.durable.topic"))
                    .isInstanceOf(MessageFormatException.class);
        }
    }

    @Test
    void whatOnlyReceiversGetIsNotSentOn() throws JMSException {
        JmsMessage received = new JmsMessage();
        received.properties().put("JMSXDeliveryCount", 3);
        received.properties().put("JMSXUserID", "u");
        received.properties().put("JMSXAppID", "a");
        received.properties().annotate("x-death", "whatever");
        BasicProperties sent = OutboundMapping.encode(received, 0).properties();
        assertThat(sent.headers()).containsOnlyKeys("x-jms-type");
        assertThat(sent.userId()).isNull();
        assertThat(sent.appId()).isNull();
    }

    @Test
    void aMapIsJsonThatAnyoneReads() throws JMSException {
        JmsMapMessage map = new JmsMapMessage();
        map.setString("name", "grüße \"x\"\n");
        map.setInt("count", 3);
        map.setDouble("ratio", 2);
        map.setBoolean("ok", true);
        map.setString("none", null);
        map.setLong("total", 4);
        map.setByte("b", (byte) 5);
        map.setShort("s", (short) 6);
        map.setFloat("f", 0.5f);
        map.setChar("c", 'x');
        map.setBytes("data", new byte[] {1, 2});
        var sent = OutboundMapping.encode(map, 0);
        assertThat(sent.properties().contentType()).isEqualTo("application/json");
        assertThat(sent.properties().header("x-jms-type")).isEqualTo("map");
        assertThat(new String(sent.body(), StandardCharsets.UTF_8))
                .isEqualTo("{\"name\":\"grüße \\\"x\\\"\\u000a\",\"count\":3,\"ratio\":2.0,\"ok\":true,\"none\":null,"
                        + "\"total\":{\"long\":\"4\"},\"b\":{\"byte\":5},\"s\":{\"short\":6},\"f\":{\"float\":0.5},"
                        + "\"c\":{\"char\":\"x\"},\"data\":{\"bytes\":\"AQI=\"}}");
    }

    @Test
    void aStreamIsAnArrayOfTheSame() throws JMSException {
        JmsStreamMessage stream = new JmsStreamMessage();
        stream.writeInt(1);
        stream.writeString("s");
        stream.writeLong(2);
        var sent = OutboundMapping.encode(stream, 0);
        assertThat(sent.properties().contentType()).isEqualTo("application/json");
        assertThat(sent.properties().header("x-jms-type")).isEqualTo("stream");
        assertThat(new String(sent.body(), StandardCharsets.UTF_8)).isEqualTo("[1,\"s\",{\"long\":\"2\"}]");
    }

    @Test
    void anObjectIsItsSerializedForm() throws JMSException {
        JmsObjectMessage object = new JmsObjectMessage();
        object.setObject("s");
        var sent = OutboundMapping.encode(object, 0);
        assertThat(sent.properties().contentType()).isEqualTo("application/x-java-serialized-object");
        assertThat(sent.properties().header("x-jms-type")).isEqualTo("object");
        assertThat(sent.body()).isEqualTo(object.content());
    }
}
