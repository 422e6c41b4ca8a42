package dev.leveret.amqp.api;

import java.time.Duration;
import java.util.Optional;

/**
 * What publishing does while the broker, short of memory or disk, does not read from the connection
 * ({@code connection.blocked}, a RabbitMQ extension). RabbitMQ then reads nothing at all: acknowledgements and requests on
 * the same connection wait in any case, which {@link ConnectionOptions#separatePublishing} avoids.
 *
 * @param patience how long publishes wait before they fail; empty: as long as it takes
 */
public record BlockedPolicy(Optional<Duration> patience) {

    public BlockedPolicy {
        if (patience.filter(Duration::isNegative).isPresent()) {
            throw new IllegalArgumentException("patience " + patience.get() + " is negative");
        }
    }

    /**
     * Publishes wait until the broker reads again: blocking callers up to {@link ConnectionOptions#requestTimeout()},
     * futures as long as it takes. The default.
     */
    public static BlockedPolicy waiting() {
        return new BlockedPolicy(Optional.empty());
    }

    /**
     * Publishes wait for this long, counted from the beginning of the blockade; then all that have not been written, and
     * new ones, fail with {@link ConnectionBlockedException} until the broker reads again.
     */
    public static BlockedPolicy waitUpTo(Duration patience) {
        return new BlockedPolicy(Optional.of(patience));
    }

    /** Publishes fail at once with {@link ConnectionBlockedException}. */
    public static BlockedPolicy failFast() {
        return waitUpTo(Duration.ZERO);
    }
}
