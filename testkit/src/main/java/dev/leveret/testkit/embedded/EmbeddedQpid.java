package dev.leveret.testkit.embedded;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.BrokerStartException;
import dev.leveret.testkit.BrokerStopException;
import dev.leveret.testkit.probe.AmqpAddress;
import dev.leveret.testkit.probe.BrokerProbe;
import dev.leveret.testkit.probe.ProbedBroker;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.qpid.server.SystemLauncher;

/**
 * One Broker-J in this JVM, on a port of its own of the loopback device, with user and password {@code guest}. It keeps
 * everything in memory and writes no file.
 *
 * <p>Starting and stopping happen on threads of the broker's own {@link BrokerThreads group}, so that they can be
 * waited for with a limit, and so that everything the broker starts can be told from everything else.
 */
final class EmbeddedQpid {

    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

    private final BrokerThreads threads = new BrokerThreads();
    private final StartedPort port = new StartedPort();
    private final SystemLauncher launcher = new SystemLauncher(port);
    /** Broker-J that is shut down while it starts leaves threads behind. */
    private final ReentrantLock launching = new ReentrantLock();

    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedQpid() {}

    static Broker start(Duration limit) {
        QuietLogback.apply();
        EmbeddedQpid qpid = new EmbeddedQpid();
        try {
            return qpid.startWithin(limit);
        } catch (BrokerStartException e) {
            try {
                qpid.close();
            } catch (BrokerStopException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    private Broker startWithin(Duration limit) {
        if (!threads.run("start", limit, this::launch)) {
            throw new BrokerStartException(
                    Thread.currentThread().isInterrupted()
                            ? "The embedded broker was not waited for: interrupted."
                            : "The embedded broker did not start within " + limit.toMillis() + " ms.");
        }
        int bound = port.bound();
        URI uri = URI.create("amqp://guest:guest@127.0.0.1:" + bound + "/%2f");
        try {
            threads.endWithOthers(closed::get, this::close);
            return new ProbedBroker(
                    uri, BrokerProbe.ask(AmqpAddress.of(uri), limit), "embedded, on 127.0.0.1:" + bound, this::close);
        } catch (IOException e) {
            throw new BrokerStartException("The embedded broker on port " + bound + " " + e.getMessage() + ".", e);
        }
    }

    private void launch() {
        URL configuration = Objects.requireNonNull(EmbeddedQpid.class.getResource("broker-j.json"));
        // Broker-J's own default is a URL that only the system's class loader can open: not under Maven's exec:java,
        // nor
        // in an application server.
        URL systemProperties = Objects.requireNonNull(EmbeddedQpid.class.getResource("broker-j.properties"));
        launching.lock();
        try {
            if (closed.get()) {
                return; // nobody waited for it any more
            }
            launcher.startup(Map.of(
                    "type",
                    "Memory",
                    "initialConfigurationLocation",
                    configuration.toString(),
                    "initialSystemPropertiesLocation",
                    systemProperties.toString(),
                    "startupLoggedToSystemOut",
                    false));
        } catch (Exception | LinkageError e) {
            // Also a class that is missing: on a patched-together class path it would else be a broker without a port.
            port.errorOnStartup(new IllegalStateException(e));
        } finally {
            launching.unlock();
        }
    }

    private void shutDown() {
        launching.lock();
        try {
            launcher.shutdown();
        } finally {
            launching.unlock();
        }
    }

    private void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        // It is waited for even by a thread that was interrupted; the flag is for what the caller does next.
        boolean interrupted = Thread.interrupted();
        boolean stopped = threads.runToItsEnd("stop", STOP_LIMIT, this::shutDown);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (!stopped) {
            throw new BrokerStopException(
                    "The embedded broker did not stop within " + STOP_LIMIT.toSeconds() + " s.", port.failure());
        }
    }
}
