package dev.leveret.amqp.wire;

import java.util.Arrays;

/**
 * Walks over an encoded table and refuses what cannot be decoded, without allocating: the only place where lengths from
 * the wire are held against the bytes that are there. Every method returns the index behind what it walked over.
 */
final class TableCheck {

    private static final int NO_KEY = -1;

    private TableCheck() {}

    static int table(byte[] in, int index, int limit) {
        return table(in, index, limit, NO_KEY, 1);
    }

    /**
     * @param key where the innermost key around here is, for messages
     * @param depth 1 for the outermost table
     */
    private static int table(byte[] in, int index, int limit, int key, int depth) {
        int at = contents(in, index, limit, key, depth);
        int end = at + Octets.signedInt(in, index);
        while (at < end) {
            int name = at;
            at = advance(in, at + 1, Octets.unsignedByte(in, at), end, key, "a key");
            at = value(in, at, end, name, depth);
        }
        return end;
    }

    private static int array(byte[] in, int index, int limit, int key, int depth) {
        int at = contents(in, index, limit, key, depth);
        int end = at + Octets.signedInt(in, index);
        while (at < end) {
            at = value(in, at, end, key, depth);
        }
        return end;
    }

    private static int contents(byte[] in, int index, int limit, int key, int depth) {
        if (depth > TableCodec.MAX_DEPTH) {
            throw error(in, key, "tables are nested deeper than " + TableCodec.MAX_DEPTH + " levels");
        }
        longValue(in, index, limit, key);
        return index + Integer.BYTES;
    }

    private static int value(byte[] in, int index, int limit, int key, int depth) {
        int at = advance(in, index, 1, limit, key, "a field type");
        int letter = Octets.unsignedByte(in, index);
        int size = TableCodec.fixedSize(letter);
        if (size >= 0) {
            return advance(in, at, size, limit, key, "a field");
        }
        return switch (letter) {
            case 'S', 'x' -> longValue(in, at, limit, key);
            case 'F' -> table(in, at, limit, key, depth + 1);
            case 'A' -> array(in, at, limit, key, depth + 1);
            default -> throw error(in, key, "unknown field type " + printable(letter));
        };
    }

    private static int longValue(byte[] in, int index, int limit, int key) {
        int at = advance(in, index, Integer.BYTES, limit, key, "a length");
        return advance(in, at, Octets.unsignedInt(in, index), limit, key, "a value");
    }

    private static int advance(byte[] in, int index, long count, int limit, int key, String what) {
        if (count > limit - index) {
            throw error(in, key, what + " of " + count + " bytes, but " + Math.max(0, limit - index) + " are left");
        }
        return index + (int) count;
    }

    private static MalformedFrameException error(byte[] in, int key, String problem) {
        if (key == NO_KEY) {
            return MalformedFrameException.syntaxError("field table: " + problem);
        }
        byte[] name = Arrays.copyOfRange(in, key + 1, key + 1 + Octets.unsignedByte(in, key));
        return MalformedFrameException.syntaxError("field '" + printable(Utf8.decode(name)) + "': " + problem);
    }

    private static String printable(int letter) {
        return letter > ' ' && letter < 0x7F ? "'" + (char) letter + "'" : String.format("0x%02x", letter);
    }

    /** So that a peer cannot write lines of its own into a log. */
    private static String printable(String name) {
        return name.codePoints()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
