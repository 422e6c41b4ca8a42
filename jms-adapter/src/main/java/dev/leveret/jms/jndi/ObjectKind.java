package dev.leveret.jms.jndi;

import dev.leveret.jms.LeveretConnectionFactory;
import dev.leveret.jms.destination.JmsQueue;
import dev.leveret.jms.destination.JmsTopic;
import dev.leveret.jms.destination.NearestName;
import jakarta.jms.JMSException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a reference can stand for, by the class that it names. */
enum ObjectKind {
    CONNECTION_FACTORY {
        @Override
        Object make(Map<String, String> properties) {
            return LeveretConnectionFactory.of(RabbitMqJmsKeys.translated(properties));
        }
    },
    QUEUE {
        @Override
        Object make(Map<String, String> properties) {
            return queue(RabbitMqJmsKeys.queueName(properties));
        }
    },
    TOPIC {
        @Override
        Object make(Map<String, String> properties) {
            return topic(RabbitMqJmsKeys.topicName(properties));
        }
    },
    /** RabbitMQ's own client has one class for both. */
    DESTINATION {
        @Override
        Object make(Map<String, String> properties) {
            return (RabbitMqJmsKeys.isQueue(properties) ? QUEUE : TOPIC).make(properties);
        }
    },
    XA_CONNECTION_FACTORY {
        @Override
        Object make(Map<String, String> properties) {
            throw new IllegalArgumentException(
                    "there are no XA connections: AMQP 0-9-1 has no distributed transactions."
                            + " Use a ConnectionFactory and local transactions");
        }
    };

    /** A map and no switch, as names in one do not survive that a tool moves this module to {@code javax.jms}. */
    private static final Map<String, ObjectKind> BY_CLASS = Map.ofEntries(
            Map.entry("jakarta.jms.ConnectionFactory", CONNECTION_FACTORY),
            Map.entry("jakarta.jms.QueueConnectionFactory", CONNECTION_FACTORY),
            Map.entry("jakarta.jms.TopicConnectionFactory", CONNECTION_FACTORY),
            Map.entry("com.rabbitmq.jms.admin.RMQConnectionFactory", CONNECTION_FACTORY),
            Map.entry("dev.leveret.jms.LeveretConnectionFactory", CONNECTION_FACTORY),
            Map.entry("jakarta.jms.XAConnectionFactory", XA_CONNECTION_FACTORY),
            Map.entry("jakarta.jms.XAQueueConnectionFactory", XA_CONNECTION_FACTORY),
            Map.entry("jakarta.jms.XATopicConnectionFactory", XA_CONNECTION_FACTORY),
            Map.entry("jakarta.jms.Queue", QUEUE),
            Map.entry("jakarta.jms.Topic", TOPIC),
            Map.entry("jakarta.jms.Destination", DESTINATION),
            Map.entry("com.rabbitmq.jms.admin.RMQDestination", DESTINATION));

    /**
     * Makes it.
     *
     * @throws IllegalArgumentException if there is a property that is not known, or a value that cannot be
     */
    abstract Object make(Map<String, String> properties);

    /** The kind of a class, by its name; empty if it is none of this provider's. */
    static Optional<ObjectKind> of(@Nullable String className) {
        if (className == null) {
            return Optional.empty();
        }
        return Optional.ofNullable(BY_CLASS.get(className.strip().replaceFirst("^javax[.]jms[.]", "jakarta.jms.")));
    }

    static JmsQueue queue(String name) {
        try {
            return JmsQueue.of(name);
        } catch (JMSException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    static JmsTopic topic(String name) {
        try {
            return JmsTopic.of(name);
        } catch (JMSException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** An error that tells the nearest of what there is. */
    static IllegalArgumentException unknown(String kind, String name, Collection<String> known) {
        return new IllegalArgumentException("unknown " + kind + " '" + name + "'" + NearestName.hint(name, known)
                + " (known: " + String.join(", ", known) + ")");
    }
}
