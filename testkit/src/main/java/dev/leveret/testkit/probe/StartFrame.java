package dev.leveret.testkit.probe;

import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads the frame with {@code connection.start}, the first that a broker sends. */
final class StartFrame {

    private static final int HEAD = 7;
    private static final int METHOD_FRAME = 1;
    private static final int CONNECTION_START = 10 << 16 | 10;
    private static final int FRAME_END = 0xCE;
    /** RabbitMQ's is about 500 bytes; a peer that announces more than this is no broker. */
    private static final int LONGEST = 128 * 1024;

    private StartFrame() {}

    /** Throws when the peer speaks something else; the messages go on from "the peer at host:port ...". */
    static ServerIdentity read(InputStream in) throws IOException {
        byte[] head = in.readNBytes(HEAD);
        refuseOtherProtocols(head);
        ByteBuffer header = ByteBuffer.wrap(head);
        int type = header.get();
        int channel = header.getShort();
        int size = header.getInt();
        if (type != METHOD_FRAME || channel != 0 || size < 0 || size > LONGEST) {
            throw new IOException("does not speak AMQP 0-9-1: it does not begin with a method frame");
        }
        byte[] frame = in.readNBytes(size + 1);
        if (frame.length <= size) {
            throw new IOException("closed the connection within its first frame");
        }
        if ((frame[size] & 0xFF) != FRAME_END) {
            throw new IOException("does not speak AMQP 0-9-1: its first frame has no end mark");
        }
        return connectionStart(ByteBuffer.wrap(frame, 0, size));
    }

    private static void refuseOtherProtocols(byte[] head) throws IOException {
        if (head.length == 0) {
            throw new IOException("closed the connection without a word");
        }
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (text.startsWith("AMQP")) {
            throw new IOException("speaks another version of AMQP than 0-9-1");
        }
        if (text.startsWith("HTTP")) {
            throw new IOException("speaks HTTP, not AMQP 0-9-1");
        }
        if (head.length < HEAD) {
            throw new IOException("closed the connection within its first frame");
        }
    }

    private static ServerIdentity connectionStart(ByteBuffer frame) throws IOException {
        try {
            if (frame.getInt() != CONNECTION_START) {
                throw new IOException("does not speak AMQP 0-9-1: it does not begin with connection.start");
            }
            frame.getShort(); // version-major, version-minor: the protocol header asked for ours
            return ServerIdentity.of(FieldTable.read(frame));
        } catch (BufferUnderflowException e) {
            throw new IOException("sent a connection.start that is cut short", e);
        }
    }
}
