package dev.leveret.jms.message;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** Serialized forms, written by hand so that no class is touched. */
final class HandWrittenStream {

    static final String GADGET = "dev.leveret.jms.message.SerializedGadget";
    static final String TOLD = "dev.leveret.jms.gadget";

    private HandWrittenStream() {}

    /** An object without fields. */
    static byte[] of(String className) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(0xACED0005);
        out.writeByte(0x73);
        describe(out, className);
        return bytes.toByteArray();
    }

    /** An array of objects that claims to be so long. */
    static byte[] array(String className, int length) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(0xACED0005);
        out.writeByte(0x75);
        describe(out, className);
        out.writeInt(length);
        return bytes.toByteArray();
    }

    private static void describe(DataOutputStream out, String className) throws IOException {
        out.writeByte(0x72);
        out.writeUTF(className);
        out.writeLong(1);
        out.writeByte(2);
        out.writeShort(0);
        out.writeByte(0x78);
        out.writeByte(0x70);
    }
}
