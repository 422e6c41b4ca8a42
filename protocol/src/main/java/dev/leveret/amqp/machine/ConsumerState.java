package dev.leveret.amqp.machine;

import java.time.Duration;
import java.util.Optional;

/**
 * A consumer as it is at a moment.
 *
 * @param unsettled how many of its deliveries are not settled
 * @param oldest how long ago the oldest of them came
 */
public record ConsumerState(
        String consumerTag, ConsumerSink sink, int prefetch, int unsettled, Optional<Duration> oldest) {}
