/**
 * The network: Netty's channels and event loops, which nothing else here knows, and the one place where other threads'
 * wishes cross over to a connection's event loop ({@link dev.leveret.amqp.net.CommandQueue}).
 */
@NullMarked
package dev.leveret.amqp.net;

import org.jspecify.annotations.NullMarked;
