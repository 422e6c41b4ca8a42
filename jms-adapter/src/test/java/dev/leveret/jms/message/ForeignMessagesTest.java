package dev.leveret.jms.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.jms.destination.JmsQueue;
import dev.leveret.jms.destination.JmsTopic;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import jakarta.jms.ObjectMessage;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForeignMessagesTest {

    @Test
    void ourOwnMessageIsTakenAsItIs() throws JMSException {
        JmsMessage message = new JmsMessage();
        assertThat(ForeignMessages.adopt(message)).isSameAs(message);
    }

    @Test
    void whatTheSenderSetIsCopied() throws JMSException {
        TextMessage foreign = foreign(TextMessage.class, new JmsTextMessage("hello"));
        foreign.setJMSCorrelationID("c");
        foreign.setJMSType("t");
        foreign.setJMSReplyTo(JmsTopic.of("r"));
        foreign.setLongProperty("n", 7);
        foreign.setStringProperty("s", null);

        JmsMessage copy = ForeignMessages.adopt(foreign);

        assertThat(copy).isInstanceOf(JmsTextMessage.class);
        assertThat(copy.getBody(String.class)).isEqualTo("hello");
        assertThat(copy.getJMSCorrelationID()).isEqualTo("c");
        assertThat(copy.getJMSType()).isEqualTo("t");
        assertThat(copy.getJMSReplyTo()).isEqualTo(JmsTopic.of("r"));
        assertThat(copy.getObjectProperty("n")).isEqualTo(7L);
        assertThat(copy.propertyExists("s")).isTrue();
    }

    @Test
    void bytesAreReadFromTheStartWhereverTheirReaderWas() throws JMSException {
        JmsBytesMessage bytes = new JmsBytesMessage();
        bytes.writeBytes(new byte[] {1, 2, 3});
        assertThat(ForeignMessages.adopt(foreign(BytesMessage.class, bytes)).getBody(byte[].class))
                .containsExactly(1, 2, 3);
        bytes.reset();
        bytes.readByte();
        assertThat(ForeignMessages.adopt(foreign(BytesMessage.class, bytes)).getBody(byte[].class))
                .containsExactly(1, 2, 3);
    }

    @Test
    void aMessageWithoutBodyStaysOne() throws JMSException {
        assertThat(ForeignMessages.adopt(foreign(Message.class, new JmsMessage())))
                .isExactlyInstanceOf(JmsMessage.class);
    }

    @Test
    void mapsAreCopiedWithTheirTypes() throws JMSException {
        JmsMapMessage map = new JmsMapMessage();
        map.setChar("c", 'x');
        map.setLong("l", 7);
        map.setBytes("b", new byte[] {1});
        map.setString("n", null);
        JmsMapMessage copy = (JmsMapMessage) ForeignMessages.adopt(foreign(MapMessage.class, map));
        assertThat(copy.getObject("c")).isEqualTo('x');
        assertThat(copy.getObject("l")).isEqualTo(7L);
        assertThat(copy.getBytes("b")).containsExactly(1);
        assertThat(copy.itemExists("n")).isTrue();
        copy.setInt("more", 1);
    }

    @Test
    void streamsAreReadFromTheStartWhereverTheirReaderWas() throws JMSException {
        JmsStreamMessage stream = new JmsStreamMessage();
        stream.writeInt(1);
        stream.writeString(null);
        stream.writeBytes(new byte[] {2});
        for (int i = 0; i < 2; i++) {
            JmsStreamMessage copy = (JmsStreamMessage) ForeignMessages.adopt(foreign(StreamMessage.class, stream));
            assertThat(copy.readInt()).isEqualTo(1);
            assertThat(copy.readString()).isNull();
            assertThat((byte[]) copy.readObject()).containsExactly(2);
            stream.reset();
            stream.readInt();
        }
    }

    @Test
    void objectsAreCopiedAsTheirProviderReadsThem() throws JMSException {
        JmsObjectMessage object = new JmsObjectMessage();
        object.readBy(ObjectPolicy.CLOSED.withTrusted(TrustedClasses.parse("java.lang.Long")));
        object.setObject(7L);
        JmsObjectMessage copy = (JmsObjectMessage) ForeignMessages.adopt(foreign(ObjectMessage.class, object));
        assertThat(copy.content()).isEqualTo(object.content());
    }

    @Test
    void aValueThatNoMessageCanHoldIsRefused() throws JMSException {
        MapMessage foreign = (MapMessage) Proxy.newProxyInstance(
                MapMessage.class.getClassLoader(), new Class<?>[] {MapMessage.class}, (proxy, method, args) -> {
                    return switch (method.getName()) {
                        case "getMapNames" -> Collections.enumeration(List.of("v"));
                        case "getObject" -> List.of();
                        default -> null;
                    };
                });
        assertThatThrownBy(() -> ForeignMessages.adopt(foreign)).isInstanceOf(MessageFormatException.class);
    }

    @Test
    void noMessageIsAFormatError() {
        assertThatThrownBy(() -> ForeignMessages.adopt(null)).isInstanceOf(MessageFormatException.class);
    }

    @Test
    void whatSendingSetIsWrittenBack() throws JMSException {
        JmsMessage held = new JmsMessage();
        Message foreign = foreign(Message.class, held);
        JmsMessage sent = ForeignMessages.adopt(foreign);
        sent.setJMSMessageID("ID:1");
        sent.setJMSTimestamp(11);
        sent.setJMSExpiration(12);
        sent.setJMSDeliveryTime(13);
        sent.setJMSPriority(9);
        sent.setJMSDeliveryMode(1);

        ForeignMessages.writeBack(sent, foreign, JmsQueue.of("q"));

        assertThat(held.getJMSMessageID()).isEqualTo("ID:1");
        assertThat(held.getJMSTimestamp()).isEqualTo(11);
        assertThat(held.getJMSExpiration()).isEqualTo(12);
        assertThat(held.getJMSDeliveryTime()).isEqualTo(13);
        assertThat(held.getJMSPriority()).isEqualTo(9);
        assertThat(held.getJMSDeliveryMode()).isEqualTo(1);
        assertThat(held.getJMSDestination()).isEqualTo(JmsQueue.of("q"));
    }

    @Test
    void theLengthThatAForeignMessageTellsOfItsBytesIsNotReliedOn() throws JMSException {
        JmsBytesMessage bytes = new JmsBytesMessage();
        byte[] content = new byte[20_000];
        Arrays.fill(content, (byte) 7);
        bytes.writeBytes(content);
        BytesMessage foreign = (BytesMessage) Proxy.newProxyInstance(
                BytesMessage.class.getClassLoader(),
                new Class<?>[] {BytesMessage.class},
                (proxy, method, args) ->
                        method.getName().equals("getBodyLength") ? (Object) 0L : method.invoke(bytes, args));

        assertThat(ForeignMessages.adopt(foreign).getBody(byte[].class)).isEqualTo(content);
    }

    /** A message of a class that this provider does not know. */
    private static <T extends Message> T foreign(Class<T> type, JmsMessage behind) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            try {
                return method.invoke(behind, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }
}
