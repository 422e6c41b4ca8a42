package dev.leveret.amqp.machine;

import java.time.Duration;

/**
 * How often to go over the endpoints, and for how long.
 *
 * @param rounds 1 or more
 * @param retryDelay between two rounds
 * @param deadline for everything
 */
public record ConnectLimits(int rounds, Duration retryDelay, Duration deadline) {}
