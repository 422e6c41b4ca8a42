package dev.leveret.amqp.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * An address whose connections are never made: a listening socket that accepts nobody and whose queue is full, so that the
 * operating system drops what else comes.
 */
public final class BlackHole implements AutoCloseable {

    private static final int MOST = 16;
    private static final int FULL_AFTER_MILLIS = 300;

    private final ServerSocket server;
    private final List<Socket> queued = new ArrayList<>();

    private BlackHole(ServerSocket server) {
        this.server = server;
    }

    /** @param port 0 for any */
    public static BlackHole at(InetAddress address, int port) {
        try {
            BlackHole hole = new BlackHole(new ServerSocket(port, 1, address));
            hole.fill();
            return hole;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return server.getLocalPort();
    }

    private void fill() throws IOException {
        while (queued.size() < MOST) {
            Socket next = new Socket();
            queued.add(next);
            try {
                next.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()), FULL_AFTER_MILLIS);
            } catch (SocketTimeoutException e) {
                return;
            }
        }
        throw new IllegalStateException("the queue of the black hole does not fill");
    }

    @Override
    public void close() {
        try {
            for (Socket each : queued) {
                each.close();
            }
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
