/**
 * How an idea of Jakarta Messaging becomes AMQP: names, declarations, subscriptions, consuming, publishing, transactions.
 *
 * <p>Methods that wait for the broker say so; they throw {@link jakarta.jms.JMSException}s made by
 * {@link dev.leveret.jms.broker.JmsErrors}. What is called on the connection's event loop says that, and never waits.
 */
@NullMarked
package dev.leveret.jms.broker;

import org.jspecify.annotations.NullMarked;
