package dev.leveret.amqp.machine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long each phase of an attempt may take.
 *
 * @param dns a lookup
 * @param connect a TCP connection
 * @param tls a TLS handshake; {@code null} where plain TCP is spoken
 * @param handshake an AMQP handshake
 * @param attemptDelay how long a lookup or TCP connection has before the next one is begun beside it
 */
public record DialLimits(
        Duration dns, Duration connect, @Nullable Duration tls, Duration handshake, Duration attemptDelay) {}
