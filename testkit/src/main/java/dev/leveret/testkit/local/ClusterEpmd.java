package dev.leveret.testkit.local;

import dev.leveret.testkit.BrokerStartException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The port mapper of a cluster's nodes, which find each other by it. It belongs to none of them, since each of them may
 * be killed.
 */
final class ClusterEpmd implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterEpmd.class);
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(50);

    private final NodeDirectory directory;
    private final Thread atExit = new Thread(this::end, "leveret-epmd-exit");
    private volatile @Nullable NodeProcess process;

    private ClusterEpmd(NodeDirectory directory) {
        this.directory = directory;
    }

    static ClusterEpmd start(RabbitMqInstallation installation, Path base, int port) {
        ClusterEpmd epmd = new ClusterEpmd(NodeDirectory.create(base));
        try {
            Runtime.getRuntime().addShutdownHook(epmd.atExit);
            epmd.launch(installation, port);
            return epmd;
        } catch (RuntimeException e) {
            PrivateNode.closeAfter(e, epmd::close);
            throw e;
        }
    }

    private void launch(RabbitMqInstallation installation, int port) {
        NodeFiles files = new NodeFiles(directory.path());
        try {
            files.writeGuard();
        } catch (IOException e) {
            throw new BrokerStartException("epmd was not started: " + e, e);
        }
        NodePorts ports = new NodePorts(0, 0, port, Map.of());
        NodeProcess started = NodeProcess.launch(
                installation,
                List.of(installation.epmd()),
                files,
                NodeEnvironment.of(directory.nodeName(), files, ports, installation.epmd()));
        process = started;
        // A node that finds no epmd would start one that nobody ends.
        await(started, port, files);
    }

    private static void await(NodeProcess started, int port, NodeFiles files) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        try {
            do {
                if (started.endsWithin(POLL)) {
                    throw new BrokerStartException(
                            "epmd did not start on 127.0.0.1:" + port + ": it ended by itself." + files.lastWords());
                }
                if (accepts(port)) {
                    return;
                }
            } while (System.nanoTime() < deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerStartException("epmd was not started: the thread that waited for it was interrupted", e);
        }
        throw new BrokerStartException("epmd did not listen on 127.0.0.1:" + port + " within " + LIMIT.toSeconds()
                + " s." + files.lastWords());
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException e) {
            LOG.trace("epmd does not listen on {} yet", port, e);
            return false;
        }
    }

    private void end() {
        NodeProcess last = process;
        try {
            if (last != null) {
                last.kill();
            }
        } finally {
            directory.delete();
        }
    }

    /** The second call does nothing. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            LOG.trace("The JVM exits already, and runs {} itself", atExit, e);
        }
        end();
    }
}
