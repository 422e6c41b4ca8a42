/**
 * The scripted peer: says and expects what a test tells it, in memory or over a socket, with the records of the wire.
 */
@NullMarked
package dev.leveret.amqp.testing;

import org.jspecify.annotations.NullMarked;
