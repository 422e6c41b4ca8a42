package dev.leveret.jms.broker;

import dev.leveret.jms.destination.JmsDestination;
import dev.leveret.jms.destination.JmsTemporaryQueue;
import java.util.UUID;

/**
 * What destinations are called on the broker.
 *
 * <table>
 *   <caption>Names</caption>
 *   <tr><th>Jakarta Messaging</th><th>exchange</th><th>routing key</th><th>queue</th></tr>
 *   <tr><td>queue {@code q}</td><td>the default one</td><td>{@code q}</td><td>{@code q}</td></tr>
 *   <tr><td>topic {@code t}</td><td>{@code jms.durable.topic}, a durable topic exchange</td><td>{@code t}</td>
 *       <td>one for each subscription</td></tr>
 *   <tr><td>non-durable subscription</td><td></td><td></td><td>{@code jms.subscriber.<uuid>}, exclusive</td></tr>
 *   <tr><td>durable subscription, shared or not</td><td>{@code jms.subscription.<client>/<name>}, bound to that</td><td></td>
 *       <td>the same name</td></tr>
 *   <tr><td>shared subscription that is not durable</td><td>{@code jms.shared.<client>/<name>}, bound to that</td><td></td>
 *       <td>the same name</td></tr>
 *   <tr><td>delayed message</td><td>{@code jms.delay}</td><td>of its destination</td><td>{@code jms.delay.<ms>...}, from which
 *       it is dead-lettered to its destination</td></tr>
 *   <tr><td>client identifier</td><td></td><td></td><td>{@code jms.client.<id>}, exclusive: nobody else can have it</td></tr>
 *   <tr><td>temporary queue</td><td>the default one</td><td>its name</td><td>{@code jms.temp.queue.<uuid>},
 *       exclusive</td></tr>
 *   <tr><td>temporary topic</td><td>as a topic</td><td>{@code jms.temp.topic.<uuid>}</td><td>as a topic</td></tr>
 * </table>
 *
 * <p>The default exchange reaches a queue that anybody declared, needs no binding, and makes a queue the one that other
 * clients call by that name. The topic exchange is one of our own, and not {@code amq.topic}, because there every MQTT
 * device and every example program publishes too; its name is the one that RabbitMQ's own JMS client uses, so that both can
 * share topics.
 *
 * @param topicExchange the exchange that topics live on
 */
public record Naming(String topicExchange) {

    /** The topic exchange unless configured otherwise. */
    public static final String DEFAULT_TOPIC_EXCHANGE = "jms.durable.topic";

    /** The default exchange, which routes to the queue that is called as the routing key. */
    static final String DEFAULT_EXCHANGE = "";

    private static final String DIRECT_REPLY_TO = "amq.rabbitmq.reply-to";
    /** Both temporary queues and temporary topics of rabbitmq-jms are called so; its topics live on an exchange of their own. */
    private static final String RABBITMQ_JMS_TEMPORARY = "jms-temp-queue-";

    private static final String RABBITMQ_JMS_TEMPORARY_TOPICS = "jms.temp.topic";
    private static final String TEMPORARY_QUEUE = "jms.temp.queue.";
    private static final String TEMPORARY_TOPIC = "jms.temp.topic.";
    private static final String SUBSCRIBER = "jms.subscriber.";
    private static final String CLIENT = "jms.client.";

    static String newTemporaryQueue() {
        return TEMPORARY_QUEUE + UUID.randomUUID();
    }

    static String newTemporaryTopic() {
        return TEMPORARY_TOPIC + UUID.randomUUID();
    }

    static String newSubscriberQueue() {
        return SUBSCRIBER + UUID.randomUUID();
    }

    static String clientIdentifierQueue(String id) {
        return CLIENT + id;
    }

    /** The exchange to publish to. */
    String exchangeOf(JmsDestination destination) {
        if (destination.isQueue()) {
            return DEFAULT_EXCHANGE;
        }
        return isRabbitMqJmsTemporary(destination) ? RABBITMQ_JMS_TEMPORARY_TOPICS : topicExchange;
    }

    /** Whether it names a requester that waits for replies without a queue of its own (RabbitMQ's direct reply-to). */
    static boolean isDirectReplyTo(JmsDestination destination) {
        return destination.isQueue() && destination.name().startsWith(DIRECT_REPLY_TO);
    }

    /** Whether only its own connection can have made it: it is gone when it is not there. */
    static boolean isTemporary(JmsDestination destination) {
        return destination instanceof JmsTemporaryQueue
                || destination.name().startsWith(TEMPORARY_QUEUE)
                || isRabbitMqJmsTemporary(destination);
    }

    private static boolean isRabbitMqJmsTemporary(JmsDestination destination) {
        return destination.name().startsWith(RABBITMQ_JMS_TEMPORARY);
    }
}
