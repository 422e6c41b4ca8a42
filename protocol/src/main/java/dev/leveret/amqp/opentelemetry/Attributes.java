package dev.leveret.amqp.opentelemetry;

import io.opentelemetry.api.common.AttributeKey;

/** The attributes of the messaging conventions, and how they have RabbitMQ's destinations named. */
final class Attributes {

    static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
    static final AttributeKey<String> OPERATION_NAME = AttributeKey.stringKey("messaging.operation.name");
    static final AttributeKey<String> OPERATION_TYPE = AttributeKey.stringKey("messaging.operation.type");
    static final AttributeKey<String> DESTINATION = AttributeKey.stringKey("messaging.destination.name");
    static final AttributeKey<String> ROUTING_KEY =
            AttributeKey.stringKey("messaging.rabbitmq.destination.routing_key");
    static final AttributeKey<Long> DELIVERY_TAG = AttributeKey.longKey("messaging.rabbitmq.message.delivery_tag");
    static final AttributeKey<Long> BODY_SIZE = AttributeKey.longKey("messaging.message.body.size");
    static final AttributeKey<String> MESSAGE_ID = AttributeKey.stringKey("messaging.message.id");
    static final AttributeKey<String> CONVERSATION_ID = AttributeKey.stringKey("messaging.message.conversation_id");
    static final AttributeKey<String> CLIENT_ID = AttributeKey.stringKey("messaging.client.id");
    static final AttributeKey<String> SERVER_ADDRESS = AttributeKey.stringKey("server.address");
    static final AttributeKey<Long> SERVER_PORT = AttributeKey.longKey("server.port");
    static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

    private Attributes() {}

    /**
     * {@code exchange:routing_key:queue}: what is empty is left out, and the queue where it is called as the routing key.
     *
     * @param queue empty for a producer
     */
    static String destination(String exchange, String routingKey, String queue) {
        StringBuilder name = new StringBuilder(exchange);
        append(name, routingKey);
        append(name, queue.equals(routingKey) ? "" : queue);
        return name.length() == 0 ? "amq.default" : name.toString();
    }

    private static void append(StringBuilder name, String part) {
        if (!part.isEmpty()) {
            name.append(name.length() == 0 ? "" : ":").append(part);
        }
    }
}
