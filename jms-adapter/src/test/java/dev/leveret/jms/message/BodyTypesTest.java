package dev.leveret.jms.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Which classes the body of which message can be had as (section 3.13). */
class BodyTypesTest {

    private static final List<Class<?>> TYPES = List.of(
            String.class,
            CharSequence.class,
            Map.class,
            HashMap.class,
            byte[].class,
            Integer.class,
            Number.class,
            Serializable.class,
            Object.class);

    private static JmsMessage map() throws JMSException {
        return new JmsMapMessage(Map.of("a", 1));
    }

    private static JmsMessage object() throws JMSException {
        JmsObjectMessage message = new JmsObjectMessage();
        message.readBy(ObjectPolicy.CLOSED.withTrusted(TrustedClasses.parse("java.lang.Integer")));
        message.setObject(7);
        return message;
    }

    @TestFactory
    Stream<DynamicTest> aBodyCanBeHadAsTheseTypesAndNoOther() throws JMSException {
        return Stream.of(
                        cells(new JmsTextMessage("s"), String.class, CharSequence.class, Serializable.class),
                        cells(new JmsBytesMessage(new byte[1]), byte[].class, Serializable.class),
                        cells(map(), Map.class),
                        cells(object(), Integer.class, Number.class, Serializable.class))
                .flatMap(it -> it);
    }

    private static Stream<DynamicTest> cells(JmsMessage message, Class<?>... allowed) {
        return TYPES.stream().map(type -> {
            boolean readable = type == Object.class || List.of(allowed).contains(type);
            String name = message.getClass().getSimpleName() + (readable ? " as " : " not as ") + type.getSimpleName();
            return DynamicTest.dynamicTest(name, () -> {
                assertThat(message.isBodyAssignableTo(type)).isEqualTo(readable);
                if (readable) {
                    Object body = message.getBody(type);
                    assertThat(body).isInstanceOf(type);
                } else {
                    assertThatThrownBy(() -> message.getBody(type)).isInstanceOf(MessageFormatException.class);
                }
            });
        });
    }

    @Test
    void noBodyIsNullForEveryType() throws JMSException {
        for (JmsMessage message : List.of(
                new JmsMessage(),
                new JmsTextMessage(),
                new JmsBytesMessage(),
                new JmsMapMessage(),
                new JmsObjectMessage())) {
            assertThat(message.isBodyAssignableTo(HashMap.class)).isTrue();
            assertThat((Object) message.getBody(HashMap.class)).isNull();
        }
    }

    @Test
    void aStreamIsNeverHadAsOneObject() throws JMSException {
        for (JmsMessage message : List.of(new JmsStreamMessage(), new JmsStreamMessage(List.of(1)))) {
            assertThat(message.isBodyAssignableTo(Object.class)).isFalse();
            assertThatThrownBy(() -> message.getBody(Object.class)).isInstanceOf(MessageFormatException.class);
        }
    }

    @Test
    void anObjectThatIsNotReadIsAssignableToNothing() throws JMSException {
        JmsObjectMessage sent = new JmsObjectMessage();
        sent.setObject(7);
        JmsObjectMessage closed = new JmsObjectMessage(sent.content());
        assertThat(closed.isBodyAssignableTo(Integer.class)).isFalse();
        assertThatThrownBy(() -> closed.getBody(Integer.class)).isInstanceOf(MessageFormatException.class);
    }
}
