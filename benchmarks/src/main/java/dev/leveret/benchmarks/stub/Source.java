package dev.leveret.benchmarks.stub;

import static dev.leveret.benchmarks.stub.StubConnection.require;

import java.nio.ByteBuffer;

/** A consumer's supply of messages, all alike but for the delivery tag. They have properties as services use them. */
final class Source {

    /** Where the delivery tag stands in {@link #encoded}. */
    final int tagAt;

    final ByteBuffer encoded;
    final boolean autoAck;
    long left;

    private Source(ByteBuffer encoded, int tagAt, long count, boolean autoAck) {
        this.encoded = encoded;
        this.tagAt = tagAt;
        this.left = count;
        this.autoAck = autoAck;
    }

    /** @param queue {@code source.<body>.<count>} */
    static Source named(String queue, int channel, String consumerTag, boolean autoAck) {
        String[] parts = queue.split("\\.");
        require(parts.length == 3 && parts[0].equals("source"), "no such queue: " + queue);
        int body = Integer.parseInt(parts[1]);
        require(body > 0 && body <= Replies.FRAME_MAX - 8, "a body of " + body + " bytes");
        ByteBuffer out = ByteBuffer.allocateDirect(body + 1024);
        int tagAt = deliver(out, channel, consumerTag);
        header(out, channel, body);
        int frame = Replies.beginFrame(out, 3, channel);
        for (int i = 0; i < body; i++) {
            out.put((byte) i);
        }
        Replies.endFrame(out, frame);
        return new Source(out.flip(), tagAt, Long.parseLong(parts[2]), autoAck);
    }

    private static int deliver(ByteBuffer out, int channel, String consumerTag) {
        int frame = Replies.beginFrame(out, 1, channel);
        Replies.shortString(out.putInt(Methods.BASIC_DELIVER), consumerTag);
        int tagAt = out.position();
        out.putLong(0).put((byte) 0);
        Replies.shortString(out, "orders");
        Replies.shortString(out, "orders.created");
        Replies.endFrame(out, frame);
        return tagAt;
    }

    /** content-type, headers, delivery-mode, message-id and timestamp, in the order of their flags. */
    private static void header(ByteBuffer out, int channel, int body) {
        int frame = Replies.beginFrame(out, 2, channel);
        out.putShort((short) 60).putShort((short) 0).putLong(body);
        out.putShort((short) (1 << 15 | 1 << 13 | 1 << 12 | 1 << 7 | 1 << 6));
        Replies.shortString(out, "application/json");
        int headers = Replies.startTable(out);
        Replies.shortString(out, "x-source").put((byte) 'S');
        Replies.longString(out, "benchmark");
        Replies.shortString(out, "x-sequence").put((byte) 'l').putLong(1);
        Replies.endTable(out, headers);
        out.put((byte) 2);
        Replies.shortString(out, "3f2b8c1e-5a47-4b0e-9a51-6d1f1c0f7e21");
        out.putLong(1_700_000_000L);
        Replies.endFrame(out, frame);
    }
}
