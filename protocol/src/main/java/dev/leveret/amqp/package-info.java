/**
 * Leveret's protocol client: AMQP 0-9-1 with RabbitMQ's extensions.
 *
 * <p>{@link dev.leveret.amqp.Amqp} opens connections; what users work with is in {@link dev.leveret.amqp.api}. The other
 * packages are not exported: {@code client} (the handles that users hold), {@code net} (Netty), {@code machine} (the
 * protocol's state, without input and output) and {@code wire} (bytes).
 */
@NullMarked
package dev.leveret.amqp;

import org.jspecify.annotations.NullMarked;
