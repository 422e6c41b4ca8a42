package dev.leveret.benchmarks.stub;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** One client: reads what has arrived, handles all frames that are complete, answers at once. */
final class StubConnection implements Runnable {

    private static final int METHOD = 1;
    private static final int HEADER = 2;
    private static final int BODY = 3;
    private static final int HEARTBEAT = 8;
    private static final int FRAME_END = 0xCE;
    private static final int FRAME_HEADER = 7;
    private static final long HEARTBEAT_NANOS = 5_000_000_000L;

    private final SocketChannel socket;
    private final ByteBuffer in = ByteBuffer.allocateDirect(512 * 1024);
    private final Replies out;
    private final Map<Integer, StubChannel> channels = new TreeMap<>();
    private final Counters counters = new Counters();
    private long lastHeartbeat = System.nanoTime();
    private boolean open = true;

    StubConnection(SocketChannel socket) {
        this.socket = socket;
        this.out = new Replies(socket);
    }

    @Override
    public void run() {
        try (socket) {
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            protocolHeader();
            while (open && socket.read(in) >= 0) {
                in.flip();
                while (open && frame()) {
                    // handled
                }
                in.compact();
                for (StubChannel channel : channels.values()) {
                    channel.afterRead();
                }
                heartbeat();
                out.flush();
            }
        } catch (IOException | RuntimeException e) {
            System.err.println("stub broker: a connection ends: " + e);
        }
    }

    private void protocolHeader() throws IOException {
        byte[] expected = "AMQP\0\0\11\1".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer header = ByteBuffer.allocate(expected.length);
        while (header.hasRemaining()) {
            require(socket.read(header) >= 0, "no protocol header");
        }
        require(header.flip().equals(ByteBuffer.wrap(expected)), "not AMQP 0-9-1");
        out.connectionStart();
        out.flush();
    }

    /** A client that only publishes unconfirmed messages hears nothing else from us. */
    private void heartbeat() throws IOException {
        long now = System.nanoTime();
        if (now - lastHeartbeat > HEARTBEAT_NANOS) {
            lastHeartbeat = now;
            out.heartbeat();
        }
    }

    /** Handles the next frame; false if it has not arrived completely. */
    private boolean frame() throws IOException {
        int start = in.position();
        if (in.remaining() < FRAME_HEADER) {
            return false;
        }
        int size = in.getInt(start + 3);
        require(size >= 0 && size <= Replies.FRAME_MAX - FRAME_HEADER - 1, "a frame of " + size);
        if (in.remaining() < FRAME_HEADER + size + 1) {
            return false;
        }
        int end = start + FRAME_HEADER + size;
        require((in.get(end) & 0xFF) == FRAME_END, "no frame end");
        in.position(start + FRAME_HEADER);
        int channel = in.getShort(start + 1) & 0xFFFF;
        switch (in.get(start)) {
            case METHOD -> method(channel, in.getInt());
            case HEADER -> channel(channel).header(in);
            case BODY -> channel(channel).body(size);
            case HEARTBEAT -> require(size == 0, "a heartbeat with a payload");
            default -> throw new IllegalStateException("frame type " + in.get(start));
        }
        in.position(end + 1);
        return true;
    }

    private void method(int number, int id) throws IOException {
        switch (id) {
            case Methods.CONNECTION_START_OK -> out.connectionTune();
            case Methods.CONNECTION_TUNE_OK -> {} // what was agreed makes no difference to us
            case Methods.CONNECTION_OPEN -> out.connectionOpenOk();
            case Methods.CONNECTION_CLOSE -> {
                out.method(0, Methods.CONNECTION_CLOSE_OK);
                out.flush();
                open = false;
            }
            case Methods.CHANNEL_OPEN -> {
                require(
                        channels.put(number, new StubChannel(number, out, counters)) == null,
                        "channel " + number + " opened twice");
                out.channelOpenOk(number);
            }
            case Methods.CHANNEL_CLOSE -> {
                channels.remove(number);
                out.method(number, Methods.CHANNEL_CLOSE_OK);
            }
            default -> channel(number).method(id, in);
        }
    }

    private StubChannel channel(int number) {
        StubChannel channel = channels.get(number);
        if (channel == null) {
            throw new IllegalStateException("channel " + number + " is not open");
        }
        return channel;
    }

    static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalStateException(otherwise);
        }
    }
}
