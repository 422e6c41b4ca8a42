package dev.leveret.jms.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The tables of section 3.11.3, cell by cell: what a value of a map or stream message may be read as. */
class BodyConversionsTest {

    private static final byte[] BYTES = {7};

    /** The types, with a value of each and both ways to read it. */
    enum Type {
        BOOLEAN(true, JmsMapMessage::getBoolean, JmsStreamMessage::readBoolean),
        BYTE((byte) 7, JmsMapMessage::getByte, JmsStreamMessage::readByte),
        SHORT((short) 7, JmsMapMessage::getShort, JmsStreamMessage::readShort),
        CHAR('7', JmsMapMessage::getChar, JmsStreamMessage::readChar),
        INT(7, JmsMapMessage::getInt, JmsStreamMessage::readInt),
        LONG(7L, JmsMapMessage::getLong, JmsStreamMessage::readLong),
        FLOAT(7.5f, JmsMapMessage::getFloat, JmsStreamMessage::readFloat),
        DOUBLE(7.5, JmsMapMessage::getDouble, JmsStreamMessage::readDouble),
        STRING("7", JmsMapMessage::getString, JmsStreamMessage::readString),
        BYTE_ARRAY(BYTES, JmsMapMessage::getBytes, BodyConversionsTest::readBytes);

        private final Object value;
        private final FromMap fromMap;
        private final FromStream fromStream;

        Type(Object value, FromMap fromMap, FromStream fromStream) {
            this.value = value;
            this.fromMap = fromMap;
            this.fromStream = fromStream;
        }
    }

    interface FromMap {
        Object get(JmsMapMessage message, String name) throws JMSException;
    }

    interface FromStream {
        Object read(JmsStreamMessage message) throws JMSException;
    }

    /** What each written type may be read as, and what comes out, besides itself. */
    private static Map<Type, Object> others(Type written) {
        Map<Type, Object> others = new LinkedHashMap<>();
        switch (written) {
            case BOOLEAN -> others.put(Type.STRING, "true");
            case BYTE -> {
                others.put(Type.SHORT, (short) 7);
                others.put(Type.INT, 7);
                others.put(Type.LONG, 7L);
                others.put(Type.STRING, "7");
            }
            case SHORT -> {
                others.put(Type.INT, 7);
                others.put(Type.LONG, 7L);
                others.put(Type.STRING, "7");
            }
            case CHAR -> others.put(Type.STRING, "7");
            case INT -> {
                others.put(Type.LONG, 7L);
                others.put(Type.STRING, "7");
            }
            case LONG -> others.put(Type.STRING, "7");
            case FLOAT -> {
                others.put(Type.DOUBLE, 7.5);
                others.put(Type.STRING, "7.5");
            }
            case DOUBLE -> others.put(Type.STRING, "7.5");
            case STRING -> {
                others.put(Type.BOOLEAN, false);
                others.put(Type.BYTE, (byte) 7);
                others.put(Type.SHORT, (short) 7);
                others.put(Type.INT, 7);
                others.put(Type.LONG, 7L);
                others.put(Type.FLOAT, 7f);
                others.put(Type.DOUBLE, 7.0);
            }
            case BYTE_ARRAY -> {}
        }
        others.put(written, written.value);
        return others;
    }

    @TestFactory
    Stream<DynamicTest> aValueReadsAsTheTypesThatTheTableAllowsAndNoOther() {
        return Stream.of(Type.values())
                .flatMap(written -> Stream.of(Type.values())
                        .map(read -> DynamicTest.dynamicTest(
                                written
                                        + (others(written).containsKey(read) ? " reads as " : " does not read as ")
                                        + read,
                                () -> cell(written, read))));
    }

    private static void cell(Type written, Type read) throws JMSException {
        JmsMapMessage map = new JmsMapMessage();
        map.setObject("v", written.value);
        JmsStreamMessage stream = new JmsStreamMessage();
        stream.writeObject(written.value);
        stream.writeString("next");
        stream.reset();
        if (others(written).containsKey(read)) {
            assertThat(read.fromMap.get(map, "v")).isEqualTo(others(written).get(read));
            assertThat(read.fromStream.read(stream)).isEqualTo(others(written).get(read));
            assertThat(stream.readString()).isEqualTo("next");
        } else {
            assertThatThrownBy(() -> read.fromMap.get(map, "v")).isExactlyInstanceOf(MessageFormatException.class);
            assertThatThrownBy(() -> read.fromStream.read(stream)).isExactlyInstanceOf(MessageFormatException.class);
            assertThat(stream.readObject()).as("the position has not moved").isEqualTo(written.value);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BYTE", "SHORT", "INT", "LONG"})
    void nullIsNoInteger(Type read) throws JMSException {
        assertNullThrows(read, NumberFormatException.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE", "CHAR"})
    void nullIsNoFloatingPointNumberAndNoChar(Type read) throws JMSException {
        assertNullThrows(read, NullPointerException.class);
    }

    private static void assertNullThrows(Type read, Class<? extends Throwable> expected) throws JMSException {
        JmsMapMessage map = new JmsMapMessage();
        assertThatThrownBy(() -> read.fromMap.get(map, "absent")).isExactlyInstanceOf(expected);
        map.setObject("v", null);
        assertThatThrownBy(() -> read.fromMap.get(map, "v")).isExactlyInstanceOf(expected);
        JmsStreamMessage stream = new JmsStreamMessage();
        stream.writeObject(null);
        stream.reset();
        assertThatThrownBy(() -> read.fromStream.read(stream)).isExactlyInstanceOf(expected);
        assertThat(stream.readObject()).as("the position has not moved").isNull();
    }

    @ParameterizedTest
    @EnumSource(names = {"BYTE", "SHORT", "INT", "LONG", "FLOAT", "DOUBLE"})
    void aStringThatSpellsNoNumberMovesNothing(Type read) throws JMSException {
        JmsMapMessage map = new JmsMapMessage();
        map.setString("v", "seven");
        assertThatThrownBy(() -> read.fromMap.get(map, "v")).isInstanceOf(NumberFormatException.class);
        JmsStreamMessage stream = new JmsStreamMessage();
        stream.writeString("seven");
        stream.reset();
        assertThatThrownBy(() -> read.fromStream.read(stream)).isInstanceOf(NumberFormatException.class);
        assertThat(stream.readString()).isEqualTo("seven");
    }

    @TestFactory
    Stream<DynamicTest> nullReadsAsNothing() throws JMSException {
        JmsMapMessage map = new JmsMapMessage(Collections.singletonMap("v", null));
        return List.of("v", "absent").stream()
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    assertThat(map.getBoolean(name)).isFalse();
                    assertThat(map.getString(name)).isNull();
                    assertThat(map.getBytes(name)).isNull();
                    assertThat(map.getObject(name)).isNull();
                }));
    }

    private static Object readBytes(JmsStreamMessage message) throws JMSException {
        byte[] piece = new byte[8];
        int length = message.readBytes(piece);
        return length < 0 ? null : Arrays.copyOf(piece, length);
    }
}
