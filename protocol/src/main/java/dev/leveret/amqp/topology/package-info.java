/**
 * What can be done with a {@link dev.leveret.amqp.api.Topology} beyond declaring it: compare it with a broker, bring it there,
 * delete it, read it from RabbitMQ's definitions and write it there, draw it; and retries by queues.
 */
@NullMarked
package dev.leveret.amqp.topology;

import org.jspecify.annotations.NullMarked;
