package dev.leveret.testkit.local;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * How a private node is to be started. Immutable; {@code
 * LocalRabbitMqOptions.defaults().plugin("rabbitmq_management")}.
 *
 * @param configLines lines for {@code rabbitmq.conf}, after the kit's own
 * @param plugins plug-ins to enable
 * @param tls a TLS listener beside the plain one; empty: none
 * @param port port of AMQP; empty: one that is free
 * @param startLimit how long it may take until it serves
 * @param stopLimit how long an orderly stop may take before the node is killed
 * @param baseDirectory where the node's directory is made
 */
public record LocalRabbitMqOptions(
        List<String> configLines,
        List<String> plugins,
        Optional<TlsListener> tls,
        OptionalInt port,
        Duration startLimit,
        Duration stopLimit,
        Path baseDirectory) {

    /** Checks and copies. */
    public LocalRabbitMqOptions {
        configLines = List.copyOf(configLines);
        plugins = List.copyOf(plugins);
        requireLimit(startLimit);
        requireLimit(stopLimit);
        if (port.isPresent() && (port.getAsInt() < 1 || port.getAsInt() > 0xFFFF)) {
            throw new IllegalArgumentException("a port is from 1 to 65535, not " + port.getAsInt());
        }
    }

    private static void requireLimit(Duration limit) {
        if (limit.isZero() || limit.isNegative() || limit.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException(
                    "a limit of time must be more than nothing and at most a day, not " + limit);
        }
    }

    /**
     * No configuration of its own, no plug-ins, free ports, 60 s to start, 20 s to stop, in the JVM's directory for
     * temporary files.
     *
     * @return the defaults
     */
    public static LocalRabbitMqOptions defaults() {
        return new LocalRabbitMqOptions(
                List.of(),
                List.of(),
                Optional.empty(),
                OptionalInt.empty(),
                Duration.ofSeconds(60),
                Duration.ofSeconds(20),
                Path.of(System.getProperty("java.io.tmpdir")));
    }

    /**
     * Adds a line to {@code rabbitmq.conf}.
     *
     * @param line such as {@code vm_memory_high_watermark.absolute = 80MB}
     * @return options with that line added
     */
    public LocalRabbitMqOptions config(String line) {
        return new LocalRabbitMqOptions(
                Stream.concat(configLines.stream(), Stream.of(line)).toList(),
                plugins,
                tls,
                port,
                startLimit,
                stopLimit,
                baseDirectory);
    }

    /**
     * Enables a plug-in. Where it listens is the plug-in's own business, except for those that {@link
     * LocalRabbitMq#port(String)} names: they are put on free ports of the loopback device.
     *
     * @param name such as {@code rabbitmq_management}
     * @return options with that plug-in added
     */
    public LocalRabbitMqOptions plugin(String name) {
        return new LocalRabbitMqOptions(
                configLines,
                Stream.concat(plugins.stream(), Stream.of(name)).toList(),
                tls,
                port,
                startLimit,
                stopLimit,
                baseDirectory);
    }

    /**
     * Has the node listen for TLS too, on a free port: {@link LocalRabbitMq#tlsUri}.
     *
     * @param listener with what certificates
     * @return options with that listener
     */
    public LocalRabbitMqOptions tls(TlsListener listener) {
        return new LocalRabbitMqOptions(
                configLines, plugins, Optional.of(listener), port, startLimit, stopLimit, baseDirectory);
    }

    /**
     * Chooses the port of AMQP.
     *
     * @param chosen 1 to 65535
     * @return options with that port
     */
    public LocalRabbitMqOptions port(int chosen) {
        return new LocalRabbitMqOptions(
                configLines, plugins, tls, OptionalInt.of(chosen), startLimit, stopLimit, baseDirectory);
    }

    /**
     * Chooses how long a start may take.
     *
     * @param limit more than nothing, at most a day
     * @return options with that limit
     */
    public LocalRabbitMqOptions startLimit(Duration limit) {
        return new LocalRabbitMqOptions(configLines, plugins, tls, port, limit, stopLimit, baseDirectory);
    }

    /**
     * Chooses how long an orderly stop may take.
     *
     * @param limit more than nothing, at most a day
     * @return options with that limit
     */
    public LocalRabbitMqOptions stopLimit(Duration limit) {
        return new LocalRabbitMqOptions(configLines, plugins, tls, port, startLimit, limit, baseDirectory);
    }

    /**
     * Chooses where the node's directory is made.
     *
     * @param base a directory that can be written to
     * @return options with that directory
     */
    public LocalRabbitMqOptions baseDirectory(Path base) {
        return new LocalRabbitMqOptions(configLines, plugins, tls, port, startLimit, stopLimit, base);
    }
}
