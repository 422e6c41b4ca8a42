package dev.leveret.jms.wire;

import java.util.Set;

/** The names in the messages of rabbitmq-jms: see {@link RabbitMqJmsReader}. */
final class RabbitMqJmsNames {

    static final String PACKAGE = "com.rabbitmq.jms.client.";
    static final String MESSAGE = PACKAGE + "RMQNullMessage";
    static final String TEXT = PACKAGE + "message.RMQTextMessage";
    static final String BYTES = PACKAGE + "message.RMQBytesMessage";
    static final String MAP = PACKAGE + "message.RMQMapMessage";
    static final String STREAM = PACKAGE + "message.RMQStreamMessage";
    static final String OBJECT = PACKAGE + "message.RMQObjectMessage";

    static final String DESTINATION_CLASS = "com.rabbitmq.jms.admin.RMQDestination";
    static final long DESTINATION_VERSION = 596966152753718825L;

    /** A destination, and what the arguments of its queue can be made of. */
    static final Set<String> CLASSES = Set.of(
            DESTINATION_CLASS,
            "java.util.HashMap",
            "java.util.LinkedHashMap",
            "java.lang.Number",
            "java.lang.Integer",
            "java.lang.Long",
            "java.lang.Short",
            "java.lang.Byte",
            "java.lang.Boolean");

    static final String MESSAGE_ID = "rmq.jms.message.id";
    static final String TIMESTAMP = "rmq.jms.message.timestamp";
    static final String CORRELATION_ID = "rmq.jms.message.correlation.id";
    static final String REPLY_TO = "rmq.jms.message.reply.to";
    static final String DESTINATION = "rmq.jms.message.destination";
    static final String REDELIVERED = "rmq.jms.message.redelivered";
    static final String TYPE = "rmq.jms.message.type";
    static final String DELIVERY_MODE = "rmq.jms.message.delivery.mode";
    static final String EXPIRATION = "rmq.jms.message.expiration";
    static final String PRIORITY = "rmq.jms.message.priority";
    /** Its name says something else than it is. */
    static final String DELIVERY_TIME = "rmq.jms.message.delivery.type";

    static final String QUEUE_EXCHANGE = "jms.durable.queues";
    static final String TOPIC_EXCHANGE = "jms.durable.topic";

    private RabbitMqJmsNames() {}
}
