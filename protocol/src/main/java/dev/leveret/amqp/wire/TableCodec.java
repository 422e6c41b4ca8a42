package dev.leveret.amqp.wire;

import io.netty.buffer.ByteBuf;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Field tables (specification section 4.2.5.5) with the type letters that RabbitMQ gives its fields, which are not
 * quite the specification's:
 *
 * <pre>
 *   t Boolean   b Byte   s Short    I Integer   l Long      f Float     d Double   D BigDecimal (octet scale, 32 bits)
 *   S String    x byte[] T Instant (seconds)    A List      F Map       V null
 *   read only:  B octet as Short    u unsigned short as Integer         i unsigned int as Long
 *               L as Long, signed   U as Short
 * </pre>
 *
 * <p>An {@code S} that is not UTF-8 is read as {@code byte[]}. A moment beyond what {@link Instant} can hold becomes
 * the nearest one that it can. Of a key that occurs twice the last value counts. Tables and arrays may be nested
 * {@value #MAX_DEPTH} deep, the outermost included. What is read is unmodifiable, except for arrays of bytes.
 */
public final class TableCodec {

    /** How deep tables and arrays may be nested. */
    public static final int MAX_DEPTH = 32;

    private TableCodec() {}

    /**
     * Bytes that {@link #write} will append.
     *
     * @throws IllegalArgumentException as {@link #write}
     */
    public static int size(Map<String, ? extends @Nullable Object> table) {
        return table.isEmpty() ? Integer.BYTES : TableEncoder.size(table, 1);
    }

    /**
     * Appends a table with its length.
     *
     * @throws IllegalArgumentException for a value that AMQP has no type for, a key of more than 255 bytes, or too much
     *     nesting
     */
    public static void write(Map<String, ? extends @Nullable Object> table, ByteBuf out) {
        if (table.isEmpty()) {
            out.writeInt(0);
        } else {
            TableEncoder.write(table, out, 1);
        }
    }

    /**
     * The table that starts at {@code index}, with its length, and ends no later than {@code limit}.
     *
     * @throws MalformedFrameException as {@link #skip}
     */
    public static Map<String, @Nullable Object> read(ByteBuf in, int index, int limit) {
        skip(in, index, limit);
        return readChecked(in, index);
    }

    /**
     * Checks the structure of the table that starts at {@code index}, with its length, and ends no later than {@code
     * limit}: all that {@link #read} would refuse, without an allocation.
     *
     * @return the index behind the table
     * @throws MalformedFrameException if lengths contradict each other, a type is unknown or the nesting too deep
     */
    public static int skip(ByteBuf in, int index, int limit) {
        if (in.hasArray()) {
            int offset = in.arrayOffset();
            return TableCheck.table(in.array(), offset + index, offset + limit) - offset;
        }
        return index + TableCheck.table(Octets.copy(in, index, limit - index), 0, limit - index);
    }

    /** As {@link #read}, of a table that {@link #skip} has passed. */
    static Map<String, @Nullable Object> readChecked(ByteBuf in, int index) {
        if (in.hasArray()) {
            return new TableDecoder(in.array(), in.arrayOffset() + index).table();
        }
        int length = Integer.BYTES + in.getInt(index);
        return new TableDecoder(Octets.copy(in, index, length), 0).table();
    }

    /**
     * The moment of a timestamp. The specification's seconds are unsigned, but moments before 1970 are sent as negative
     * numbers by more than one client, and nobody means the year 292 277 026 596.
     */
    static Instant instant(long seconds) {
        return Instant.ofEpochSecond(
                Math.max(Instant.MIN.getEpochSecond(), Math.min(seconds, Instant.MAX.getEpochSecond())));
    }

    /**
     * Bytes that a field of this type takes after its letter; -1 if that depends on the value or there is no such type.
     */
    static int fixedSize(int letter) {
        return switch (letter) {
            case 'V' -> 0;
            case 't', 'b', 'B' -> 1;
            case 's', 'u', 'U' -> 2;
            case 'I', 'i', 'f' -> 4;
            case 'D' -> 5;
            case 'l', 'L', 'd', 'T' -> 8;
            default -> -1;
        };
    }
}
