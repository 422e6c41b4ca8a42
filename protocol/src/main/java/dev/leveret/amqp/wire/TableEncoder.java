package dev.leveret.amqp.wire;

import io.netty.buffer.ByteBuf;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The writing half of {@link TableCodec}. */
final class TableEncoder {

    private TableEncoder() {}

    static int size(Map<?, ?> table, int depth) {
        requireDepth(depth);
        int size = Integer.BYTES;
        for (Map.Entry<?, ?> field : table.entrySet()) {
            size += WireWriter.shortStringSize(key(field)) + valueSize(field.getKey(), field.getValue(), depth);
        }
        return size;
    }

    private static int arraySize(@Nullable Object key, List<?> array, int depth) {
        requireDepth(depth);
        int size = Integer.BYTES;
        for (Object value : array) {
            size += valueSize(key, value, depth);
        }
        return size;
    }

    private static int valueSize(@Nullable Object key, @Nullable Object value, int depth) {
        if (value == null) {
            return 1;
        }
        char letter = letter(key, value);
        return 1
                + switch (letter) {
                    case 'S' -> Integer.BYTES + Utf8.length((String) value);
                    case 'x' -> Integer.BYTES + ((byte[]) value).length;
                    case 'A' -> arraySize(key, (List<?>) value, depth + 1);
                    case 'F' -> size((Map<?, ?>) value, depth + 1);
                    default -> TableCodec.fixedSize(letter);
                };
    }

    static void write(Map<?, ?> table, ByteBuf out, int depth) {
        requireDepth(depth);
        int start = out.writerIndex();
        out.writeInt(0);
        for (Map.Entry<?, ?> field : table.entrySet()) {
            WireWriter.putShortString(out, key(field));
            writeValue(field.getKey(), field.getValue(), out, depth);
        }
        out.setInt(start, out.writerIndex() - start - Integer.BYTES);
    }

    private static void writeArray(@Nullable Object key, List<?> array, ByteBuf out, int depth) {
        requireDepth(depth);
        int start = out.writerIndex();
        out.writeInt(0);
        for (Object value : array) {
            writeValue(key, value, out, depth);
        }
        out.setInt(start, out.writerIndex() - start - Integer.BYTES);
    }

    private static void writeValue(@Nullable Object key, @Nullable Object value, ByteBuf out, int depth) {
        if (value == null) {
            out.writeByte('V');
            return;
        }
        char letter = letter(key, value);
        out.writeByte(letter);
        switch (letter) {
            case 't' -> out.writeBoolean((Boolean) value);
            case 'b' -> out.writeByte((Byte) value);
            case 's' -> out.writeShort((Short) value);
            case 'I' -> out.writeInt((Integer) value);
            case 'l' -> out.writeLong((Long) value);
            case 'f' -> out.writeFloat((Float) value);
            case 'd' -> out.writeDouble((Double) value);
            case 'D' ->
                out.writeByte(((BigDecimal) value).scale())
                        .writeInt(((BigDecimal) value).unscaledValue().intValue());
            case 'S' -> WireWriter.putLongString(out, (String) value);
            case 'x' -> out.writeInt(((byte[]) value).length).writeBytes((byte[]) value);
            case 'T' -> out.writeLong(((Instant) value).getEpochSecond());
            case 'A' -> writeArray(key, (List<?>) value, out, depth + 1);
            case 'F' -> write((Map<?, ?>) value, out, depth + 1);
            default -> throw new IllegalStateException("no encoding for type " + letter);
        }
    }

    private static char letter(@Nullable Object key, Object value) {
        if (value instanceof String) {
            return 'S';
        } else if (value instanceof Integer) {
            return 'I';
        } else if (value instanceof Long) {
            return 'l';
        } else if (value instanceof Boolean) {
            return 't';
        } else if (value instanceof Map) {
            return 'F';
        } else if (value instanceof List) {
            return 'A';
        } else if (value instanceof Instant) {
            return 'T';
        } else if (value instanceof byte[]) {
            return 'x';
        } else if (value instanceof Double) {
            return 'd';
        } else if (value instanceof Float) {
            return 'f';
        } else if (value instanceof Short) {
            return 's';
        } else if (value instanceof Byte) {
            return 'b';
        } else if (value instanceof BigDecimal decimal) {
            return requireDecimal(key, decimal);
        }
        throw new IllegalArgumentException(
                "field '" + key + "' is a " + value.getClass().getName() + ", which AMQP has no type for");
    }

    private static char requireDecimal(@Nullable Object key, BigDecimal value) {
        if (value.scale() < 0 || value.scale() > 255 || value.unscaledValue().bitLength() > 31) {
            throw new IllegalArgumentException("field '" + key + "' is " + value
                    + "; an AMQP decimal has a scale of 0..255 and an unscaled value of 32 bits");
        }
        return 'D';
    }

    private static String key(Map.Entry<?, ?> field) {
        if (field.getKey() instanceof String key) {
            return key;
        }
        throw new IllegalArgumentException("a table has the key " + field.getKey() + ", which is not a String");
    }

    private static void requireDepth(int depth) {
        if (depth > TableCodec.MAX_DEPTH) {
            throw new IllegalArgumentException("tables are nested deeper than " + TableCodec.MAX_DEPTH + " levels");
        }
    }
}
