package dev.leveret.jms.wire;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * Writes what {@link java.io.ObjectInputStream} reads: primitive values in blocks, and between them objects of classes that
 * are not here.
 */
final class JavaStreamWriter {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);
    private final ByteArrayOutputStream block = new ByteArrayOutputStream();
    private final DataOutputStream values = new DataOutputStream(block);

    JavaStreamWriter() throws IOException {
        out.writeInt(0xACED0005);
    }

    /** Where primitive values go. */
    DataOutputStream values() {
        return values;
    }

    /** Ends the block, if there is one. */
    void endBlock() throws IOException {
        if (block.size() > 0) {
            out.writeByte(0x7A);
            out.writeInt(block.size());
            block.writeTo(out);
            block.reset();
        }
    }

    /** Begins an object; its fields follow by {@link #rawBoolean} and {@link #rawString} in this order. */
    void startObject(String className, long version, String[] booleans, String[] strings) throws IOException {
        endBlock();
        out.writeByte(0x73);
        out.writeByte(0x72);
        out.writeUTF(className);
        out.writeLong(version);
        out.writeByte(2);
        out.writeShort(booleans.length + strings.length);
        for (String name : booleans) {
            out.writeByte('Z');
            out.writeUTF(name);
        }
        for (String name : strings) {
            out.writeByte('L');
            out.writeUTF(name);
            rawString("Ljava/lang/String;");
        }
        out.writeByte(0x78);
        out.writeByte(0x70);
    }

    void rawBoolean(boolean value) throws IOException {
        out.writeBoolean(value);
    }

    void rawString(String value) throws IOException {
        out.writeByte(0x74);
        out.writeUTF(value);
    }

    /** The stream, with these octets behind it. */
    byte[] toByteArray(byte[] behind) throws IOException {
        endBlock();
        out.write(behind);
        return bytes.toByteArray();
    }
}
