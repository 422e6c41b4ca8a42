package dev.leveret.jms.wire;

import dev.leveret.jms.destination.JmsDestination;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The destinations in the messages of rabbitmq-jms, which are serialized objects of a class of theirs. */
final class RabbitMqJmsDestinations {

    private RabbitMqJmsDestinations() {}

    /** The destination that an object's fields describe, or empty if they describe none that can be addressed. */
    static Optional<JmsDestination> read(@Nullable Object object) {
        if (!(object instanceof JavaStreamReader.Fields described)
                || !described.className().equals(RabbitMqJmsNames.DESTINATION_CLASS)) {
            return Optional.empty();
        }
        Map<String, @Nullable Object> fields = described.values();
        boolean temporary = Boolean.TRUE.equals(fields.get("isTemporary"));
        boolean queue = Boolean.TRUE.equals(fields.get("isQueue"));
        Object name = queue ? queueName(fields) : fields.get("destinationName");
        return name instanceof String text
                ? JmsDestination.parse((temporary ? "temp-" : "") + (queue ? "queue://" : "topic://") + text)
                : Optional.empty();
    }

    /** An "AMQP destination" has a name for the application, and the names on the broker beside. */
    private static @Nullable Object queueName(Map<String, @Nullable Object> fields) {
        if (!Boolean.TRUE.equals(fields.get("amqp"))) {
            return fields.get("destinationName");
        }
        if ("".equals(fields.get("amqpExchangeName"))) {
            return fields.get("amqpRoutingKey");
        }
        Object queue = fields.get("amqpQueueName");
        return queue == null ? fields.get("destinationName") : queue;
    }

    /**
     * Writes a destination so that rabbitmq-jms can send to it.
     *
     * <p>A queue is one of theirs, which they declare and bind before they use it. A temporary queue of ours they could
     * not declare, as it belongs to our connection: it is an "AMQP destination" on the default exchange, to which they send
     * text and bytes messages.
     */
    static void write(JmsDestination destination, String topicExchange, JavaStreamWriter to) throws IOException {
        boolean queue = destination.isQueue();
        boolean amqp = queue && destination.temporaryOwner().isPresent();
        String exchange = queue ? amqp ? "" : RabbitMqJmsNames.QUEUE_EXCHANGE : topicExchange;
        String name = destination.name();
        to.startObject(
                RabbitMqJmsNames.DESTINATION_CLASS,
                RabbitMqJmsNames.DESTINATION_VERSION,
                new String[] {"amqp", "isQueue", "isTemporary"},
                new String[] {"amqpExchangeName", "amqpQueueName", "amqpRoutingKey", "destinationName"});
        to.rawBoolean(amqp);
        to.rawBoolean(queue);
        to.rawBoolean(false);
        to.rawString(exchange);
        to.rawString(name);
        to.rawString(name);
        to.rawString(name);
    }
}
