/**
 * What outlives a TCP connection so that the next one can go on where it ended: what was declared, when to connect again,
 * how far a stream was read. Machines without input and output, like those below them.
 *
 * <p>All of it belongs to one connection's event loop, so that nothing here is synchronised.
 */
@NullMarked
package dev.leveret.amqp.recovery;

import org.jspecify.annotations.NullMarked;
