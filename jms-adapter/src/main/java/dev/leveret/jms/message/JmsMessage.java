package dev.leveret.jms.message;

import dev.leveret.jms.destination.JmsDestination;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotWriteableException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message of headers and properties, and what all types of message have in common (Jakarta Messaging 3.1, chapter 3).
 *
 * <p>A message that an application creates can be written; a received one is read-only until {@link #clearBody} and
 * {@link #clearProperties} open its two parts, each by itself. Headers can always be set; sending overwrites those that
 * the specification gives to the provider.
 */
public class JmsMessage implements Message {

    private final MessageHeaders headers = new MessageHeaders();
    private final MessageProperties properties = new MessageProperties();
    private boolean bodyReadOnly;
    private Acknowledger acknowledger = Acknowledger.NOTHING;

    /** Turns a message that has been filled from the wire into a received one: read-only, acknowledged by this. */
    public final void markReceived(Acknowledger by) {
        properties.close();
        closeBody();
        acknowledger = by;
    }

    /** The properties without the checks for applications. */
    public final MessageProperties properties() {
        return properties;
    }

    @Override
    public final @Nullable String getJMSMessageID() {
        return headers.messageId;
    }

    @Override
    public final void setJMSMessageID(@Nullable String id) {
        headers.messageId = id;
    }

    @Override
    public final long getJMSTimestamp() {
        return headers.timestamp;
    }

    @Override
    public final void setJMSTimestamp(long timestamp) {
        headers.timestamp = timestamp;
    }

    @Override
    public final byte @Nullable [] getJMSCorrelationIDAsBytes() {
        return CorrelationIds.toBytes(headers.correlationId);
    }

    @Override
    public final void setJMSCorrelationIDAsBytes(byte @Nullable [] correlationId) {
        headers.correlationId = CorrelationIds.ofBytes(correlationId);
    }

    @Override
    public final @Nullable String getJMSCorrelationID() {
        return headers.correlationId;
    }

    @Override
    public final void setJMSCorrelationID(@Nullable String correlationId) {
        headers.correlationId = correlationId;
    }

    @Override
    public final @Nullable JmsDestination getJMSReplyTo() {
        return headers.replyTo;
    }

    /** Takes destinations of other providers too, and keeps their kind and name. */
    @Override
    public final void setJMSReplyTo(@Nullable Destination replyTo) throws JMSException {
        headers.replyTo = replyTo == null ? null : JmsDestination.of(replyTo);
    }

    @Override
    public final @Nullable JmsDestination getJMSDestination() {
        return headers.destination;
    }

    @Override
    public final void setJMSDestination(@Nullable Destination destination) throws JMSException {
        headers.destination = destination == null ? null : JmsDestination.of(destination);
    }

    @Override
    public final int getJMSDeliveryMode() {
        return headers.deliveryMode;
    }

    @Override
    public final void setJMSDeliveryMode(int deliveryMode) {
        headers.deliveryMode = deliveryMode;
    }

    @Override
    public final boolean getJMSRedelivered() {
        return headers.redelivered;
    }

    @Override
    public final void setJMSRedelivered(boolean redelivered) {
        headers.redelivered = redelivered;
    }

    @Override
    public final @Nullable String getJMSType() {
        return headers.type;
    }

    @Override
    public final void setJMSType(@Nullable String type) {
        headers.type = type;
    }

    @Override
    public final long getJMSExpiration() {
        return headers.expiration;
    }

    @Override
    public final void setJMSExpiration(long expiration) {
        headers.expiration = expiration;
    }

    @Override
    public final long getJMSDeliveryTime() {
        return headers.deliveryTime;
    }

    @Override
    public final void setJMSDeliveryTime(long deliveryTime) {
        headers.deliveryTime = deliveryTime;
    }

    @Override
    public final int getJMSPriority() {
        return headers.priority;
    }

    @Override
    public final void setJMSPriority(int priority) {
        headers.priority = priority;
    }

    @Override
    public final void clearProperties() {
        properties.clear();
    }

    @Override
    public final boolean propertyExists(@Nullable String name) {
        return properties.has(name);
    }

    @Override
    public final boolean getBooleanProperty(@Nullable String name) throws JMSException {
        return Conversions.toBoolean(properties.get(name));
    }

    @Override
    public final byte getByteProperty(@Nullable String name) throws JMSException {
        return Conversions.toByte(properties.get(name));
    }

    @Override
    public final short getShortProperty(@Nullable String name) throws JMSException {
        return Conversions.toShort(properties.get(name));
    }

    @Override
    public final int getIntProperty(@Nullable String name) throws JMSException {
        return Conversions.toInt(properties.get(name));
    }

    @Override
    public final long getLongProperty(@Nullable String name) throws JMSException {
        return Conversions.toLong(properties.get(name));
    }

    @Override
    public final float getFloatProperty(@Nullable String name) throws JMSException {
        return Conversions.toFloat(properties.get(name));
    }

    @Override
    public final double getDoubleProperty(@Nullable String name) throws JMSException {
        return Conversions.toDouble(properties.get(name));
    }

    @Override
    public final @Nullable String getStringProperty(@Nullable String name) throws JMSException {
        return Conversions.toText(properties.get(name));
    }

    @Override
    public final @Nullable Object getObjectProperty(@Nullable String name) {
        return properties.get(name);
    }

    /** A snapshot: properties may be set while it is walked through. */
    @Override
    public final Enumeration<String> getPropertyNames() {
        return Collections.enumeration(List.copyOf(properties.names()));
    }

    @Override
    public final void setBooleanProperty(@Nullable String name, boolean value) throws JMSException {
        properties.set(name, value);
    }

    @Override
    public final void setByteProperty(@Nullable String name, byte value) throws JMSException {
        properties.set(name, value);
    }

    @Override
    public final void setShortProperty(@Nullable String name, short value) throws JMSException {
        properties.set(name, value);
    }

    @Override
    public final void setIntProperty(@Nullable String name, int value) throws JMSException {
        properties.set(name, value);
    }

    @Override
    public final void setLongProperty(@Nullable String name, long value) throws JMSException {
        properties.set(name, value);
    }

    @Override
    public final void setFloatProperty(@Nullable String name, float value) throws JMSException {
        properties.set(name, value);
    }

    @Override
    public final void setDoubleProperty(@Nullable String name, double value) throws JMSException {
        properties.set(name, value);
    }

    @Override
    public final void setStringProperty(@Nullable String name, @Nullable String value) throws JMSException {
        properties.set(name, value);
    }

    @Override
    public final void setObjectProperty(@Nullable String name, @Nullable Object value) throws JMSException {
        properties.set(name, value);
    }

    @Override
    public final void acknowledge() throws JMSException {
        acknowledger.acknowledge();
    }

    @Override
    public final void clearBody() {
        bodyReadOnly = false;
        emptyBody();
    }

    /** {@inheritDoc} A message without a body gives null for every type. */
    @Override
    public final <T> @Nullable T getBody(@Nullable Class<T> type) throws JMSException {
        Object body = body();
        if (body == null) {
            return null;
        }
        if (type == null || !isReadableAs(type, body)) {
            throw new MessageFormatException("the body of a " + getClass().getSimpleName() + " cannot be read as "
                    + (type == null ? "null" : type.getName()));
        }
        return type.cast(body);
    }

    /** Whether {@link #getBody} gives this body for that type. */
    boolean isReadableAs(Class<?> type, Object body) {
        return type.isInstance(body);
    }

    @Override
    @SuppressWarnings("rawtypes") // as the interface declares it
    public final boolean isBodyAssignableTo(@Nullable Class type) throws JMSException {
        try {
            Object body = body();
            return body == null || (type != null && isReadableAs(type, body));
        } catch (MessageFormatException e) {
            // What getBody would throw whatever the type.
            return false;
        }
    }

    /**
     * The whole body as one object; null if there is none.
     *
     * @throws MessageFormatException if it cannot be had as one
     */
    @Nullable
    Object body() throws JMSException {
        return null;
    }

    /** Leaves the body as that of a new message. */
    void emptyBody() {}

    /** Makes the body read-only. */
    void closeBody() {
        bodyReadOnly = true;
    }

    final void requireWritableBody() throws MessageNotWriteableException {
        if (bodyReadOnly) {
            throw new MessageNotWriteableException("the body of a received message is read-only until clearBody()");
        }
    }

    /** Tells the type, the id and the destination; not what the message says. */
    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + headers.messageId
                + (headers.destination == null ? "" : ", " + headers.destination) + "]";
    }
}
