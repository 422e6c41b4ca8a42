/** Learns which broker serves at an address, without an AMQP client: the first answer of the handshake tells it. */
@NullMarked
package dev.leveret.testkit.probe;

import org.jspecify.annotations.NullMarked;
