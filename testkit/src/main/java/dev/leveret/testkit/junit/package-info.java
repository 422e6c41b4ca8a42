/**
 * JUnit 5: tests that say which broker they need, and get it as a parameter.
 *
 * <pre>{@code
 * @RequiresRabbitMq
 * class ConfirmsTest {
 *     @Test
 *     void confirmsArrive(Broker broker) { ... broker.uri() ... }
 * }
 *
 * @EveryBroker
 * void declares(Broker broker) { ... }     // once on the embedded broker, once on RabbitMQ
 * }</pre>
 *
 * Needs {@code junit-jupiter-api}, which this module does not bring along.
 */
@NullMarked
package dev.leveret.testkit.junit;

import org.jspecify.annotations.NullMarked;
