package dev.leveret.amqp.testing;

import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.ConnectionOptions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Gives scripted brokers a socket on the loopback interface: the n-th connection talks to the n-th of them, each on a
 * thread of its own. A connection too many is hung up on and fails {@link #assertDone}.
 */
public final class FakeBrokerServer implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 20;
    /** Small, so that a broker that does not read is felt soon. */
    private static final int RECEIVE_BUFFER = 64 * 1024;

    /** A connection and who speaks on it. */
    private static final class Session {
        final FakeBroker broker;

        volatile @Nullable Socket socket;

        boolean ended;

        Session(FakeBroker broker) {
            this.broker = broker;
        }
    }

    private final ServerSocket server;
    private final List<Session> sessions = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition progress = lock.newCondition();
    private int accepted;
    private boolean closing;
    private volatile @Nullable Tls tls;

    private FakeBrokerServer(ServerSocket server, List<FakeBroker> brokers) {
        this.server = server;
        brokers.forEach(it -> sessions.add(new Session(it)));
    }

    public static FakeBrokerServer start(FakeBroker... brokers) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReceiveBufferSize(RECEIVE_BUFFER);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
            FakeBrokerServer started = new FakeBrokerServer(socket, List.of(brokers));
            started.spawn("fake-broker-accept", started::accept);
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The same behind TLS.
     *
     * @param tls may change from connection to connection
     */
    public static FakeBrokerServer startTls(Tls tls, FakeBroker... brokers) {
        FakeBrokerServer server = start(brokers);
        server.tls = tls;
        return server;
    }

    /** How a server speaks TLS with the next connection, whose socket is wrapped on the connection's own thread. */
    public interface Tls {
        SSLSocket wrap(Socket socket) throws IOException;

        /** With a certificate, and asking for none. */
        static Tls with(SSLContext context) {
            return with(() -> context, socket -> {});
        }

        static Tls with(Supplier<SSLContext> context, Consumer<SSLSocket> more) {
            return plain -> {
                SSLSocket socket = (SSLSocket)
                        context.get().getSocketFactory().createSocket(plain, "client", plain.getPort(), true);
                socket.setUseClientMode(false);
                more.accept(socket);
                return socket;
            };
        }
    }

    public int port() {
        return server.getLocalPort();
    }

    public String uri() {
        return "amqp://guest:secret@127.0.0.1:" + port() + "?recovery=off";
    }

    /** Options that lead here; without recovery, as each script is for one connection. */
    public ConnectionOptions.Builder options() {
        return AmqpUri.parse(uri());
    }

    // ---- what tests do --------------------------------------------------------------------------------------------

    /** Lets a broker do something now, such as saying something; what it says is sent. */
    public void act(FakeBroker broker, Consumer<FakeBroker> action) {
        lock.lock();
        try {
            Session session = session(broker);
            action.accept(broker);
            progress.signalAll();
            if (session.socket == null) {
                throw new IllegalStateException("nobody has connected to this broker");
            }
            send(session, session.socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    /** Asks a broker something. */
    public <T> T ask(FakeBroker broker, Function<FakeBroker, T> question) {
        lock.lock();
        try {
            return question.apply(broker);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until something holds of the brokers. */
    public void await(String what, BooleanSupplier condition) {
        lock.lock();
        try {
            long left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!condition.getAsBoolean()) {
                if (left <= 0) {
                    sessions.forEach(it -> it.broker.assertDone());
                    throw new AssertionError("waited in vain for " + what);
                }
                left = progress.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + what, e);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a broker's script is done, whatever the others are at. */
    public void awaitDone(FakeBroker broker) {
        await("a script", broker::isDone);
        ask(broker, it -> {
            it.assertDone();
            return it;
        });
    }

    /** Waits until the client has closed its connection to this broker, or the broker its own. */
    public void awaitEnd(FakeBroker broker) {
        await("the end of a connection", () -> session(broker).ended);
    }

    /** Waits until every script is done, and fails if one does not get there. */
    public void assertDone() {
        sessions.forEach(it -> awaitDone(it.broker));
        if (accepted > sessions.size()) {
            throw new AssertionError("there were " + accepted + " connections, expected " + sessions.size());
        }
    }

    /** How many connections there have been. */
    public int connections() {
        lock.lock();
        try {
            return accepted;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            progress.signalAll();
            server.close();
            for (Session session : sessions) {
                if (session.socket != null) {
                    session.socket.close();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
        for (Thread thread : threads) {
            join(thread);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Session session(FakeBroker broker) {
        return sessions.stream()
                .filter(it -> it.broker == broker)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("not one of this server's brokers"));
    }

    // ---- threads --------------------------------------------------------------------------------------------------

    private void spawn(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                take(server.accept());
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void take(Socket socket) throws IOException {
        lock.lock();
        try {
            int number = accepted++;
            progress.signalAll();
            if (closing || number >= sessions.size()) {
                socket.close();
                return;
            }
            Session session = sessions.get(number);
            session.socket = socket;
            spawn("fake-broker-" + number, () -> serve(session, socket));
        } finally {
            lock.unlock();
        }
    }

    private void serve(Session session, Socket plain) {
        Socket socket = plain;
        try (plain) {
            Tls layer = tls;
            if (layer != null) {
                SSLSocket secured = layer.wrap(plain);
                secured.startHandshake();
                socket = secured;
                session.socket = secured;
            }
            InputStream in = socket.getInputStream();
            byte[] bytes = new byte[64 * 1024];
            boolean open = true;
            while (open) {
                awaitListening(session);
                int read = in.read(bytes);
                open = read >= 0 && take(session, socket, Unpooled.wrappedBuffer(bytes, 0, read));
            }
        } catch (IOException e) {
            // The client is gone, or the test is over: the scripts tell whether that was too early.
        } finally {
            lock.lock();
            try {
                session.ended = true;
                progress.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void awaitListening(Session session) {
        lock.lock();
        try {
            while (session.broker.isStalled() && !closing) {
                progress.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean take(Session session, Socket socket, ByteBuf bytes) throws IOException {
        lock.lock();
        try {
            session.broker.onBytes(bytes);
            progress.signalAll();
            return send(session, socket);
        } finally {
            lock.unlock();
        }
    }

    /** Sends what the broker has to say; whether it has not hung up. */
    private static boolean send(Session session, Socket socket) throws IOException {
        ByteBuf output = session.broker.takeOutput();
        output.readBytes(socket.getOutputStream(), output.readableBytes());
        output.release();
        if (session.broker.isDropped()) {
            socket.close();
            return false;
        }
        return true;
    }
}
