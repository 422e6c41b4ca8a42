package dev.leveret.testkit.probe;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Writes the bytes of {@code connection.start}, right or wrong. */
public final class StartBytes {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream fields = new DataOutputStream(bytes);

    /** What a broker of this product and version sends. */
    public static byte[] of(String product, String version) {
        return new StartBytes()
                .text("product", product)
                .text("version", version)
                .frame();
    }

    StartBytes text(String name, String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return write(() -> {
            name(name, 'S');
            fields.writeInt(utf8.length);
            fields.write(utf8);
        });
    }

    StartBytes flag(String name, boolean value) {
        return write(() -> {
            name(name, 't');
            fields.writeBoolean(value);
        });
    }

    StartBytes table(String name, StartBytes nested) {
        return write(() -> {
            name(name, 'F');
            fields.writeInt(nested.bytes.size());
            nested.bytes.writeTo(fields);
        });
    }

    StartBytes raw(String name, char type, byte... value) {
        return write(() -> {
            name(name, type);
            fields.write(value);
        });
    }

    byte[] frame() {
        return frame(1, 0, 10, bytes.size(), 0xCE);
    }

    /** A frame whose parts may lie. */
    byte[] frame(int type, int channel, int methodId, int tableSize, int end) {
        byte[] table = bytes.toByteArray();
        byte[] tail = "\0\0\0\5PLAIN\0\0\0\5en_US".getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(frame);
        write(() -> {
            out.writeByte(type);
            out.writeShort(channel);
            out.writeInt(4 + 2 + 4 + table.length + tail.length);
            out.writeShort(10);
            out.writeShort(methodId);
            out.write(new byte[] {0, 9});
            out.writeInt(tableSize);
            out.write(table);
            out.write(tail);
            out.writeByte(end);
        });
        return frame.toByteArray();
    }

    private void name(String name, char type) throws IOException {
        fields.writeByte(name.length());
        fields.writeBytes(name);
        fields.writeByte(type);
    }

    private interface Writing {
        void run() throws IOException;
    }

    private StartBytes write(Writing writing) {
        try {
            writing.run();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
