package dev.leveret.jms.wire;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads primitive values from the blocks of a stream that a {@link java.io.ObjectOutputStream} wrote (Java Object
 * Serialization Specification, chapter 6), and objects of a few classes as their fields. No class is looked for, no object
 * is made: these are octets that anybody may have sent.
 *
 * <p>Nothing is allocated because a length says so: first the octets have to be there. Objects may be nested a few levels.
 * Back references give what has been read whole before; into what is still being read there is none, so what is returned
 * has no cycles.
 */
final class JavaStreamReader {

    private static final int MAGIC_AND_VERSION = 0xACED0005;

    private static final int NULL = 0x70;
    private static final int REFERENCE = 0x71;
    private static final int CLASS_DESCRIPTION = 0x72;
    private static final int OBJECT = 0x73;
    private static final int STRING = 0x74;
    private static final int BLOCK = 0x77;
    private static final int END_OF_BLOCKS = 0x78;
    private static final int LONG_BLOCK = 0x7A;
    private static final int FIRST_HANDLE = 0x7E0000;

    private static final int WRITE_METHOD = 0x01;
    private static final int SERIALIZABLE = 0x02;

    private static final int MAX_DEPTH = 8;

    /** How an object is described; its fields are in the order in which they are written. */
    private record ClassDescription(
            String name,
            int flags,
            List<Field> fields,
            @Nullable ClassDescription parent) {

        int height() {
            return parent == null ? 1 : parent.height() + 1;
        }
    }

    private record Field(char type, String name) {}

    /**
     * An object.
     *
     * @param className of the object itself
     * @param values by name: boxed primitives, strings, other objects, null
     */
    record Fields(String className, Map<String, @Nullable Object> values) {}

    private final byte[] in;
    private final Set<String> classes;
    private int at;
    private int leftInBlock;

    /** What back references can mean; null for what is still being read. */
    private final List<@Nullable Object> handles = new ArrayList<>();

    /**
     * A reader at the start of a stream.
     *
     * @param classes the names of the classes whose objects may be in it
     */
    JavaStreamReader(byte[] stream, Set<String> classes) throws IOException {
        in = stream;
        this.classes = classes;
        if (rawInt() != MAGIC_AND_VERSION) {
            throw new StreamCorruptedException("no stream of objects");
        }
    }

    /** Whether there is not one value more. */
    boolean isAtEnd() {
        return leftInBlock == 0 && at == in.length;
    }

    int readByte() throws IOException {
        while (leftInBlock == 0) {
            openBlock();
        }
        leftInBlock--;
        return raw();
    }

    private void openBlock() throws IOException {
        int tag = raw();
        if (tag != BLOCK && tag != LONG_BLOCK) {
            throw new StreamCorruptedException("no block");
        }
        int length = tag == BLOCK ? raw() : rawInt();
        requireThere(length);
        leftInBlock = length;
    }

    boolean readBoolean() throws IOException {
        return readByte() != 0;
    }

    int readUnsignedShort() throws IOException {
        return readByte() << 8 | readByte();
    }

    int readInt() throws IOException {
        return readUnsignedShort() << 16 | readUnsignedShort();
    }

    long readLong() throws IOException {
        return (long) readInt() << 32 | (readInt() & 0xFFFF_FFFFL);
    }

    /** The octets that a length in the stream announces. */
    byte[] readBytes(int length) throws IOException {
        // What is left of the stream has the blocks' own headers too, so it is no less.
        requireThere(length);
        byte[] bytes = new byte[length];
        for (int done = 0; done < length; ) {
            while (leftInBlock == 0) {
                openBlock();
            }
            int piece = Math.min(leftInBlock, length - done);
            System.arraycopy(in, at, bytes, done, piece);
            at += piece;
            leftInBlock -= piece;
            done += piece;
        }
        return bytes;
    }

    String readUtf() throws IOException {
        int length = readUnsignedShort();
        return utf(readBytes(length));
    }

    /** All that comes after the blocks. */
    byte[] rest() throws IOException {
        if (leftInBlock != 0) {
            throw new StreamCorruptedException("more values than expected");
        }
        byte[] rest = Arrays.copyOfRange(in, at, in.length);
        at = in.length;
        return rest;
    }

    /** An object between the blocks: a {@link Fields}, a string, or null. */
    @Nullable
    Object readObject() throws IOException {
        if (leftInBlock != 0) {
            throw new StreamCorruptedException("a value where an object should be");
        }
        return object(0);
    }

