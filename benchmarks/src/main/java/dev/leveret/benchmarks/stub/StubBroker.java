package dev.leveret.benchmarks.stub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * As much of a broker as a client needs to be busy: messages are counted and dropped, confirmed where asked, and come
 * from nowhere. A thread per connection; any credentials are accepted; listens on the loopback address only.
 *
 * <ul>
 *   <li>A queue named {@code source.<body>.<count>} gives its consumer that many messages of that many bytes.
 *   <li>Declaring the queue {@code counter.<name>} answers with a count of that connection as the number of messages,
 *       modulo 2<sup>32</sup>: {@code published}, {@code published-bytes}, {@code confirmed}, {@code delivered},
 *       {@code settled}.
 *   <li>Whatever is received at once is confirmed by one {@code basic.ack} per channel.
 * </ul>
 *
 * A connection that breaks the protocol is dropped without a word, which fails the run.
 */
public final class StubBroker implements AutoCloseable {

    private final ServerSocketChannel server;

    private StubBroker(ServerSocketChannel server) {
        this.server = server;
    }

    /** Listens on a port that is free. */
    public static StubBroker start() throws IOException {
        StubBroker stub = new StubBroker(
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        daemon("stub-acceptor", stub::accept);
        return stub;
    }

    /** Where it listens, as a client wants it. */
    public String uri() {
        InetAddress address = server.socket().getInetAddress();
        return "amqp://guest:guest@" + address.getHostAddress() + ":"
                + server.socket().getLocalPort() + "/%2f";
    }

    /** Accepts no more; connections end when their clients end. */
    @Override
    public void close() throws IOException {
        server.close();
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel socket = server.accept();
                daemon("stub-connection", new StubConnection(socket));
            }
        } catch (AsynchronousCloseException e) {
            return; // closed by us
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Prints its URI and stays until its standard input ends, so that it never outlives who started it. */
    public static void main(String[] args) throws IOException {
        try (StubBroker stub = start()) {
            System.out.println(stub.uri());
            while (System.in.read() >= 0) {
                // whatever is said is not for us
            }
        }
    }
}
