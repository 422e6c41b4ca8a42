package dev.leveret.jms.jndi;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that RabbitMQ's own JMS client has in references, so that a configuration for it serves this provider.
 *
 * <table>
 *   <caption>Of connection factories, beside those that are the same</caption>
 *   <tr><th>there</th><th>here</th></tr>
 *   <tr><td>{@code uris}</td><td>{@code uri}, with commas</td></tr>
 *   <tr><td>{@code channelsQos}</td><td>{@code jms.prefetch}; -1 and 0, which are no limit there, are the default here</td></tr>
 *   <tr><td>{@code queueBrowserReadMax}</td><td>{@code jms.browserMaxMessages}; 0, which is all of them, is 65535</td></tr>
 *   <tr><td>{@code authenticationMechanism}</td><td>{@code auth_mechanism}</td></tr>
 *   <tr><td>{@code onMessageTimeoutMs}, {@code terminationTimeout}, {@code declareReplyToDestination},
 *       {@code keepTextMessageType}, {@code nackOnRollback},
 *       {@code cleanUpServerNamedQueuesForNonDurableTopicsOnSessionClose}</td><td>nothing: a warning says why</td></tr>
 * </table>
 *
 * <p>Queues there may be an exchange with a routing key to send to, and a queue to receive from. Here a queue is one, so of
 * these it is the one to receive from; sending through another exchange is refused.
 */
final class RabbitMqJmsKeys {

    private static final Logger LOG = LoggerFactory.getLogger(RabbitMqJmsKeys.class);

    private static final int MAX_MESSAGES = 65535;

    /** What has no counterpart, and why. */
    private static final Map<String, String> POINTLESS = Map.of(
            "cleanUpServerNamedQueuesForNonDurableTopicsOnSessionClose",
            "the queue of a subscription that is not durable is deleted with its consumer",
            "onMessageTimeoutMs",
            "a listener may take as long as it wants",
            "terminationTimeout",
            "close waits for listeners that are running; close_timeout is for the broker",
            "declareReplyToDestination",
            "nobody's reply queue is declared",
            "keepTextMessageType",
            "what a message is does not depend on its JMSType",
            "nackOnRollback",
            "a rollback always has messages delivered again, until jms.localRedeliveries is reached");

    private static final String NAME = "destinationName";
    private static final String IS_QUEUE = "isQueue";
    private static final String AMQP = "amqp";
    private static final String AMQP_EXCHANGE = "amqpExchangeName";
    private static final String AMQP_KEY = "amqpRoutingKey";
    private static final String AMQP_QUEUE = "amqpQueueName";
    private static final String ARGUMENTS = "queueDeclareArguments";

    private static final Set<String> OF_DESTINATIONS =
            new TreeSet<>(Set.of(NAME, IS_QUEUE, "isTemporary", AMQP, AMQP_EXCHANGE, AMQP_KEY, AMQP_QUEUE, ARGUMENTS));

    private RabbitMqJmsKeys() {}

    /** The settings of a connection factory, by our names. */
    static Map<String, String> translated(Map<String, String> properties) {
        Map<String, String> settings = new TreeMap<>();
        properties.forEach((key, value) -> {
            String reason = POINTLESS.get(key);
            if (reason != null) {
                LOG.warn("the setting {} of rabbitmq-jms means nothing here: {}", key, reason);
                return;
            }
            switch (key) {
                case "uris" -> settings.put("uri", value);
                case "channelsQos" -> {
                    if (number(key, value) > 0) {
                        settings.put("jms.prefetch", value);
                    }
                }
                case "queueBrowserReadMax" ->
                    settings.put("jms.browserMaxMessages", String.valueOf(all(number(key, value))));
                case "authenticationMechanism" -> settings.put("auth_mechanism", value.toLowerCase(Locale.ROOT));
                default -> settings.put(key, value);
            }
        });
        return settings;
    }

    private static int all(int messages) {
        return messages <= 0 ? MAX_MESSAGES : messages;
    }

    private static int number(String key, String value) {
        try {
            return Integer.parseInt(value.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("setting " + key + "=" + value + ": not a whole number", e);
        }
    }

    /** Whether something that may be either is a queue; of a topic that client says nothing. */
    static boolean isQueue(Map<String, String> properties) {
        return "true".equalsIgnoreCase(properties.get(IS_QUEUE)) || isAmqp(properties);
    }

    private static boolean isAmqp(Map<String, String> properties) {
        return "true".equalsIgnoreCase(properties.get(AMQP));
    }

    /** The name of the AMQP queue that a queue is. */
    static String queueName(Map<String, String> properties) {
        requireKnown(properties);
        if (!isAmqp(properties)) {
            return name(properties);
        }
        String queue = given(properties, AMQP_QUEUE);
        String exchange = given(properties, AMQP_EXCHANGE);
        String key = given(properties, AMQP_KEY);
        if (queue == null) {
            // To send to only; the default exchange calls queues by the routing key.
            queue = key;
        }
        if (queue == null || exchange != null || !(key == null || key.equals(queue))) {
            throw new IllegalArgumentException("a queue that is sent to by the exchange '"
                    + (exchange == null ? "" : exchange) + "' with the routing key '" + key
                    + "', and received from as '"
                    + queue
                    + "', is two things here: a queue is sent to by its own name. Receive from the queue without "
                    + AMQP_EXCHANGE + " and " + AMQP_KEY
                    + "; to send, use the AMQP client, or a topic if the exchange is a"
                    + " topic exchange (jms.topicExchange)");
        }
        return queue;
    }

    static String topicName(Map<String, String> properties) {
        requireKnown(properties);
        return name(properties);
    }

    private static void requireKnown(Map<String, String> properties) {
        for (String key : properties.keySet()) {
            if (!OF_DESTINATIONS.contains(key)) {
                throw ObjectKind.unknown("setting of a destination", key, OF_DESTINATIONS);
            }
        }
        if (given(properties, ARGUMENTS) != null) {
            LOG.warn(
                    "{} of {} means nothing here: a queue that exists is taken as it is, and one that is missing is"
                            + " declared as jms.queueType says. Declare it beforehand, or give it a policy",
                    ARGUMENTS,
                    properties.get(NAME));
        }
    }

    private static String name(Map<String, String> properties) {
        String name = given(properties, NAME);
        if (name == null) {
            throw new IllegalArgumentException("a destination needs the setting " + NAME);
        }
        return name;
    }

    private static @Nullable String given(Map<String, String> properties, String key) {
        String value = properties.get(key);
        return value == null || value.isBlank() ? null : value.strip();
    }
}
