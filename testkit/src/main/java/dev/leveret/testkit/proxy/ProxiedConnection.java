package dev.leveret.testkit.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client's connection and the one to the broker, with a thread for each direction. */
final class ProxiedConnection {

    private static final int CHUNK = 16 * 1024;

    /** How long a side that was sent FIN may take to end: closed earlier, bytes on their way would be answered by RST. */
    private static final int FIN_MILLIS = 2_000;

    private static final Logger LOG = LoggerFactory.getLogger(ProxiedConnection.class);

    private final FaultProxy proxy;
    private final Socket client;
    private final InetSocketAddress target;
    private final Socket broker = new Socket();
    private final CountDownLatch pumping = new CountDownLatch(2);
    private volatile boolean cut;

    ProxiedConnection(FaultProxy proxy, Socket client, InetSocketAddress target) {
        this.proxy = proxy;
        this.client = client;
        this.target = target;
    }

    void start() {
        run(this::dialAndPump, "out");
    }

    /** Ends both sides. */
    void cut(Cut how) {
        cut = true;
        if (how == Cut.RST) {
            resetBoth();
        } else {
            Sockets.finish(client);
            Sockets.finish(broker);
            run(this::closeInTime, "end");
        }
    }

    private void closeInTime() {
        try {
            if (!pumping.await(FIN_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.debug("{} or {} does not end after FIN", client, broker);
            }
        } catch (InterruptedException e) {
            LOG.trace("{} is closed early", client, e);
        }
        closeBoth();
    }

    private void dialAndPump() {
        try {
            // A broker behind a black hole is not reached, not even by SYN.
            proxy.awaitPassage();
            client.setTcpNoDelay(true);
            broker.setTcpNoDelay(true);
            broker.connect(target);
            if (cut) {
                // It came while the broker was dialled: there was nothing yet that could have been sent FIN.
                Sockets.finish(broker);
            }
        } catch (IOException | InterruptedException e) {
            LOG.debug("{} is not reached", target, e);
            resetBoth();
            proxy.ended(this);
            return;
        }
        run(() -> pump(broker, client, Direction.TO_CLIENT), "in");
        pump(client, broker, Direction.TO_BROKER);
    }

    private void pump(Socket from, Socket to, Direction direction) {
        byte[] chunk = new byte[CHUNK];
        try {
            InputStream in = from.getInputStream();
            int read = in.read(chunk);
            while (read >= 0 && !cut) {
                proxy.awaitPassage();
                if (!forward(chunk, read, to, direction)) {
                    break;
                }
                read = in.read(chunk);
            }
            if (cut) {
                drain(in, chunk);
            } else {
                // The end of a stream is news too, and does not come out of a black hole.
                proxy.awaitPassage();
                Sockets.finish(to);
            }
        } catch (IOException | InterruptedException e) {
            LOG.trace("{} ends with a reset", from, e);
            if (!cut) {
                passReset();
            }
        } finally {
            pumping.countDown();
            if (pumping.getCount() == 0) {
                closeBoth();
                proxy.ended(this);
            }
        }
    }

    private void passReset() {
        try {
            proxy.awaitPassage();
        } catch (InterruptedException e) {
            LOG.trace("{} is closed early", client, e);
        }
        resetBoth();
    }

    /** False once the connection is cut. */
    private boolean forward(byte[] chunk, int length, Socket to, Direction direction) throws IOException {
        int from = 0;
        while (from < length) {
            if (cut) {
                return false;
            }
            FaultProxy.Due due = proxy.count(direction, length - from);
            if (due == null) {
                to.getOutputStream().write(chunk, from, length - from);
                return true;
            }
            to.getOutputStream().write(chunk, from, due.bytes());
            cut(due.cut().how());
            due.cut().done().complete(null);
            from += due.bytes();
        }
        return !cut;
    }

    /** Reads on until the side that was sent FIN ends too. */
    private static void drain(InputStream in, byte[] chunk) throws IOException {
        while (in.read(chunk) >= 0) {
            continue;
        }
    }

    private void resetBoth() {
        Sockets.reset(client);
        Sockets.reset(broker);
    }

    private void closeBoth() {
        Sockets.close(client);
        Sockets.close(broker);
    }

    private static void run(Runnable pump, String name) {
        Thread thread = new Thread(pump, FaultProxy.THREADS + "-" + name);
        thread.setDaemon(true);
        thread.start();
    }
}
