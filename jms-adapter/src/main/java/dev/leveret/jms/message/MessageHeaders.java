package dev.leveret.jms.message;

import dev.leveret.jms.destination.JmsDestination;
import jakarta.jms.Message;
import org.jspecify.annotations.Nullable;

/** The header fields of one message (Jakarta Messaging 3.1, section 3.4), with the values of a message never sent. */
final class MessageHeaders {

    @Nullable
    String messageId;

    @Nullable
    String correlationId;

    @Nullable
    String type;

    @Nullable
    JmsDestination destination;

    @Nullable
    JmsDestination replyTo;

    int deliveryMode = Message.DEFAULT_DELIVERY_MODE;
    int priority = Message.DEFAULT_PRIORITY;
    boolean redelivered;

    /** Milliseconds since 1970; zero for none. */
    long timestamp;

    long expiration;
    long deliveryTime;
}