    private @Nullable Object object(int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new StreamCorruptedException("objects are nested too deep");
        }
        int tag = raw();
        return switch (tag) {
            case NULL -> null;
            case REFERENCE -> referenced();
            case STRING -> string(raw() << 8 | raw());
            case OBJECT -> fields(depth);
            default -> throw new StreamCorruptedException("no object that is expected here");
        };
    }

    private Object referenced() throws IOException {
        int handle = rawInt() - FIRST_HANDLE;
        Object object = handle >= 0 && handle < handles.size() ? handles.get(handle) : null;
        if (object == null) {
            throw new StreamCorruptedException("a reference to nothing");
        }
        return object;
    }

    private String string(int length) throws IOException {
        requireThere(length);
        String text = utf(Arrays.copyOfRange(in, at, at + length));
        at += length;
        handles.add(text);
        return text;
    }

    private Fields fields(int depth) throws IOException {
        ClassDescription description = classDescription(depth);
        if (description == null) {
            throw new StreamCorruptedException("an object of no class");
        }
        int handle = handles.size();
        handles.add(null);
        Map<String, @Nullable Object> fields = new HashMap<>();
        fill(description, fields, depth);
        Fields object = new Fields(description.name(), fields);
        handles.set(handle, object);
        return object;
    }

    /** Parents come first. */
    private void fill(ClassDescription description, Map<String, @Nullable Object> fields, int depth)
            throws IOException {
        if (description.parent() != null) {
            fill(description.parent(), fields, depth);
        }
        for (Field field : description.fields()) {
            fields.put(field.name(), field(field.type(), depth));
        }
        if ((description.flags() & WRITE_METHOD) != 0) {
            skipAnnotations(depth);
        }
    }

    private @Nullable Object field(char type, int depth) throws IOException {
        return switch (type) {
            case 'B' -> (byte) raw();
            case 'C' -> (char) (raw() << 8 | raw());
            case 'D' -> Double.longBitsToDouble(rawLong());
            case 'F' -> Float.intBitsToFloat(rawInt());
            case 'I' -> rawInt();
            case 'J' -> rawLong();
            case 'S' -> (short) (raw() << 8 | raw());
            case 'Z' -> raw() != 0;
            case 'L' -> object(depth + 1);
            default -> throw new StreamCorruptedException("no type of a field");
        };
    }

    private @Nullable ClassDescription classDescription(int depth) throws IOException {
        int tag = raw();
        if (tag == NULL) {
            return null;
        }
        if (tag == REFERENCE) {
            if (referenced() instanceof ClassDescription known) {
                return known;
            }
            throw new StreamCorruptedException("a class that is none");
        }
        if (tag != CLASS_DESCRIPTION || depth > MAX_DEPTH) {
            throw new StreamCorruptedException("no description of a class");
        }
        return newClassDescription(depth);
    }

    private ClassDescription newClassDescription(int depth) throws IOException {
        String name = rawUtf();
        if (!classes.contains(name)) {
            throw new StreamCorruptedException("an object of a class that is not expected");
        }
        rawLong();
        int handle = handles.size();
        handles.add(null);
        int flags = raw();
        if ((flags & ~WRITE_METHOD) != SERIALIZABLE) {
            throw new StreamCorruptedException("an object that writes itself");
        }
        List<Field> fields = new ArrayList<>();
        for (int left = raw() << 8 | raw(); left > 0; left--) {
            char type = (char) raw();
            String field = rawUtf();
            if (type == 'L' && !(object(depth + 1) instanceof String)) {
                throw new StreamCorruptedException("a field of no type");
            }
            fields.add(new Field(type, field));
        }
        skipAnnotations(depth);
        ClassDescription description =
                new ClassDescription(name, flags, List.copyOf(fields), classDescription(depth + 1));
        if (description.height() > MAX_DEPTH) {
            throw new StreamCorruptedException("a class of too many parents");
        }
        handles.set(handle, description);
        return description;
    }

    /** What a class has written beside its fields. */
    private void skipAnnotations(int depth) throws IOException {
        while (peek() != END_OF_BLOCKS) {
            if (peek() == BLOCK || peek() == LONG_BLOCK) {
                openBlock();
                at += leftInBlock;
                leftInBlock = 0;
            } else {
                object(depth + 1);
            }
        }
        raw();
    }

    private String rawUtf() throws IOException {
        int length = raw() << 8 | raw();
        requireThere(length);
        String text = utf(Arrays.copyOfRange(in, at, at + length));
        at += length;
        return text;
    }

    private static String utf(byte[] modified) throws IOException {
        byte[] withLength = new byte[modified.length + 2];
        withLength[0] = (byte) (modified.length >> 8);
        withLength[1] = (byte) modified.length;
        System.arraycopy(modified, 0, withLength, 2, modified.length);
        return new DataInputStream(new ByteArrayInputStream(withLength)).readUTF();
    }

    private void requireThere(int length) throws IOException {
        if (length < 0 || length > in.length - at) {
            throw new StreamCorruptedException("a length of " + length + " with " + (in.length - at) + " bytes left");
        }
    }

    private int peek() throws IOException {
        requireThere(1);
        return in[at] & 0xFF;
    }

    private int raw() throws IOException {
        int value = peek();
        at++;
        return value;
    }

    private int rawInt() throws IOException {
        return raw() << 24 | raw() << 16 | raw() << 8 | raw();
    }

    private long rawLong() throws IOException {
        return (long) rawInt() << 32 | (rawInt() & 0xFFFF_FFFFL);
    }
}
