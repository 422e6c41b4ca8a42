package dev.leveret.amqp.wire;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A second encoder of methods, driven by the table and sharing no line with the first: it knows nothing of netty,
 * records or {@link WireWriter}, so that both would have to be wrong in the same way to agree.
 */
final class SpecEncoder {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);
    private int bits;
    private int bitCount;

    /** The payload of a method frame. */
    static byte[] encode(SpecTable.Row row, List<@Nullable Object> values) {
        try {
            SpecEncoder encoder = new SpecEncoder();
            encoder.method(row, values.iterator());
            return encoder.bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void method(SpecTable.Row row, Iterator<@Nullable Object> values) throws IOException {
        out.writeShort(row.classId());
        out.writeShort(row.methodId());
        for (SpecTable.Argument argument : row.arguments()) {
            if (argument.type().equals("bit")) {
                bit(argument.reserved() ? false : (Boolean) values.next());
            } else {
                flushBits();
                argument(argument.type(), argument.reserved() ? nothing(argument.type()) : values.next());
            }
        }
        flushBits();
    }

    private static Object nothing(String type) {
        return switch (type) {
            case "short" -> 0;
            case "shortstr", "longstr" -> "";
            default -> throw new IllegalArgumentException(type);
        };
    }

    private void bit(boolean value) {
        bits += value ? 1 << bitCount : 0;
        bitCount++;
    }

    private void flushBits() throws IOException {
        if (bitCount > 0) {
            out.writeByte(bits);
        }
        bits = 0;
        bitCount = 0;
    }

    private void argument(String type, Object value) throws IOException {
        switch (type) {
            case "octet" -> out.writeByte((Integer) value);
            case "short" -> out.writeShort((Integer) value);
            case "long" -> out.writeInt((int) (long) (Long) value);
            case "longlong" -> out.writeLong((Long) value);
            case "shortstr" -> shortString((String) value);
            case "longstr" -> longString(value instanceof String text ? utf8(text) : (byte[]) value);
            case "table" -> table((Map<?, ?>) value);
            default -> throw new IllegalArgumentException(type);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void shortString(String text) throws IOException {
        out.writeByte(utf8(text).length);
        out.write(utf8(text));
    }

    private void longString(byte[] value) throws IOException {
        out.writeInt(value.length);
        out.write(value);
    }

    private void table(Map<?, ?> table) throws IOException {
        SpecEncoder contents = new SpecEncoder();
        for (Map.Entry<?, ?> field : table.entrySet()) {
            contents.shortString((String) field.getKey());
            contents.field(field.getValue());
        }
        longString(contents.bytes.toByteArray());
    }

    private void array(List<?> array) throws IOException {
        SpecEncoder contents = new SpecEncoder();
        for (Object value : array) {
            contents.field(value);
        }
        longString(contents.bytes.toByteArray());
    }

    private void field(@Nullable Object value) throws IOException {
        if (value == null) {
            out.write('V');
        } else if (value instanceof Boolean it) {
            out.write('t');
            out.writeBoolean(it);
        } else if (value instanceof Byte it) {
            out.write('b');
            out.writeByte(it);
        } else if (value instanceof Short it) {
            out.write('s');
            out.writeShort(it);
        } else if (value instanceof Integer it) {
            out.write('I');
            out.writeInt(it);
        } else if (value instanceof Long it) {
            out.write('l');
            out.writeLong(it);
        } else if (value instanceof Float it) {
            out.write('f');
            out.writeFloat(it);
        } else if (value instanceof Double it) {
            out.write('d');
            out.writeDouble(it);
        } else if (value instanceof BigDecimal it) {
            out.write('D');
            out.writeByte(it.scale());
            out.writeInt(it.unscaledValue().intValueExact());
        } else if (value instanceof String it) {
            out.write('S');
            longString(utf8(it));
        } else if (value instanceof byte[] it) {
            out.write('x');
            longString(it);
        } else if (value instanceof Instant it) {
            out.write('T');
            out.writeLong(it.getEpochSecond());
        } else if (value instanceof List<?> it) {
            out.write('A');
            array(it);
        } else {
            out.write('F');
            table((Map<?, ?>) value);
        }
    }
}
