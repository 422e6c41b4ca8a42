/** An AMQP connection that tests play the broker for: no socket, no thread, every frame a line in a log. */
package dev.leveret.jms.testing;
