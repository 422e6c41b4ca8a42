/**
 * The protocol as machines without input and output: frames, commands and the time come in; bytes and completions go out.
 *
 * <p>One {@link dev.leveret.amqp.machine.ConnectionMachine} is one TCP connection and is thrown away with it. All of a
 * machine runs on one thread, the connection's event loop, so that nothing here is synchronised. Completions run on that
 * thread too; what they lead to must come back through the command queue, never directly.
 */
@NullMarked
package dev.leveret.amqp.machine;

import org.jspecify.annotations.NullMarked;
