package dev.leveret.testkit.proxy;

import dev.leveret.testkit.Broker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between clients and a broker, forwards what they send, and breaks when it is told to.
 *
 * <p>Beside the faults it is faithful: a connection that one side ends or resets ends the same way on the other.
 * It decides nothing by chance: who wants a random byte draws it.
 *
 * <p>All methods may be called from any thread and return at once. It has two daemon threads for each connection, whose
 * names begin with {@value #THREADS}.
 */
public final class FaultProxy implements AutoCloseable {

    /** What the names of its threads begin with. */
    public static final String THREADS = "leveret-fault-proxy";

    /** Below the ports that systems give to outgoing connections, which could take it while new ones are refused. */
    private static final int LOWEST_PORT = 20_000;

    private static final int HIGHEST_PORT = 31_999;
    private static final int TRIES = 100;
    private static final int BACKLOG = 1_024;
    private static final long PATIENCE_MILLIS = 5_000;
    private static final Logger LOG = LoggerFactory.getLogger(FaultProxy.class);

    private final InetSocketAddress target;
    private final InetSocketAddress address;
    private final Object lock = new Object();
    // All guarded by lock.
    private final List<ProxiedConnection> connections = new ArrayList<>();
    private final List<PlannedCut> plannedCuts = new ArrayList<>();
    private @Nullable ServerSocket listener;
    private @Nullable Thread acceptor;
    private boolean blackHole;
    private boolean closed;
    private long accepted;

    private FaultProxy(InetSocketAddress target) {
        this.target = target;
        ServerSocket first = anyPort();
        listener = first;
        address = (InetSocketAddress) first.getLocalSocketAddress();
        accept(first);
    }

    /**
     * A proxy in front of a broker.
     *
     * @param broker whose {@link Broker#uri} names host and port
     * @return a proxy that forwards everything; to be closed by the caller
     */
    public static FaultProxy to(Broker broker) {
        return to(broker.uri());
    }

    /**
     * A proxy in front of what an address names.
     *
     * @param uri with host and port
     * @return a proxy that forwards everything; to be closed by the caller
     */
    public static FaultProxy to(URI uri) {
        if (uri.getHost() == null || uri.getPort() < 0) {
            throw new IllegalArgumentException("uri names no host or no port");
        }
        return new FaultProxy(new InetSocketAddress(uri.getHost(), uri.getPort()));
    }

    /**
     * Where the proxy listens.
     *
     * @return a port of 127.0.0.1, the same as long as the proxy lives
     */
    public int port() {
        return address.getPort();
    }

    /**
     * An address with the proxy's host and port in the place of the broker's.
     *
     * @param broker the broker's
     * @return the same user, password and virtual host
     */
    public URI uri(URI broker) {
        String user = broker.getRawUserInfo() == null ? "" : broker.getRawUserInfo() + "@";
        return URI.create(broker.getScheme() + "://" + user + "127.0.0.1:" + port() + broker.getRawPath());
    }

    /**
     * How many connections go through now.
     *
     * @return those whose end was not seen yet
     */
    public int connections() {
        synchronized (lock) {
            return connections.size();
        }
    }

    /**
     * How many connections were accepted so far.
     *
     * @return those that ended included
     */
    public long accepted() {
        synchronized (lock) {
            return accepted;
        }
    }

    /**
     * Ends all connections there are; new ones are accepted.
     *
     * @param how in good order or not
     * @return how many they were
     */
    public int cut(Cut how) {
        List<ProxiedConnection> all;
        synchronized (lock) {
            all = List.copyOf(connections);
        }
        all.forEach(it -> it.cut(how));
        return all.size();
    }

    /**
     * Ends one connection in the midst of what it carries: the one by which the last of so many bytes goes, directly after
     * that byte. Bytes are counted from now on, over all connections; several cuts count for themselves.
     *
     * @param direction whose bytes count
     * @param bytes how many still go through, one at least
     * @param how in good order or not
     * @return completes when it has happened; cancelling it gives up the plan
     */
    public CompletableFuture<Void> cutAfter(Direction direction, long bytes, Cut how) {
        if (bytes < 1) {
            throw new IllegalArgumentException("bytes must be one at least, not " + bytes);
        }
        PlannedCut cut = new PlannedCut(direction, bytes, how);
        synchronized (lock) {
            plannedCuts.add(cut);
        }
        return cut.done();
    }

    /**
     * From now on nothing is forwarded, in neither direction, and nothing is ended: what a cable pulled out does. Bytes are
     * taken until the buffers are full. New connections are accepted, and get no answer.
     */
    public void blackHole() {
        synchronized (lock) {
            blackHole = true;
        }
    }

    /** From now on new connections are refused by the system, as where nothing listens. Those there are go on. */
    public void refuse() {
        ServerSocket last;
        Thread accepting;
        synchronized (lock) {
            last = listener;
            listener = null;
            accepting = acceptor;
            acceptor = null;
        }
        Sockets.close(last);
        if (accepting != null) {
            // The system goes on to take connections until nobody waits for one any more.
            join(accepting);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Ends a black hole, and what waited in it is forwarded; accepts new connections again. Planned cuts stay planned.
     *
     * @throws UncheckedIOException when something else has taken the port meanwhile
     */
    public void heal() {
        synchronized (lock) {
            blackHole = false;
            lock.notifyAll();
            if (listener == null && !closed) {
                try {
                    listener = bound(address.getPort());
                } catch (IOException e) {
                    throw new UncheckedIOException("port " + address.getPort() + " of 127.0.0.1 was taken", e);
                }
                accept(listener);
            }
        }
    }

    /** Resets all connections and refuses new ones. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            blackHole = false;
            lock.notifyAll();
        }
        refuse();
        cut(Cut.RST);
    }

    private void accept(ServerSocket server) {
        Thread thread = new Thread(() -> acceptAll(server), THREADS + "-accept");
        thread.setDaemon(true);
        acceptor = thread;
        thread.start();
    }

    private void acceptAll(ServerSocket server) {
        try {
            while (true) {
                Socket client = server.accept();
                ProxiedConnection connection = new ProxiedConnection(this, client, target);
                synchronized (lock) {
                    if (closed) {
                        Sockets.reset(client);
                        return;
                    }
                    accepted++;
                    connections.add(connection);
                }
                connection.start();
            }
        } catch (IOException e) {
            LOG.trace("No more connections by {}", server, e);
        }
    }

    /** Waits while there is a black hole. */
    void awaitPassage() throws InterruptedException {
        synchronized (lock) {
            while (blackHole) {
                lock.wait();
            }
        }
    }

    /**
     * Counts bytes that are about to be forwarded.
     *
     * @param available how many there are
     * @return the cut that happens among them, with how many still go through before it; null: all go
     */
    @Nullable
    Due count(Direction direction, int available) {
        synchronized (lock) {
            PlannedCut first = null;
            for (PlannedCut cut : plannedCuts) {
                if (cut.direction == direction
                        && !cut.done.isDone()
                        && cut.left <= available
                        && (first == null || cut.left < first.left)) {
                    first = cut;
                }
            }
            int passing = first == null ? available : (int) first.left;
            plannedCuts.stream().filter(it -> it.direction == direction).forEach(it -> it.left -= passing);
            plannedCuts.remove(first);
            plannedCuts.removeIf(it -> it.done.isDone());
            return first == null ? null : new Due(passing, first);
        }
    }

    void ended(ProxiedConnection connection) {
        synchronized (lock) {
            connections.remove(connection);
        }
    }

    private static ServerSocket anyPort() {
        IOException last = null;
        for (int i = 0; i < TRIES; i++) {
            try {
                return bound(ThreadLocalRandom.current().nextInt(LOWEST_PORT, HIGHEST_PORT + 1));
            } catch (IOException e) {
                last = e;
            }
        }
        throw new UncheckedIOException("no free port for a proxy", last == null ? new IOException() : last);
    }

    private static ServerSocket bound(int port) throws IOException {
        ServerSocket server = new ServerSocket();
        try {
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), BACKLOG);
            return server;
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    @Override
    public String toString() {
        return "FaultProxy 127.0.0.1:" + port() + " to " + target;
    }

    /** A cut, and how many bytes go through before it. */
    record Due(int bytes, PlannedCut cut) {}

    static final class PlannedCut {

        private final Direction direction;
        private final Cut how;
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        private long left; // guarded by the proxy's lock

        private PlannedCut(Direction direction, long left, Cut how) {
            this.direction = direction;
            this.left = left;
            this.how = how;
        }

        Cut how() {
            return how;
        }

        CompletableFuture<Void> done() {
            return done;
        }
    }
}
