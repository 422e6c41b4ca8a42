package dev.leveret.jms.wire;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.jms.message.JmsMessage;
import dev.leveret.jms.message.PropertyNames;
import dev.leveret.jms.selector.SelectableMessage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A delivery as selectors see it: the fields and headers that its message would show, without making the message.
 *
 * <p>RabbitMQ's own JMS client puts what selectors may name into headers, and not into the AMQP fields; so these count where
 * the field is empty. {@code JMSXDeliveryCount}, which changes with each delivery, has no value: the specification leaves
 * that open (section 3.5.9).
 */
public record SelectableDelivery(BasicProperties from) implements SelectableMessage {

    private static final String MESSAGE_ID = "JMSMessageID";
    private static final String PRIORITY = "JMSPriority";

    @Override
    public @Nullable Object value(String identifier) {
        return switch (identifier) {
            case "JMSDeliveryMode" -> from.persistent() ? "PERSISTENT" : "NON_PERSISTENT";
            case PRIORITY -> priority();
            case MESSAGE_ID -> otherwise(from.messageId(), MESSAGE_ID);
            case WireNames.TIMESTAMP -> timestamp();
            case WireNames.CORRELATION_ID -> unless(WireNames.CORRELATION_ID, from.correlationId());
            case WireNames.JMS_TYPE -> unless(WireNames.JMS_TYPE, from.type());
            case PropertyNames.USER_ID -> from.userId();
            case PropertyNames.APP_ID -> from.appId();
            case PropertyNames.CONTENT_TYPE -> contentType();
            case PropertyNames.CONTENT_ENCODING -> from.contentEncoding();
            case PropertyNames.DELIVERY_COUNT -> null;
            default -> PropertyHeaders.property(from, identifier);
        };
    }

    private int priority() {
        Integer priority = from.priority();
        if (priority == null && from.header(PRIORITY) instanceof Number number) {
            priority = number.intValue();
        }
        return priority == null ? JmsMessage.DEFAULT_PRIORITY : Math.min(priority, InboundMapping.HIGHEST_PRIORITY);
    }

    /** In milliseconds, of which the field has the whole seconds only. */
    private @Nullable Object timestamp() {
        if (from.header(WireNames.TIMESTAMP) instanceof Number number) {
            return number.longValue();
        }
        Instant seconds = from.timestamp();
        return seconds == null ? null : (Object) seconds.toEpochMilli();
    }

    /** Not shown if it is the usual one of the message's type. */
    private @Nullable Object contentType() {
        String type = from.contentType();
        return ContentType.TEXT.equals(type) || ContentType.BYTES.equals(type) ? null : type;
    }

    private static @Nullable Object text(@Nullable Object header) {
        return header instanceof String ? header : null;
    }

    private @Nullable Object otherwise(@Nullable String field, String header) {
        return field == null ? text(from.header(header)) : field;
    }

    /** The header, which holds what is too long for the field, or the field. */
    private @Nullable Object unless(String header, @Nullable String field) {
        Object value = text(from.header(header));
        return value == null ? field : value;
    }
}
