package dev.leveret.testkit.local;

import dev.leveret.testkit.BrokerStartException;
import dev.leveret.testkit.BrokerStopException;
import dev.leveret.testkit.BrokerUnavailableException;
import dev.leveret.testkit.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A private cluster of RabbitMQ nodes, each of which a test may kill, pause, stop and restart.
 *
 * <p>As {@link LocalRabbitMq} in everything: its own names, ports and data on the loopback device, no rights of root,
 * and it ends with the JVM. A node takes about 150 MB of memory, and three start in 15 to 25 s on two cores.
 *
 * <p>A node that was killed or stopped finds its cluster again when it is restarted while others of it run. All methods
 * may be called from any thread.
 */
public final class RabbitMqCluster implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RabbitMqCluster.class);
    private static final int ATTEMPTS = 3;
    private static final long POLL_MILLIS = 300;

    private final ClusterEpmd epmd;
    private final List<LocalRabbitMq> nodes;
    private final Duration startLimit;

    private RabbitMqCluster(ClusterEpmd epmd, List<LocalRabbitMq> nodes, Duration startLimit) {
        this.epmd = epmd;
        this.nodes = List.copyOf(nodes);
        this.startLimit = startLimit;
    }

    /**
     * Starts a cluster with {@linkplain LocalRabbitMqOptions#defaults() defaults}, but 120 s to start.
     *
     * @param nodes how many; at least one
     * @return a cluster whose nodes serve and know each other; to be closed by the caller
     * @throws BrokerStartException when RabbitMQ is not installed or the cluster does not start; nothing is left of it
     */
    public static RabbitMqCluster start(int nodes) {
        return start(nodes, LocalRabbitMqOptions.defaults().startLimit(Duration.ofSeconds(120)));
    }

    /**
     * Starts a cluster.
     *
     * @param nodes how many; at least one
     * @param options how each node is to be started; without a port
     * @return a cluster whose nodes serve and know each other; to be closed by the caller
     * @throws BrokerStartException when RabbitMQ is not installed or the cluster does not start; nothing is left of it
     */
    public static RabbitMqCluster start(int nodes, LocalRabbitMqOptions options) {
        try {
            return start(RabbitMqInstallation.find(Settings.ofProcess()), nodes, options);
        } catch (BrokerUnavailableException e) {
            throw new BrokerStartException("RabbitMQ was not started: " + e.reason() + "; " + e.remedy() + ".", e);
        }
    }

    static RabbitMqCluster start(RabbitMqInstallation installation, int nodes, LocalRabbitMqOptions options) {
        if (nodes < 1) {
            throw new IllegalArgumentException("a cluster has at least one node, not " + nodes);
        }
        if (options.port().isPresent()) {
            throw new IllegalArgumentException("the nodes of a cluster cannot all have port "
                    + options.port().getAsInt());
        }
        AbandonedNodes.remove(options.baseDirectory());
        for (int attempt = 1; ; attempt++) {
            try {
                return startOnce(installation, nodes, options);
            } catch (BrokerStartException e) {
                // Somebody may take a port between our look and the node's; there are others then.
                if (!String.valueOf(e.getMessage()).contains("eaddrinuse") || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static RabbitMqCluster startOnce(
            RabbitMqInstallation installation, int count, LocalRabbitMqOptions options) {
        List<NodePorts> ports = NodePorts.freeOfCluster(count, PrivateNode.listeners(options));
        ClusterEpmd epmd = ClusterEpmd.start(
                installation, options.baseDirectory(), ports.get(0).epmd());
        List<PrivateNode> created = new ArrayList<>();
        try {
            create(installation, options, ports, created);
            // All at once: each waits for the others for a while before it takes itself for the first.
            inParallel(created.stream().map(it -> (Runnable) it::restart).toList());
            RabbitMqCluster cluster = new RabbitMqCluster(
                    epmd, created.stream().map(LocalRabbitMq::new).toList(), options.startLimit());
            cluster.awaitAllRunning();
            return cluster;
        } catch (RuntimeException e) {
            created.forEach(it -> PrivateNode.closeAfter(e, it::close));
            PrivateNode.closeAfter(e, epmd::close);
            throw e;
        }
    }

    private static void create(
            RabbitMqInstallation installation,
            LocalRabbitMqOptions options,
            List<NodePorts> ports,
            List<PrivateNode> created) {
        List<NodeDirectory> directories = new ArrayList<>();
        try {
            ports.forEach(it -> directories.add(NodeDirectory.create(options.baseDirectory())));
            ClusterMembership membership = ClusterMembership.of(
                    directories.stream().map(NodeDirectory::nodeName).toList());
            for (NodePorts own : ports) {
                NodeDirectory directory = directories.get(created.size());
                created.add(PrivateNode.create(installation, options, own, directory, membership));
            }
        } catch (RuntimeException e) {
            directories.stream().skip(created.size()).forEach(it -> PrivateNode.closeAfter(e, it::delete));
            throw e;
        }
    }

    private static void inParallel(List<Runnable> tasks) {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size(), task -> {
            Thread thread = new Thread(task, "leveret-rabbitmq-start");
            thread.setDaemon(true);
            return thread;
        });
        try {
            RuntimeException failure = null;
            for (Future<Object> started : threads.invokeAll(
                    tasks.stream().<Callable<Object>>map(Executors::callable).toList())) {
                failure = withFailureOf(started, failure);
            }
            if (failure != null) {
                throw failure;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerStartException("RabbitMQ was not started: the thread was interrupted.", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private static @Nullable RuntimeException withFailureOf(Future<Object> task, @Nullable RuntimeException earlier)
            throws InterruptedException {
        try {
            task.get();
            return earlier;
        } catch (ExecutionException e) {
            RuntimeException failure = e.getCause() instanceof RuntimeException runtime
                    ? runtime
                    : new BrokerStartException("RabbitMQ was not started: " + e.getCause(), e.getCause());
            if (earlier == null) {
                return failure;
            }
            earlier.addSuppressed(failure);
            return earlier;
        }
    }

    /**
     * Waits until the first node counts all nodes as running members: after a restart this may be a moment later than
     * the restarted node serves.
     *
     * @throws BrokerStartException when it does not within the options' limit for a start; it says what the node sees
     */
    public void awaitAllRunning() {
        long deadline = System.nanoTime() + startLimit.toNanos();
        LocalRabbitMq first = nodes.get(0);
        String wanted = Integer.toString(nodes.size());
        while (!first.ctl("eval", "length(rabbit_nodes:all_running()).").strip().equals(wanted)) {
            if (System.nanoTime() > deadline) {
                throw new BrokerStartException("The " + wanted + " nodes of RabbitMQ run, but not as one cluster:\n"
                        + first.ctl("cluster_status"));
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BrokerStartException("The thread that waited for RabbitMQ's cluster was interrupted", e);
            }
        }
    }

    /**
     * The nodes, to connect to, kill, pause, stop and restart one by one. One that is closed is lost for good.
     *
     * @return an immutable list
     */
    public List<LocalRabbitMq> nodes() {
        return nodes;
    }

    /**
     * Where the nodes serve, with user and password: not to be printed.
     *
     * @return an immutable list, in the order of {@link #nodes}
     */
    public List<URI> uris() {
        return nodes.stream().map(LocalRabbitMq::uri).toList();
    }

    /**
     * The version that the first node announces, such as {@code 3.10.8}.
     *
     * @return the version
     */
    public String version() {
        return nodes.get(0).version();
    }

    /**
     * Ends all nodes at once, whatever state they are in, and deletes their data. The second call does nothing.
     *
     * @throws BrokerStopException when something is left; it names what
     */
    @Override
    public void close() {
        List<AutoCloseable> all = new ArrayList<>(nodes);
        all.add(epmd);
        BrokerStopException failure = null;
        for (AutoCloseable one : all) {
            failure = closed(one, failure);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static @Nullable BrokerStopException closed(AutoCloseable one, @Nullable BrokerStopException earlier) {
        try {
            one.close();
            return earlier;
        } catch (Exception e) {
            LOG.debug("{} is not closed", one, e);
            BrokerStopException failure =
                    e instanceof BrokerStopException stop ? stop : new BrokerStopException(one + " is not closed", e);
            if (earlier != null) {
                failure.addSuppressed(earlier);
            }
            return failure;
        }
    }

    @Override
    public String toString() {
        return "RabbitMQ " + version() + ", private cluster of " + nodes.size() + " nodes";
    }
}
