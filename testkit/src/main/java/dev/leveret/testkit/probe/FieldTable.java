package dev.leveret.testkit.probe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Reads the strings, booleans and tables of an AMQP field table; values of other types are skipped by their size. */
final class FieldTable {

    private static final int DEEPEST = 8;

    private FieldTable() {}

    /** Throws {@link java.nio.BufferUnderflowException} where the table ends before it is complete. */
    static Map<String, Object> read(ByteBuffer in) throws IOException {
        return read(in, 0);
    }

    private static Map<String, Object> read(ByteBuffer in, int depth) throws IOException {
        if (depth > DEEPEST) {
            throw new IOException("its server-properties are nested more than " + DEEPEST + " deep");
        }
        ByteBuffer table = slice(in, in.getInt());
        Map<String, Object> fields = new HashMap<>();
        while (table.hasRemaining()) {
            String name = text(slice(table, table.get() & 0xFF));
            char type = (char) (table.get() & 0xFF);
            switch (type) {
                case 'S' -> fields.put(name, text(slice(table, table.getInt())));
                case 't' -> fields.put(name, table.get() != 0);
                case 'F' -> fields.put(name, read(table, depth + 1));
                default -> slice(table, size(type, table));
            }
        }
        return fields;
    }

    private static int size(char type, ByteBuffer in) throws IOException {
        return switch (type) {
            case 'V' -> 0;
            case 'b', 'B' -> 1;
            case 's', 'u', 'U' -> 2;
            case 'i', 'I', 'f' -> 4;
            case 'D' -> 5;
            case 'l', 'L', 'd', 'T' -> 8;
            case 'x', 'A' -> in.getInt();
            default -> throw new IOException("its server-properties hold a field of the unknown type " + (int) type);
        };
    }

    private static ByteBuffer slice(ByteBuffer in, int size) throws IOException {
        if (size < 0 || size > in.remaining()) {
            throw new IOException("its server-properties are longer than the frame they came in");
        }
        ByteBuffer slice = in.slice(in.position(), size);
        in.position(in.position() + size);
        return slice;
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }
}
