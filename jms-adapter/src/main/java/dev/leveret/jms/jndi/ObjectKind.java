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
        return Optional.ofNullable(
                switch (className.strip().replaceFirst("^javax[.]jms[.]", "jakarta.jms.")) {
                    case "jakarta.jms.ConnectionFactory",
                            "jakarta.jms.QueueConnectionFactory",
                            "jakarta.jms.TopicConnectionFactory",
                            "com.rabbitmq.jms.admin.RMQConnectionFactory",
                            "dev.leveret.jms.LeveretConnectionFactory" -> CONNECTION_FACTORY;
                    case "jakarta.jms.XAConnectionFactory",
                            "jakarta.jms.XAQueueConnectionFactory",
                            "jakarta.jms.XATopicConnectionFactory" -> XA_CONNECTION_FACTORY;
                    case "jakarta.jms.Queue" -> QUEUE;
                    case "jakarta.jms.Topic" -> TOPIC;
                    case "jakarta.jms.Destination", "com.rabbitmq.jms.admin.RMQDestination" -> DESTINATION;
                    default -> null;
                });
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
