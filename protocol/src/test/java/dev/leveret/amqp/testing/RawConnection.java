package dev.leveret.amqp.testing;

import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.FrameReader;
import dev.leveret.amqp.wire.FrameWriter;
import dev.leveret.amqp.wire.Method;
import dev.leveret.testkit.Broker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Queue;

/** Frames to and from a real broker without a client between: what the client refuses to send, a broker can be asked. */
public final class RawConnection implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final Deque<Received> received = new ArrayDeque<>();
    private final FrameReader reader = new FrameReader(new FrameLog(received::add, () -> {}));
    private final byte[] bytes = new byte[64 * 1024];
    private ByteBuf out = Unpooled.buffer();

    private RawConnection(Socket socket) {
        this.socket = socket;
    }

    /** Connects and opens the virtual host. */
    public static RawConnection to(Broker broker) throws IOException {
        ConnectionOptions options = AmqpUri.parse(broker.uri()).build();
        Endpoint endpoint = options.endpoints().get(0);
        Socket socket = new Socket(endpoint.host(), endpoint.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        RawConnection raw = new RawConnection(socket);
        FrameWriter.protocolHeader(raw.out);
        raw.flush();
        raw.expect(ConnectionMethod.Start.class);
        raw.send(
                0,
                new ConnectionMethod.StartOk(
                        Map.of(), "PLAIN", ((Credentials) options.credentials()).response(null), "en_US"));
        ConnectionMethod.Tune tune = raw.expect(ConnectionMethod.Tune.class);
        raw.reader.frameMax((int) tune.frameMax());
        raw.send(0, new ConnectionMethod.TuneOk(tune.channelMax(), tune.frameMax(), 0));
        raw.send(0, new ConnectionMethod.Open(options.virtualHost()));
        raw.expect(ConnectionMethod.OpenOk.class);
        return raw;
    }

    /** Opens a channel. */
    public RawConnection channel(int number) throws IOException {
        send(number, new ChannelMethod.Open());
        expect(ChannelMethod.OpenOk.class);
        return this;
    }

    /** Writes a method; it goes out with the next {@link #flush} or {@link #next}. */
    public RawConnection write(int channel, Method method) {
        FrameWriter.method(out, channel, method);
        return this;
    }

    /** Writes a message to publish; it goes out with the next {@link #flush} or {@link #next}. */
    public RawConnection publish(int channel, String exchange, String routingKey, byte[] body) {
        FrameWriter.publish(out, channel, exchange, routingKey, false);
        FrameWriter.contentHeader(out, channel, BasicMethod.CLASS_ID, body.length, BasicProperties.EMPTY);
        FrameWriter.body(out, channel, body, 0, body.length);
        return this;
    }

    /** Sends a method. */
    public void send(int channel, Method method) throws IOException {
        write(channel, method);
        flush();
    }

    /** Sends what is written. */
    public void flush() throws IOException {
        byte[] all = new byte[out.readableBytes()];
        out.readBytes(all);
        out = Unpooled.buffer();
        socket.getOutputStream().write(all);
    }

    /** Sends what is written and waits for the next method. */
    public Method next() throws IOException {
        flush();
        Queue<Received> waiting = received;
        while (waiting.isEmpty()) {
            int count = socket.getInputStream().read(bytes);
            if (count < 0) {
                throw new IOException("the broker closed the socket");
            }
            reader.read(Unpooled.wrappedBuffer(bytes, 0, count));
        }
        return waiting.remove().method();
    }

    private <T extends Method> T expect(Class<T> kind) throws IOException {
        Method next = next();
        if (!kind.isInstance(next)) {
            throw new AssertionError("expected " + kind.getName() + ", got " + next);
        }
        return kind.cast(next);
    }

    @Override
    public void close() throws IOException {
        reader.release();
        socket.close();
    }
}
