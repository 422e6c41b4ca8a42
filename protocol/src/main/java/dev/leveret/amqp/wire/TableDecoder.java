package dev.leveret.amqp.wire;

import dev.leveret.amqp.table.FieldTable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decodes one table that {@link TableCheck} has walked over, so every length here can be trusted. */
final class TableDecoder {

    private static final int USUAL_FIELDS = 8;

    private final byte[] in;
    private int at;

    TableDecoder(byte[] in, int index) {
        this.in = in;
        this.at = index;
    }

    Map<String, @Nullable Object> table() {
        int end = end();
        if (at == end) {
            return Map.of();
        }
        FieldTable.Builder table = new FieldTable.Builder(USUAL_FIELDS);
        while (at < end) {
            int length = Octets.unsignedByte(in, pass(1));
            String key = Utf8.decode(in, pass(length), length);
            table.put(key, value());
        }
        return table.build();
    }

    private List<@Nullable Object> array() {
        int end = end();
        if (at == end) {
            return List.of();
        }
        List<@Nullable Object> array = new ArrayList<>();
        while (at < end) {
            array.add(value());
        }
        return Collections.unmodifiableList(array);
    }

    private @Nullable Object value() {
        int letter = in[pass(1)];
        return switch (letter) {
            case 't' -> in[pass(1)] != 0;
            case 'b' -> in[pass(1)];
            case 'B' -> (short) Octets.unsignedByte(in, pass(1));
            case 's', 'U' -> (short) Octets.unsignedShort(in, pass(2));
            case 'u' -> Octets.unsignedShort(in, pass(2));
            case 'I' -> Octets.signedInt(in, pass(4));
            case 'i' -> Octets.unsignedInt(in, pass(4));
            case 'l', 'L' -> Octets.signedLong(in, pass(8));
            case 'f' -> Float.intBitsToFloat(Octets.signedInt(in, pass(4)));
            case 'd' -> Double.longBitsToDouble(Octets.signedLong(in, pass(8)));
            case 'D' -> decimal();
            case 'S' -> text();
            case 'x' -> bytes();
            case 'T' -> TableCodec.instant(Octets.signedLong(in, pass(8)));
            case 'A' -> array();
            case 'F' -> table();
            case 'V' -> null;
            default -> throw new IllegalStateException("the check let field type " + letter + " pass");
        };
    }

    private BigDecimal decimal() {
        int scale = Octets.unsignedByte(in, pass(1));
        return new BigDecimal(BigInteger.valueOf(Octets.signedInt(in, pass(4))), scale);
    }

    private Object text() {
        int start = at;
        int length = Octets.signedInt(in, pass(4));
        String text = Utf8.decodeValid(in, pass(length), length);
        if (text != null) {
            return text;
        }
        at = start;
        return bytes();
    }

    private byte[] bytes() {
        int length = Octets.signedInt(in, pass(4));
        int start = pass(length);
        return Arrays.copyOfRange(in, start, start + length);
    }

    private int end() {
        int length = Octets.signedInt(in, pass(4));
        return at + length;
    }

    private int pass(int count) {
        int start = at;
        at += count;
        return start;
    }
}
