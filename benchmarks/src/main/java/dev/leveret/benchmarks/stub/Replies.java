package dev.leveret.benchmarks.stub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** Frames on their way to the client: gathered, and sent by {@link #flush} or when there is no room for more. */
final class Replies {

    /** What we offer in {@code connection.tune}. */
    static final int FRAME_MAX = 128 * 1024;

    private static final int CHANNEL_MAX = 2047;
    private static final int HEARTBEAT_SECONDS = 60;
    private static final int SMALL = 512; // no method that we send is larger
    private static final byte FRAME_END = (byte) 0xCE;

    private final SocketChannel socket;
    private final ByteBuffer out = ByteBuffer.allocateDirect(512 * 1024);
    private int frame;

    Replies(SocketChannel socket) {
        this.socket = socket;
    }

    void flush() throws IOException {
        out.flip();
        while (out.hasRemaining()) {
            socket.write(out);
        }
        out.clear();
    }

    /** A method without arguments. */
    void method(int channel, int id) throws IOException {
        begin(1, channel).putInt(id);
        end();
    }

    void heartbeat() throws IOException {
        begin(8, 0);
        end();
    }

    void connectionStart() throws IOException {
        ByteBuffer buffer = begin(1, 0).putInt(Methods.CONNECTION_START);
        buffer.put((byte) 0).put((byte) 9);
        int properties = startTable(buffer);
        shortString(buffer, "product").put((byte) 'S');
        longString(buffer, "stub");
        shortString(buffer, "capabilities").put((byte) 'F');
        int capabilities = startTable(buffer);
        for (String capability : new String[] {"publisher_confirms", "basic.nack", "consumer_cancel_notify"}) {
            shortString(buffer, capability).put((byte) 't').put((byte) 1);
        }
        endTable(buffer, capabilities);
        endTable(buffer, properties);
        longString(buffer, "PLAIN");
        longString(buffer, "en_US");
        end();
    }

    void connectionTune() throws IOException {
        begin(1, 0)
                .putInt(Methods.CONNECTION_TUNE)
                .putShort((short) CHANNEL_MAX)
                .putInt(FRAME_MAX)
                .putShort((short) HEARTBEAT_SECONDS);
        end();
    }

    void connectionOpenOk() throws IOException {
        begin(1, 0).putInt(Methods.CONNECTION_OPEN_OK).put((byte) 0);
        end();
    }

    void channelOpenOk(int channel) throws IOException {
        begin(1, channel).putInt(Methods.CHANNEL_OPEN_OK).putInt(0);
        end();
    }

    void queueDeclareOk(int channel, String queue, int messages) throws IOException {
        ByteBuffer buffer = begin(1, channel).putInt(Methods.QUEUE_DECLARE_OK);
        shortString(buffer, queue).putInt(messages).putInt(0);
        end();
    }

    /** {@code basic.consume-ok} or {@code basic.cancel-ok}. */
    void consumer(int channel, int id, String tag) throws IOException {
        shortString(begin(1, channel).putInt(id), tag);
        end();
    }

    void ack(int channel, long tag) throws IOException {
        begin(1, channel).putInt(Methods.BASIC_ACK).putLong(tag).put((byte) 1);
        end();
    }

    /** A message that was encoded before, with this delivery tag. */
    void deliver(ByteBuffer encoded, int tagAt, long tag) throws IOException {
        if (out.remaining() < encoded.limit()) {
            flush();
        }
        int start = out.position();
        out.put(encoded.rewind());
        out.putLong(start + tagAt, tag);
    }

    static ByteBuffer shortString(ByteBuffer buffer, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return buffer.put((byte) bytes.length).put(bytes);
    }

    static ByteBuffer longString(ByteBuffer buffer, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return buffer.putInt(bytes.length).put(bytes);
    }

    /** Leaves room for a table's size and returns where. */
    static int startTable(ByteBuffer buffer) {
        buffer.putInt(0);
        return buffer.position();
    }

    static void endTable(ByteBuffer buffer, int start) {
        buffer.putInt(start - 4, buffer.position() - start);
    }

    /** Begins a frame; see {@link #endFrame}. */
    static int beginFrame(ByteBuffer buffer, int type, int channel) {
        buffer.put((byte) type).putShort((short) channel).putInt(0);
        return buffer.position();
    }

    static void endFrame(ByteBuffer buffer, int start) {
        buffer.putInt(start - 4, buffer.position() - start).put(FRAME_END);
    }

    private ByteBuffer begin(int type, int channel) throws IOException {
        if (out.remaining() < SMALL) {
            flush();
        }
        frame = beginFrame(out, type, channel);
        return out;
    }

    private void end() {
        endFrame(out, frame);
    }
}
