package dev.leveret.amqp.wire;

import io.netty.buffer.ByteBuf;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decodes one table that {@link TableCheck} has walked over, so every length here can be trusted. */
final class TableDecoder {

    private final ByteBuf in;
    private int at;

    TableDecoder(ByteBuf in, int index) {
        this.in = in;
        this.at = index;
    }

    Map<String, @Nullable Object> table() {
        int end = end();
        if (at == end) {
            return Map.of();
        }
        Map<String, @Nullable Object> table = new LinkedHashMap<>();
        while (at < end) {
            String key = Utf8.decode(bytes(in.getUnsignedByte(pass(1))));
            table.put(key, value());
        }
        return Collections.unmodifiableMap(table);
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
        int letter = in.getByte(pass(1));
        return switch (letter) {
            case 't' -> in.getByte(pass(1)) != 0;
            case 'b' -> in.getByte(pass(1));
            case 'B' -> in.getUnsignedByte(pass(1));
            case 's', 'U' -> in.getShort(pass(2));
            case 'u' -> in.getUnsignedShort(pass(2));
            case 'I' -> in.getInt(pass(4));
            case 'i' -> in.getUnsignedInt(pass(4));
            case 'l', 'L' -> in.getLong(pass(8));
            case 'f' -> in.getFloat(pass(4));
            case 'd' -> in.getDouble(pass(8));
            case 'D' -> decimal();
            case 'S' -> text();
            case 'x' -> bytes(in.getInt(pass(4)));
            case 'T' -> TableCodec.instant(in.getLong(pass(8)));
            case 'A' -> array();
            case 'F' -> table();
            case 'V' -> null;
            default -> throw new IllegalStateException("the check let field type " + letter + " pass");
        };
    }

    private BigDecimal decimal() {
        int scale = in.getUnsignedByte(pass(1));
        return new BigDecimal(BigInteger.valueOf(in.getInt(pass(4))), scale);
    }

    private Object text() {
        byte[] bytes = bytes(in.getInt(pass(4)));
        String text = Utf8.decodeValid(bytes);
        return text != null ? text : bytes;
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        in.getBytes(pass(length), bytes);
        return bytes;
    }

    private int end() {
        int length = in.getInt(pass(4));
        return at + length;
    }

    private int pass(int count) {
        int start = at;
        at += count;
        return start;
    }
}
