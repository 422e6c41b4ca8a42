/**
 * Bytes to values and back, as AMQP 0-9-1 and RabbitMQ's extensions of it define them: frames, methods, tables,
 * properties.
 *
 * <p>Nothing here knows a socket, a thread or a clock. A {@link dev.leveret.amqp.wire.FrameReader} turns received bytes
 * into calls of a {@link dev.leveret.amqp.wire.FrameSink}, {@link dev.leveret.amqp.wire.FrameWriter} appends frames to
 * a buffer, and a {@link dev.leveret.amqp.wire.Method} is one record per method of the specification. Whatever breaks
 * the rules is a {@link dev.leveret.amqp.wire.MalformedFrameException} with the reply code to close with.
 *
 * <p>Only {@code FrameReader} keeps state between calls; it belongs to whoever owns the connection and is not
 * thread-safe.
 */
@NullMarked
package dev.leveret.amqp.wire;

import org.jspecify.annotations.NullMarked;
