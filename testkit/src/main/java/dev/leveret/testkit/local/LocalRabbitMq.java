package dev.leveret.testkit.local;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.BrokerKind;
import dev.leveret.testkit.BrokerSource.Place;
import dev.leveret.testkit.BrokerStartException;
import dev.leveret.testkit.BrokerUnavailableException;
import dev.leveret.testkit.Capability;
import dev.leveret.testkit.Settings;
import dev.leveret.testkit.probe.ServerIdentity;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A private RabbitMQ node that a test may stop, kill, pause and command.
 *
 * <p>It has its own name, ports, data and epmd, all on the loopback device and in a directory of its own, so it is in
 * nobody's way, and many node at once. It needs an installed RabbitMQ and no rights of root. It ends with the JVM.
 *
 * <p>All methods may be called from any thread; those that change the node wait for each other.
 */
public final class LocalRabbitMq implements Broker {

    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(30);
    private static final int ATTEMPTS = 3;

    private final PrivateNode node;

    LocalRabbitMq(PrivateNode node) {
        this.node = node;
    }

    /**
     * Starts a node with {@linkplain LocalRabbitMqOptions#defaults() defaults}.
     *
     * @return a node that serves; to be closed by the caller
     * @throws BrokerStartException when RabbitMQ is not installed or the node does not start; nothing is left of it
     */
    public static LocalRabbitMq start() {
        return start(LocalRabbitMqOptions.defaults());
    }

    /**
     * Starts a node.
     *
     * @param options how
     * @return a node that serves; to be closed by the caller
     * @throws BrokerStartException when RabbitMQ is not installed or the node does not start; nothing is left of it
     */
    public static LocalRabbitMq start(LocalRabbitMqOptions options) {
        try {
            return start(RabbitMqInstallation.find(Settings.ofProcess()), options);
        } catch (BrokerUnavailableException e) {
            throw new BrokerStartException("RabbitMQ was not started: " + e.reason() + "; " + e.remedy() + ".", e);
        }
    }

    static LocalRabbitMq start(RabbitMqInstallation installation, LocalRabbitMqOptions options) {
        AbandonedNodes.remove(options.baseDirectory());
        for (int attempt = 1; ; attempt++) {
            try {
                return new LocalRabbitMq(PrivateNode.start(installation, options));
            } catch (BrokerStartException e) {
                // Somebody may take a port between our look and the node's; there are others then.
                boolean lostPort = String.valueOf(e.getMessage()).contains("eaddrinuse");
                if (!lostPort || options.port().isPresent() || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /**
     * Why no private node can be started here; for test frameworks that skip.
     *
     * @return nothing when RabbitMQ is installed and {@code leveret.broker} does not leave it out
     * @throws BrokerStartException when there is a reason and {@code leveret.rabbitmq.required} is set
     */
    public static Optional<String> skipReason() {
        return skipReason(Settings.ofProcess());
    }

    static Optional<String> skipReason(Settings settings) {
        Optional<String> reason;
        if (settings.allows(Place.LOCAL)) {
            reason = missing(settings);
        } else {
            reason = Optional.of(settings.choiceText() + " leaves private nodes out");
        }
        if (reason.isPresent() && settings.rabbitMqRequired()) {
            throw new BrokerStartException("RabbitMQ is required, but " + reason.get() + ".");
        }
        return reason;
    }

    private static Optional<String> missing(Settings settings) {
        try {
            RabbitMqInstallation.find(settings);
            return Optional.empty();
        } catch (BrokerUnavailableException e) {
            return Optional.of(e.reason());
        }
    }

    /**
     * Runs {@code rabbitmqctl} on this node, for up to 30 s.
     *
     * @param arguments such as {@code "list_queues", "name", "messages"}
     * @return what it wrote
     * @throws NodeCommandException when it ends with an error or takes too long
     */
    public String ctl(String... arguments) {
        List<String> command =
                new ArrayList<>(node.installation().command(node.installation().ctl()));
        command.add("-q");
        command.addAll(List.of(arguments));
        BoundedCommand result =
                BoundedCommand.run(command, node.environment(), node.files().directory(), COMMAND_LIMIT);
        if (result.exit() != 0) {
            throw new NodeCommandException("rabbitmqctl " + (arguments.length == 0 ? "" : arguments[0]) + " ended with "
                    + result.exit() + ": " + result.output());
        }
        return result.output();
    }

    /**
     * Kills the node at once, as a crash would; {@link #restart} brings it back with its data.
     *
     * @throws IllegalStateException when it does not run
     */
    public void kill() {
        node.kill();
    }

    /**
     * Stops the node in good order and keeps its data; {@link #restart} brings it back. Kills it when that takes longer
     * than {@link LocalRabbitMqOptions#stopLimit}.
     *
     * @throws IllegalStateException when it does not run
     */
    public void stop() {
        node.stop();
    }

    /**
     * Starts the node again, with its data, its ports and its options; stops it in good order first when it runs.
     *
     * @throws BrokerStartException when it does not start; it may be tried again, and has to be closed still
     * @throws IllegalStateException when it is closed
     */
    public void restart() {
        node.restart();
    }

    /**
     * Freezes the node: its sockets stay open, and nothing answers.
     *
     * @throws IllegalStateException when it does not run or is paused already
     */
    public void pause() {
        node.pause();
    }

    /**
     * Lets a paused node go on.
     *
     * @throws IllegalStateException when it is not paused
     */
    public void resume() {
        node.resume();
    }

    /**
     * The node's Erlang name.
     *
     * @return such as {@code leveret-rabbitmq-4711-0badcafe@localhost}
     */
    public String nodeName() {
        return node.name();
    }

    /**
     * Where a plug-in listens: {@code rabbitmq_management}, {@code rabbitmq_prometheus}, {@code rabbitmq_stream},
     * {@code rabbitmq_mqtt} or {@code rabbitmq_stomp}.
     *
     * @param plugin one that was enabled by the options
     * @return a port of 127.0.0.1
     * @throws IllegalArgumentException when it is not enabled or not one of these
     */
    public int port(String plugin) {
        Integer port = node.ports().plugins().get(plugin);
        if (port == null) {
            throw new IllegalArgumentException(plugin + " is not enabled, or the kit does not choose where it listens");
        }
        return port;
    }

    /**
     * Where the TLS listener is.
     *
     * @return {@code amqps://guest:guest@localhost:port/%2f}
     * @throws IllegalStateException when the options have no TLS listener
     */
    public URI tlsUri() {
        Integer port = node.ports().plugins().get(TlsListener.NAME);
        if (port == null) {
            throw new IllegalStateException("the node was started without a TLS listener");
        }
        return URI.create("amqps://guest:guest@localhost:" + port + "/%2f");
    }

    NodePorts ports() {
        return node.ports();
    }

    /**
     * The node's log; it is deleted when the node is closed.
     *
     * @return a file
     */
    public Path logFile() {
        return node.files().log();
    }

    @Override
    public URI uri() {
        return URI.create("amqp://guest:guest@127.0.0.1:" + node.ports().amqp() + "/%2f");
    }

    @Override
    public BrokerKind kind() {
        return identity().kind();
    }

    @Override
    public String version() {
        return identity().version();
    }

    @Override
    public Set<Capability> capabilities() {
        return identity().capabilities();
    }

    @Override
    public String description() {
        return identity().label() + ", private node on 127.0.0.1:"
                + node.ports().amqp();
    }

    /** Ends the node at once, whatever state it is in, and deletes its data. */
    @Override
    public void close() {
        node.close();
    }

    @Override
    public String toString() {
        return description();
    }

    private ServerIdentity identity() {
        return node.identity();
    }
}
