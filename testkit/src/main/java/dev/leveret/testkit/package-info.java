/**
 * A running AMQP 0-9-1 broker, and its address, for tests and examples.
 *
 * <p>{@link dev.leveret.testkit.Brokers} is the entry: {@code Brokers.any().uri()} is all that most tests need. A
 * broker is looked for in this order, and the first that serves is shared by everything in this JVM until it exits:
 *
 * <ol>
 *   <li>an <b>address given</b> by {@code leveret.broker.uri} or {@code AMQP_URI}; it is used as it is, never started
 *       and never stopped, and when it does not answer that is an error, not a reason to look elsewhere;
 *   <li>a RabbitMQ <b>container</b>, where a Docker engine answers;
 *   <li>a <b>private {@code rabbitmq-server}</b>, where one is installed ({@link
 *       dev.leveret.testkit.local.LocalRabbitMq});
 *   <li>an <b>embedded</b> broker in this JVM, which needs nothing installed but is not RabbitMQ: ask
 *       {@link dev.leveret.testkit.Broker#supports}.
 * </ol>
 *
 * <p>Settings are system properties or environment variables; the property wins. Surefire passes {@code -D} options of
 * the Maven command line on to the tests.
 *
 * <table>
 *   <caption>Settings</caption>
 *   <tr><th>Property</th><th>Variable</th><th>Meaning</th></tr>
 *   <tr><td>{@code leveret.broker}</td><td>{@code LEVERET_BROKER}</td><td>where to look: {@code auto} (default),
 *       {@code rabbitmq} (everywhere but embedded), {@code embedded}, {@code docker}, {@code local}; an address given
 *       counts for the first two only</td></tr>
 *   <tr><td>{@code leveret.broker.uri}</td><td>{@code AMQP_URI}</td><td>address of a broker that runs already</td></tr>
 *   <tr><td>{@code leveret.rabbitmq.required}</td><td>{@code LEVERET_RABBITMQ_REQUIRED}</td><td>{@code true}: a test
 *       that demands RabbitMQ fails where there is none, instead of being skipped</td></tr>
 *   <tr><td>{@code leveret.broker.start.seconds}</td><td>{@code LEVERET_BROKER_START_SECONDS}</td><td>how long a broker
 *       may take to serve, in seconds (60)</td></tr>
 *   <tr><td>{@code leveret.rabbitmq.image}</td><td>{@code LEVERET_RABBITMQ_IMAGE}</td>
 *       <td>the container's image</td></tr>
 *   <tr><td>{@code leveret.rabbitmq.server}</td><td>{@code LEVERET_RABBITMQ_SERVER}</td><td>the {@code rabbitmq-server}
 *       script to run</td></tr>
 *   <tr><td>{@code leveret.rabbitmq.launcher}</td><td>{@code LEVERET_RABBITMQ_LAUNCHER}</td><td>a command that runs
 *       RabbitMQ from elsewhere, for instance another release in a folder: it is called with {@code rabbitmq-server},
 *       {@code rabbitmqctl} or {@code epmd} and arguments, and hands over environment, network and process ids, and the
 *       directory that {@code LEVERET_NODE} names, as they are; a private node uses it instead of what is
 *       installed</td></tr>
 * </table>
 *
 * <p>Tests share one broker, so they use names of their own for queues and exchanges. What a source of brokers must
 * offer is in {@link dev.leveret.testkit.BrokerSource}; the class path is searched for them, so another module can
 * bring one.
 */
@NullMarked
package dev.leveret.testkit;

import org.jspecify.annotations.NullMarked;
