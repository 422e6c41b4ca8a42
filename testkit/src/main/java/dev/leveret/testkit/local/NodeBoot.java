package dev.leveret.testkit.local;

import dev.leveret.testkit.BrokerStartException;
import dev.leveret.testkit.probe.AmqpAddress;
import dev.leveret.testkit.probe.BrokerProbe;
import dev.leveret.testkit.probe.ServerIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Brings a node up.
 *
 * @param installation what to run
 * @param ports where it is to serve
 * @param files what it is started with, and what it writes
 * @param limit how long it may take
 * @param ownEpmd whether it runs an epmd of its own
 */
record NodeBoot(RabbitMqInstallation installation, NodePorts ports, NodeFiles files, Duration limit, boolean ownEpmd) {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(5);

    NodeProcess launch(Map<String, String> environment) {
        files.forgetLastRun();
        List<Path> programs =
                ownEpmd ? List.of(installation.server(), installation.epmd()) : List.of(installation.server());
        return NodeProcess.launch(installation, programs, files, environment);
    }

    /** Waits until the node itself says that it is up, so that another broker on its port is not taken for it. */
    ServerIdentity awaitServing(NodeProcess started) {
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            while (System.nanoTime() < deadline) {
                if (started.endsWithin(POLL)) {
                    throw failure("it ended by itself", null);
                }
                if (files.sayItIsUp()) {
                    return BrokerProbe.ask(new AmqpAddress("127.0.0.1", ports.amqp(), false), PROBE_LIMIT);
                }
            }
        } catch (InterruptedException e) {
            // Files cannot be read while the flag is set.
            BrokerStartException failure = failure("the thread that waited for it was interrupted", e);
            Thread.currentThread().interrupt();
            throw failure;
        } catch (IOException e) {
            throw failure("it " + e.getMessage(), e);
        }
        throw failure("it did not serve within " + limit.toSeconds() + " s", null);
    }

    private BrokerStartException failure(String how, @Nullable Throwable cause) {
        String words = files.lastWords();
        return new BrokerStartException(
                "RabbitMQ (" + String.join(" ", installation.command(installation.server()))
                        + ") did not start on 127.0.0.1:" + ports.amqp() + ": " + how + "."
                        + (words.isEmpty() ? " It wrote nothing." : " It wrote:" + words),
                cause);
    }
}
