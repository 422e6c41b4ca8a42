package dev.leveret.jms.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.jms.destination.JmsDestination;
import dev.leveret.jms.destination.JmsQueue;
import dev.leveret.jms.message.JmsBytesMessage;
import dev.leveret.jms.message.JmsMapMessage;
import dev.leveret.jms.message.JmsMessage;
import dev.leveret.jms.message.JmsObjectMessage;
import dev.leveret.jms.message.JmsStreamMessage;
import dev.leveret.jms.message.JmsTextMessage;
import dev.leveret.jms.testing.FakeDelivery;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What we see of other AMQP clients' messages. */
class InboundMappingTest {

    private static final byte[] BODY = "{\"ä\":1}".getBytes(StandardCharsets.UTF_8);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "text/html; charset=UTF-8",
                "TEXT/PLAIN;charset=\"utf-8\"",
                "application/json",
                "application/vnd.acme+json",
                "application/xml",
                "image/svg+xml"
            })
    void textualContentTypesAreText(String contentType) throws JMSException {
        JmsMessage message = decode(BasicProperties.builder().contentType(contentType), BODY);
        assertThat(message).isInstanceOf(JmsTextMessage.class);
        assertThat(message.getBody(String.class)).isEqualTo("{\"ä\":1}");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {"application/octet-stream", "application/x-protobuf", "nonsense", "text/plain; charset=klingon"})
    void everythingElseIsBytes(String contentType) throws JMSException {
        JmsMessage message = decode(BasicProperties.builder().contentType(contentType), BODY);
        assertThat(message).isInstanceOf(JmsBytesMessage.class);
        assertThat(message.getBody(byte[].class)).isEqualTo(BODY);
    }

    @Test
    void textInAnotherCharacterSetIsReadInThat() throws JMSException {
        JmsMessage message = decode(
                BasicProperties.builder().contentType("text/plain; charset=ISO-8859-1"),
                "ä".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(message.getBody(String.class)).isEqualTo("ä");
    }

    @Test
    void textThatIsNotValidInItsCharacterSetIsBytes() throws JMSException {
        byte[] latin = "ä".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(decode(BasicProperties.builder().contentType("text/plain"), latin)
                        .getBody(byte[].class))
                .isEqualTo(latin);
    }

    @Test
    void anEncodedBodyIsBytes() throws JMSException {
        JmsMessage message =
                decode(BasicProperties.builder().contentType("text/plain").contentEncoding("gzip"), BODY);
        assertThat(message).isInstanceOf(JmsBytesMessage.class);
        assertThat(message.getStringProperty("JMS_AMQP_ContentEncoding")).isEqualTo("gzip");
        assertThat(message.getStringProperty("JMS_AMQP_ContentType")).isEqualTo("text/plain");
    }

    @Test
    void headersArePropertiesOfTheirTypes() throws JMSException {
        JmsMessage message = decode(
                BasicProperties.builder()
                        .header("bool", true)
                        .header("byte", (byte) 1)
                        .header("short", (short) 2)
                        .header("int", 3)
                        .header("long", 4L)
                        .header("float", 5.5f)
                        .header("double", 6.5)
                        .header("string", "s")
                        .header("nothing", null)
                        .header("decimal", new BigDecimal("1.50"))
                        .header("time", Instant.ofEpochSecond(2)),
                BODY);
        assertThat(message.getObjectProperty("bool")).isEqualTo(true);
        assertThat(message.getObjectProperty("byte")).isEqualTo((byte) 1);
        assertThat(message.getObjectProperty("short")).isEqualTo((short) 2);
        assertThat(message.getObjectProperty("int")).isEqualTo(3);
        assertThat(message.getObjectProperty("long")).isEqualTo(4L);
        assertThat(message.getObjectProperty("float")).isEqualTo(5.5f);
        assertThat(message.getObjectProperty("double")).isEqualTo(6.5);
        assertThat(message.getObjectProperty("string")).isEqualTo("s");
        assertThat(message.propertyExists("nothing")).isTrue();
        assertThat(message.getObjectProperty("nothing")).isNull();
        assertThat(message.getDoubleProperty("decimal")).isEqualTo(1.5);
        assertThat(message.getLongProperty("time")).isEqualTo(2000);
    }

    @Test
    void tablesArraysAndOctetsAreLeftOut() throws JMSException {
        JmsMessage message = decode(
                BasicProperties.builder()
                        .header("table", Map.of("a", 1))
                        .header("array", List.of(1))
                        .header("octets", new byte[1]),
                BODY);
        assertThat(message.propertyExists("table")).isFalse();
        assertThat(message.propertyExists("array")).isFalse();
        assertThat(message.propertyExists("octets")).isFalse();
    }

    @Test
    void headersThatNoPropertyCanBeCalledAreReadByNameButNotListed() throws JMSException {
        JmsMessage message = decode(
                BasicProperties.builder()
                        .header("x-first-death-queue", "q")
                        .header("content.kind", "k")
                        .header("NULL", 1)
                        .header("JMSMessageID", "not a property")
                        .header("good", 1),
                BODY);
        assertThat(message.getStringProperty("x-first-death-queue")).isEqualTo("q");
        assertThat(message.getStringProperty("content.kind")).isEqualTo("k");
        assertThat(message.propertyExists("JMSMessageID")).isFalse();
        assertThat(Collections.list(message.getPropertyNames())).containsExactly("good", "JMSXDeliveryCount");
    }

    @Test
    void propertiesByWhichTheBrokerWouldRouteComeBackUnderTheirNames() throws JMSException {
        JmsMessage sent = new JmsMessage();
        sent.setStringProperty("CC", "DE");
        sent.setIntProperty("BCC", 7);

        JmsMessage message = roundTrip(sent, 0);

        assertThat(message.getStringProperty("CC")).isEqualTo("DE");
        assertThat(message.getObjectProperty("BCC")).isEqualTo(7);
        assertThat(Collections.list(message.getPropertyNames()))
                .containsExactlyInAnyOrder("CC", "BCC", "JMSXDeliveryCount");
    }

    @Test
    void routingKeysInCcAreNoProperty() throws JMSException {
        JmsMessage message =
                decode(BasicProperties.builder().cc("a", "b").header("x-jms-property-other", "is not ours"), BODY);

        assertThat(message.propertyExists("CC")).isFalse();
        assertThat(message.propertyExists("other")).isFalse();
    }

    @Test
    void aCcOfAnotherProtocolIsAProperty() throws JMSException {
        assertThat(decode(BasicProperties.builder().header("CC", "DE"), BODY).getStringProperty("CC"))
                .isEqualTo("DE");
    }

    @Test
    void fieldsAreHeaders() throws JMSException {
        JmsMessage message = decode(
                BasicProperties.builder()
                        .messageId("m-1")
                        .correlationId("c")
                        .type("t")
                        .persistent(true)
                        .priority(7)
                        .timestamp(Instant.ofEpochSecond(1_700_000_000L))
                        .replyTo("replies")
                        .userId("guest")
                        .appId("shop"),
                BODY);
        assertThat(message.getJMSMessageID()).isEqualTo("m-1");
        assertThat(message.getJMSCorrelationID()).isEqualTo("c");
        assertThat(message.getJMSType()).isEqualTo("t");
        assertThat(message.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
        assertThat(message.getJMSPriority()).isEqualTo(7);
        assertThat(message.getJMSTimestamp()).isEqualTo(1_700_000_000_000L);
        assertThat(message.getJMSDeliveryTime()).isEqualTo(1_700_000_000_000L);
        assertThat(message.getJMSReplyTo()).isEqualTo(JmsQueue.of("replies"));
        assertThat(message.getStringProperty("JMSXUserID")).isEqualTo("guest");
        assertThat(message.getStringProperty("JMSXAppID")).isEqualTo("shop");
        assertThat(message.getJMSDestination()).isEqualTo(JmsQueue.of("q"));
    }

    @Test
    void absentFieldsAreTheDefaultsOfAmqp() throws JMSException {
        JmsMessage message = decode(BasicProperties.builder(), BODY);
        assertThat(message.getJMSMessageID()).isNull();
        assertThat(message.getJMSDeliveryMode()).isEqualTo(DeliveryMode.NON_PERSISTENT);
        assertThat(message.getJMSPriority()).isEqualTo(Message.DEFAULT_PRIORITY);
        assertThat(message.getJMSTimestamp()).isZero();
        assertThat(message.getJMSExpiration()).isZero();
        assertThat(message.getJMSReplyTo()).isNull();
        assertThat(message.getJMSRedelivered()).isFalse();
        assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
    }

    @Test
    void aPriorityBeyondNineIsNine() throws JMSException {
        assertThat(decode(BasicProperties.builder().priority(200), BODY).getJMSPriority())
                .isEqualTo(9);
    }

    @Test
    void aReplyQueueThatLooksLikeADestinationIsAQueueAllTheSame() throws JMSException {
        assertThat(decode(BasicProperties.builder().replyTo("topic://x"), BODY).getJMSReplyTo())
                .hasToString("queue://topic://x");
    }

    @Test
    void theTimeToLiveOfAnotherClientCountsFromNowNotFromItsTimestamp() throws JMSException {
        JmsMessage message = decode(
                BasicProperties.builder().timestamp(Instant.ofEpochSecond(1)).expiration("60000"), BODY);
        assertThat(message.getJMSExpiration()).isCloseTo(System.currentTimeMillis() + 60_000, within(10_000L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "", "99999999999999999999"})
    void aTimeToLiveThatIsNoNumberIsNone(String expiration) throws JMSException {
        assertThat(decode(BasicProperties.builder().expiration(expiration), BODY)
                        .getJMSExpiration())
                .isZero();
    }

    @Test
    void redeliveryOnAClassicQueueCountsAsTheSecond() throws JMSException {
        JmsMessage message =
                InboundMapping.decode(FakeDelivery.of(true, BasicProperties.EMPTY, BODY), JmsQueue.of("q"), 0);
        assertThat(message.getJMSRedelivered()).isTrue();
        assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
    }

    @Test
    void quorumQueuesTellTheCount() throws JMSException {
        JmsMessage message = InboundMapping.decode(
                FakeDelivery.of(
                        true,
                        BasicProperties.builder().header("x-delivery-count", 3L).build(),
                        BODY),
                JmsQueue.of("q"),
                2);
        assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(6);
        assertThat(message.getJMSRedelivered()).isTrue();
    }

    @Test
    void aReturnThatWasNoFailureIsNoRedelivery() throws JMSException {
        JmsMessage message = InboundMapping.decode(
                FakeDelivery.of(
                        true,
                        BasicProperties.builder().header("x-acquired-count", 4L).build(),
                        BODY),
                JmsQueue.of("q"),
                0);
        assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
        assertThat(message.getJMSRedelivered()).isFalse();
    }

    @Test
    void whateverHasBeenSentComesBackTheSame() throws JMSException {
        JmsTextMessage text = new JmsTextMessage("grüße");
        text.setJMSMessageID("ID:1");
        text.setJMSCorrelationID("x".repeat(300));
        text.setJMSType("y".repeat(300));
        text.setJMSTimestamp(1_700_000_000_123L);
        text.setJMSDeliveryTime(1_700_000_000_999L);
        text.setJMSExpiration(9_000_000_000_000L);
        text.setJMSPriority(2);
        text.setJMSDestination(JmsDestination.parse("topic://a.b").orElseThrow());
        text.setJMSReplyTo(JmsDestination.parse("temp-topic://r").orElseThrow());
        text.setFloatProperty("f", 1.25f);
        text.setStringProperty("JMSXGroupID", "g");
        text.setStringProperty("JMS_AMQP_ContentType", "application/json");

        JmsMessage back = roundTrip(text, 1000);

        assertThat(back.getBody(String.class)).isEqualTo("grüße");
        assertThat(back.getJMSMessageID()).isEqualTo("ID:1");
        assertThat(back.getJMSCorrelationID()).isEqualTo("x".repeat(300));
        assertThat(back.getJMSType()).isEqualTo("y".repeat(300));
        assertThat(back.getJMSTimestamp()).isEqualTo(1_700_000_000_123L);
        assertThat(back.getJMSDeliveryTime()).isEqualTo(1_700_000_000_999L);
        assertThat(back.getJMSExpiration()).isEqualTo(9_000_000_000_000L);
        assertThat(back.getJMSPriority()).isEqualTo(2);
        assertThat(back.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
        assertThat(back.getJMSDestination()).hasToString("topic://a.b");
        assertThat(back.getJMSReplyTo()).hasToString("temp-topic://r");
        assertThat(back.getObjectProperty("f")).isEqualTo(1.25f);
        assertThat(back.getStringProperty("JMSXGroupID")).isEqualTo("g");
        assertThat(back.getStringProperty("JMS_AMQP_ContentType")).isEqualTo("application/json");
    }

    @Test
    void theTypeOfAMessageDoesNotDependOnItsContentType() throws JMSException {
        JmsBytesMessage bytes = new JmsBytesMessage();
        bytes.writeBytes(BODY);
        bytes.setStringProperty("JMS_AMQP_ContentType", "application/json");
        assertThat(roundTrip(bytes, 0)).isInstanceOf(JmsBytesMessage.class);
        JmsTextMessage text = new JmsTextMessage("x");
        text.setStringProperty("JMS_AMQP_ContentType", "application/x-own");
        assertThat(roundTrip(text, 0)).isInstanceOf(JmsTextMessage.class);
    }

    @Test
    void noTextAndTheEmptyTextAreToldApart() throws JMSException {
        assertThat(((JmsTextMessage) roundTrip(new JmsTextMessage(), 0)).getText())
                .isNull();
        assertThat(((JmsTextMessage) roundTrip(new JmsTextMessage(""), 0)).getText())
                .isEmpty();
        assertThat(roundTrip(new JmsMessage(), 0)).isExactlyInstanceOf(JmsMessage.class);
    }

    @Test
    void mapsAndStreamsComeBackWithTheirTypes() throws JMSException {
        List<Object> values = Arrays.asList(
                true, (byte) 1, (short) 2, 'c', 3, 4L, 5.5f, 6.5, "s", new byte[] {7}, null, Long.MIN_VALUE, "", 'ä');
        JmsMapMessage map = new JmsMapMessage();
        JmsStreamMessage stream = new JmsStreamMessage();
        for (Object value : values) {
            map.setObject("v" + map.content().size(), value);
            stream.writeObject(value);
        }
        JmsMapMessage mapBack = (JmsMapMessage) roundTrip(map, 0);
        JmsStreamMessage streamBack = (JmsStreamMessage) roundTrip(stream, 0);
        for (int i = 0; i < values.size(); i++) {
            assertThat(mapBack.getObject("v" + i)).isEqualTo(values.get(i));
            assertThat(streamBack.readObject()).isEqualTo(values.get(i));
        }
        assertThat(mapBack.propertyExists("JMS_AMQP_ContentType")).isFalse();
        assertThat(((JmsMapMessage) roundTrip(new JmsMapMessage(), 0)).content())
                .isEmpty();
        assertThat(((JmsStreamMessage) roundTrip(new JmsStreamMessage(), 0)).content())
                .isEmpty();
    }

    @Test
    void objectsComeBackAsTheyWereSerialized() throws JMSException {
        JmsObjectMessage object = new JmsObjectMessage();
        object.setObject("s");
        assertThat(((JmsObjectMessage) roundTrip(object, 0)).content()).isEqualTo(object.content());
        assertThat(((JmsObjectMessage) roundTrip(new JmsObjectMessage(), 0)).content())
                .isNull();
    }

    @Test
    void aMapThatAnotherProgramWritesNeedsNoTypes() throws JMSException {
        JmsMessage message = decode(
                BasicProperties.builder().header("x-jms-type", "map"),
                "{ \"count\": 3, \"total\": 30000000000, \"ratio\": 0.5, \"name\": \"ä\", \"ok\": true, \"none\": null }"
                        .getBytes(StandardCharsets.UTF_8));
        JmsMapMessage map = (JmsMapMessage) message;
        assertThat(map.getObject("count")).isEqualTo(3);
        assertThat(map.getObject("total")).isEqualTo(30000000000L);
        assertThat(map.getObject("ratio")).isEqualTo(0.5);
        assertThat(map.getObject("name")).isEqualTo("ä");
        assertThat(map.getObject("ok")).isEqualTo(true);
        assertThat(map.itemExists("none")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"map", "stream", "nonsense"})
    void aBodyThatIsNotWhatItSaysIsBytes(String type) throws JMSException {
        JmsMessage message = decode(BasicProperties.builder().header("x-jms-type", type), new byte[] {'{', -1});
        assertThat(message).isInstanceOf(JmsBytesMessage.class);
        assertThat(message.getBody(byte[].class)).containsExactly('{', -1);
    }

    @Test
    void aSerializedObjectOfAnotherClientIsAnObjectThatIsClosed() throws JMSException {
        JmsObjectMessage object = new JmsObjectMessage();
        object.setObject("s");
        JmsMessage message =
                decode(BasicProperties.builder().contentType("application/x-java-serialized-object"), object.content());
        assertThat(message).isInstanceOf(JmsObjectMessage.class);
        assertThatThrownBy(((JmsObjectMessage) message)::getObject).isInstanceOf(MessageFormatException.class);
    }

    private static JmsMessage roundTrip(JmsMessage message, long timeToLive) throws JMSException {
        var encoded = OutboundMapping.encode(message, timeToLive);
        return InboundMapping.decode(FakeDelivery.of(encoded.properties(), encoded.body()), JmsQueue.of("q"), 0);
    }

    private static JmsMessage decode(BasicProperties.Builder properties, byte[] body) throws JMSException {
        return InboundMapping.decode(FakeDelivery.of(properties.build(), body), JmsQueue.of("q"), 0);
    }
}
