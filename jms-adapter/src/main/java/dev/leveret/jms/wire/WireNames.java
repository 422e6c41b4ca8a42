package dev.leveret.jms.wire;

/** The headers by which our messages tell what AMQP has no field for; the package documentation explains each. */
final class WireNames {

    static final String PREFIX = "x-jms-";
    static final String TYPE = "x-jms-type";
    static final String DESTINATION = "x-jms-dest";
    static final String REPLY_TO = "x-jms-reply-to";
    static final String CONNECTION = "x-jms-conn";
    static final String CLIENT = "x-jms-client";

    /** Before a property's name, where the name itself means something to the broker. */
    static final String PROPERTY = "x-jms-property-";

    /** Not with an {@code x-}: exchanges of type headers do not look at such. */
    static final String DELAY = "jms-delay";

    /** Written by rabbitmq-jms, which leaves the AMQP field empty. */
    static final String MESSAGE_ID = "JMSMessageID";

    static final String CORRELATION_ID = "JMSCorrelationID";
    static final String JMS_TYPE = "JMSType";
    static final String TIMESTAMP = "JMSTimestamp";
    static final String EXPIRATION = "JMSExpiration";
    static final String DELIVERY_TIME = "JMSDeliveryTime";

    /** Returns of a message to a quorum queue that count towards its limit; absent before the first. */
    static final String DELIVERY_COUNT = "x-delivery-count";
    /** From RabbitMQ 4.3 on: all returns to a quorum queue, also those that say nothing about the message. */
    static final String ACQUIRED_COUNT = "x-acquired-count";

    static final String TYPE_TEXT = "text";
    static final String TYPE_BYTES = "bytes";
    static final String TYPE_MAP = "map";
    static final String TYPE_STREAM = "stream";
    static final String TYPE_OBJECT = "object";
    static final String TYPE_MESSAGE = "message";

    private WireNames() {}
}
