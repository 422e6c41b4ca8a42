package dev.leveret.testkit.local;

import dev.leveret.testkit.BrokerStartException;
import dev.leveret.testkit.BrokerStopException;
import dev.leveret.testkit.probe.ServerIdentity;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a private node, over any number of runs.
 *
 * <pre>
 *   DOWN   -- restart -->  UP                UP, PAUSED -- kill, stop --> DOWN
 *   UP     -- pause ---->  PAUSED            any state  -- restart -----> UP
 *   PAUSED -- resume --->  UP                any state  -- close -------> CLOSED, for good
 * </pre>
 */
final class PrivateNode {

    private static final Logger LOG = LoggerFactory.getLogger(PrivateNode.class);

    private enum State {
        DOWN,
        UP,
        PAUSED,
        CLOSED
    }

    private final RabbitMqInstallation installation;
    private final LocalRabbitMqOptions options;
    private final NodePorts ports;
    private final NodeDirectory directory;
    private final NodeFiles files;
    private final ClusterMembership cluster;
    private final Thread atExit = new Thread(this::abandon, "leveret-rabbitmq-exit");
    private final ReentrantLock lock = new ReentrantLock();
    private State state = State.DOWN; // guarded by lock
    private volatile @Nullable NodeProcess process; // written under lock
    private volatile @Nullable ServerIdentity identity; // written under lock

    private PrivateNode(
            RabbitMqInstallation installation,
            LocalRabbitMqOptions options,
            NodePorts ports,
            NodeDirectory directory,
            ClusterMembership cluster) {
        this.installation = installation;
        this.options = options;
        this.ports = ports;
        this.directory = directory;
        this.files = new NodeFiles(directory.path());
        this.cluster = cluster;
    }

    static PrivateNode start(RabbitMqInstallation installation, LocalRabbitMqOptions options) {
        if (Thread.currentThread().isInterrupted()) {
            throw new BrokerStartException("RabbitMQ was not started: the thread was interrupted.");
        }
        NodePorts ports = NodePorts.free(options.port(), listeners(options));
        NodeDirectory directory = NodeDirectory.create(options.baseDirectory());
        PrivateNode node = create(installation, options, ports, directory, ClusterMembership.none());
        try {
            node.restart();
            return node;
        } catch (RuntimeException e) {
            closeAfter(e, node::close);
            throw e;
        }
    }

    /** What of a node listens beside AMQP. */
    static List<String> listeners(LocalRabbitMqOptions options) {
        return Stream.concat(
                        PluginListeners.among(options.plugins()).stream(),
                        options.tls().stream().map(it -> TlsListener.NAME))
                .toList();
    }

    /** A node that was not started yet. The directory is the node's from now on. */
    static PrivateNode create(
            RabbitMqInstallation installation,
            LocalRabbitMqOptions options,
            NodePorts ports,
            NodeDirectory directory,
            ClusterMembership cluster) {
        PrivateNode node = new PrivateNode(installation, options, ports, directory, cluster);
        try {
            Runtime.getRuntime().addShutdownHook(node.atExit);
            node.files.write(ports, options, cluster);
            return node;
        } catch (RuntimeException e) {
            closeAfter(e, node::close);
            throw e;
        }
    }

    static void closeAfter(RuntimeException failure, Runnable close) {
        try {
            close.run();
        } catch (BrokerStopException left) {
            failure.addSuppressed(left);
        }
    }

    RabbitMqInstallation installation() {
        return installation;
    }

    NodePorts ports() {
        return ports;
    }

    NodeFiles files() {
        return files;
    }

    String name() {
        return directory.nodeName();
    }

    /** Of the last run that served. */
    ServerIdentity identity() {
        return Objects.requireNonNull(identity, "the node has never served");
    }

    Map<String, String> environment() {
        return NodeEnvironment.of(name(), files, ports, installation.epmd());
    }

    void restart() {
        locked(() -> {
            if (state == State.CLOSED) {
                throw new IllegalStateException(this + " is closed");
            }
            if (state != State.DOWN) {
                halt();
            }
            boot();
        });
    }

    void stop() {
        locked(() -> {
            require(EnumSet.of(State.UP, State.PAUSED), "stopped");
            halt();
        });
    }

    void kill() {
        locked(() -> {
            require(EnumSet.of(State.UP, State.PAUSED), "killed");
            current().kill();
            state = State.DOWN;
        });
    }

    void pause() {
        locked(() -> {
            require(EnumSet.of(State.UP), "paused");
            current().signal("STOP");
            state = State.PAUSED;
        });
    }

    void resume() {
        locked(() -> {
            require(EnumSet.of(State.PAUSED), "resumed");
            current().signal("CONT");
            state = State.UP;
        });
    }

    void close() {
        locked(() -> {
            if (state == State.CLOSED) {
                return;
            }
            state = State.CLOSED;
            forgetExit();
            abandon();
        });
    }

    private void boot() {
        NodeBoot boot = new NodeBoot(installation, ports, files, options.startLimit(), !cluster.exists());
        NodeProcess started = boot.launch(environment());
        process = started;
        try {
            identity = boot.awaitServing(started);
            state = State.UP;
        } catch (BrokerStartException e) {
            closeAfter(e, started::kill);
            throw e;
        }
    }

    private void halt() {
        if (state == State.PAUSED) {
            current().signal("CONT");
        }
        state = State.DOWN;
        current().stop(options.stopLimit());
    }

    /** Also run when the JVM exits, without the lock, which a thread may hold for as long as a start takes. */
    private void abandon() {
        NodeProcess last = process;
        try {
            if (last != null) {
                last.kill();
            }
        } finally {
            directory.delete();
        }
    }

    private void forgetExit() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            LOG.trace("The JVM exits already, and runs {} itself", atExit, e);
        }
    }

    private NodeProcess current() {
        return Objects.requireNonNull(process, "the node was never launched");
    }

    private void require(EnumSet<State> allowed, String what) {
        if (!allowed.contains(state)) {
            throw new IllegalStateException(this + " is " + state + " and cannot be " + what);
        }
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "Node " + name();
    }
}
