package dev.leveret.testkit.proxy;

import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ways to end sockets that may have ended already. */
final class Sockets {

    private static final Logger LOG = LoggerFactory.getLogger(Sockets.class);

    private Sockets() {}

    static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0); // close sends RST then
        } catch (IOException e) {
            LOG.trace("{} has ended already", socket, e);
        }
        close(socket);
    }

    /** Sends FIN; what the other side still sends can be read. */
    static void finish(Socket socket) {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            LOG.trace("{} has ended already", socket, e);
        }
    }

    static void close(@Nullable Closeable socket) {
        if (socket == null) {
            return;
        }
        try {
            socket.close();
        } catch (IOException e) {
            LOG.trace("{} has ended already", socket, e);
        }
    }
}
