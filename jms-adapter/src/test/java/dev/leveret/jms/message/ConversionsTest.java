package dev.leveret.jms.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The table of section 3.5.4, cell by cell. */
class ConversionsTest {

    private static final Map<Class<?>, Object> VALUES = Map.of(
            Boolean.class,
            true,
            Byte.class,
            (byte) 7,
            Short.class,
            (short) 7,
            Integer.class,
            7,
            Long.class,
            7L,
            Float.class,
            7.5f,
            Double.class,
            7.5d,
            String.class,
            "7");

    private static final List<Class<?>> TYPES = List.of(
            Boolean.class, Byte.class, Short.class, Integer.class, Long.class, Float.class, Double.class, String.class);

    /** Which types each may be read as, besides itself. */
    private static final Map<Class<?>, List<Class<?>>> ALLOWED = Map.of(
            Boolean.class, List.of(String.class),
            Byte.class, List.of(Short.class, Integer.class, Long.class, String.class),
            Short.class, List.of(Integer.class, Long.class, String.class),
            Integer.class, List.of(Long.class, String.class),
            Long.class, List.of(String.class),
            Float.class, List.of(Double.class, String.class),
            Double.class, List.of(String.class),
            String.class,
                    List.of(
                            Boolean.class,
                            Byte.class,
                            Short.class,
                            Integer.class,
                            Long.class,
                            Float.class,
                            Double.class));

    @TestFactory
    Stream<DynamicTest> aPropertyReadsAsTheTypesThatTheTableAllowsAndNoOther() {
        return TYPES.stream().flatMap(set -> TYPES.stream().map(read -> cell(set, read)));
    }

    private static DynamicTest cell(Class<?> set, Class<?> read) {
        boolean allowed = set == read || ALLOWED.get(set).contains(read);
        String name = set.getSimpleName() + (allowed ? " reads as " : " does not read as ") + read.getSimpleName();
        return DynamicTest.dynamicTest(name, () -> {
            JmsMessage message = new JmsMessage();
            message.setObjectProperty("p", VALUES.get(set));
            if (allowed) {
                assertThat(read(message, read)).isInstanceOf(read).isEqualTo(expected(set, read));
            } else {
                assertThatThrownBy(() -> read(message, read)).isExactlyInstanceOf(MessageFormatException.class);
            }
        });
    }

    private static Object expected(Class<?> set, Class<?> read) {
        String text = VALUES.get(set).toString();
        if (read == Boolean.class) {
            return set == Boolean.class;
        }
        if (read == String.class) {
            return text;
        }
        double number = Double.parseDouble(text);
        return Map.<Class<?>, Object>of(
                        Byte.class, (byte) number,
                        Short.class, (short) number,
                        Integer.class, (int) number,
                        Long.class, (long) number,
                        Float.class, (float) number,
                        Double.class, number)
                .get(read);
    }

    private static Object read(JmsMessage message, Class<?> type) throws JMSException {
        return switch (type.getSimpleName()) {
            case "Boolean" -> message.getBooleanProperty("p");
            case "Byte" -> message.getByteProperty("p");
            case "Short" -> message.getShortProperty("p");
            case "Integer" -> message.getIntProperty("p");
            case "Long" -> message.getLongProperty("p");
            case "Float" -> message.getFloatProperty("p");
            case "Double" -> message.getDoubleProperty("p");
            default -> message.getStringProperty("p");
        };
    }

    @Test
    void aStringThatSpellsNoNumberIsANumberFormatException() throws JMSException {
        JmsMessage message = new JmsMessage();
        message.setStringProperty("p", "seven");
        assertThatThrownBy(() -> message.getByteProperty("p")).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> message.getShortProperty("p")).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> message.getIntProperty("p")).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> message.getLongProperty("p")).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> message.getFloatProperty("p")).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> message.getDoubleProperty("p")).isInstanceOf(NumberFormatException.class);
        assertThat(message.getBooleanProperty("p")).isFalse();
    }

    @Test
    void anAbsentPropertyReadsAsTheValueOfNull() throws JMSException {
        JmsMessage message = new JmsMessage();
        assertThat(message.getBooleanProperty("p")).isFalse();
        assertThat(message.getStringProperty("p")).isNull();
        assertThat(message.getObjectProperty("p")).isNull();
        assertThat(message.propertyExists("p")).isFalse();
        assertThatThrownBy(() -> message.getByteProperty("p")).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> message.getShortProperty("p")).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> message.getIntProperty("p")).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> message.getLongProperty("p")).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> message.getFloatProperty("p")).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> message.getDoubleProperty("p")).isInstanceOf(NullPointerException.class);
    }

    @Test
    void bytesDoNotReadAsAString() {
        assertThatThrownBy(() -> Conversions.toText(new byte[1])).isInstanceOf(MessageFormatException.class);
    }
}
