package dev.leveret.jms;

import dev.leveret.jms.message.JmsMessage;
import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.JMSProducer;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageProducer;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The producer of the simplified API (Jakarta Messaging 3.1, chapter 7): a classic producer, and a message that holds the
 * headers and properties to be set on every message it sends, with the same rules and conversions.
 */
final class JmsProducer implements JMSProducer {

    private final JmsSession session;
    private final MessageProducer producer;
    private final JmsMessage template = new JmsMessage();
    private @Nullable CompletionListener async;

    JmsProducer(JmsSession session, MessageProducer producer) {
        this.session = session;
        this.producer = producer;
    }

    @Override
    public JMSProducer send(@Nullable Destination destination, @Nullable Message message) {
        return chain(() -> {
            if (message == null) {
                throw new MessageFormatException("no message to send");
            }
            applyTo(message);
            if (async == null) {
                producer.send(destination, message);
            } else {
                producer.send(destination, message, async);
            }
        });
    }

    @Override
    public JMSProducer send(@Nullable Destination destination, @Nullable String body) {
        return send(destination, Unchecked.<Message>get(() -> session.createTextMessage(body)));
    }

    @Override
    public JMSProducer send(@Nullable Destination destination, @Nullable Map<String, Object> body) {
        MapMessage message = Unchecked.get(session::createMapMessage);
        if (body != null) {
            body.forEach((name, value) -> Unchecked.run(() -> message.setObject(name, value)));
        }
        return send(destination, (Message) message);
    }

    @Override
    public JMSProducer send(@Nullable Destination destination, byte @Nullable [] body) {
        BytesMessage message = Unchecked.get(session::createBytesMessage);
        if (body != null) {
            Unchecked.run(() -> message.writeBytes(body));
        }
        return send(destination, (Message) message);
    }

    @Override
    public JMSProducer send(@Nullable Destination destination, @Nullable Serializable body) {
        return send(destination, Unchecked.<Message>get(() -> session.createObjectMessage(body)));
    }

    private void applyTo(Message message) throws JMSException {
        for (Map.Entry<String, @Nullable Object> property :
                template.properties().asMap().entrySet()) {
            message.setObjectProperty(property.getKey(), property.getValue());
        }
        if (template.getJMSCorrelationID() != null) {
            message.setJMSCorrelationID(template.getJMSCorrelationID());
        }
        if (template.getJMSType() != null) {
            message.setJMSType(template.getJMSType());
        }
        if (template.getJMSReplyTo() != null) {
            message.setJMSReplyTo(template.getJMSReplyTo());
        }
    }

    private JMSProducer chain(Unchecked.Action action) {
        Unchecked.run(action);
        return this;
    }

    @Override
    public JMSProducer setDisableMessageID(boolean value) {
        return chain(() -> producer.setDisableMessageID(value));
    }

    @Override
    public boolean getDisableMessageID() {
        return Unchecked.get(producer::getDisableMessageID);
    }

    @Override
    public JMSProducer setDisableMessageTimestamp(boolean value) {
        return chain(() -> producer.setDisableMessageTimestamp(value));
    }

    @Override
    public boolean getDisableMessageTimestamp() {
        return Unchecked.get(producer::getDisableMessageTimestamp);
    }

    @Override
    public JMSProducer setDeliveryMode(int deliveryMode) {
        return chain(() -> producer.setDeliveryMode(deliveryMode));
    }

    @Override
    public int getDeliveryMode() {
        return Unchecked.get(producer::getDeliveryMode);
    }

    @Override
    public JMSProducer setPriority(int priority) {
        return chain(() -> producer.setPriority(priority));
    }

    @Override
    public int getPriority() {
        return Unchecked.get(producer::getPriority);
    }

    @Override
    public JMSProducer setTimeToLive(long timeToLive) {
        return chain(() -> producer.setTimeToLive(timeToLive));
    }

    @Override
    public long getTimeToLive() {
        return Unchecked.get(producer::getTimeToLive);
    }

    @Override
    public JMSProducer setDeliveryDelay(long deliveryDelay) {
        return chain(() -> producer.setDeliveryDelay(deliveryDelay));
    }

    @Override
    public long getDeliveryDelay() {
        return Unchecked.get(producer::getDeliveryDelay);
    }

    @Override
    public JMSProducer setAsync(@Nullable CompletionListener listener) {
        async = listener;
        return this;
    }

    @Override
    public @Nullable CompletionListener getAsync() {
        return async;
    }

    @Override
    public JMSProducer setProperty(@Nullable String name, boolean value) {
        return setProperty(name, (Object) value);
    }

    @Override
    public JMSProducer setProperty(@Nullable String name, byte value) {
        return setProperty(name, (Object) value);
    }

    @Override
    public JMSProducer setProperty(@Nullable String name, short value) {
        return setProperty(name, (Object) value);
    }

    @Override
    public JMSProducer setProperty(@Nullable String name, int value) {
        return setProperty(name, (Object) value);
    }

    @Override
    public JMSProducer setProperty(@Nullable String name, long value) {
        return setProperty(name, (Object) value);
    }

    @Override
    public JMSProducer setProperty(@Nullable String name, float value) {
        return setProperty(name, (Object) value);
    }

    @Override
    public JMSProducer setProperty(@Nullable String name, double value) {
        return setProperty(name, (Object) value);
    }

    @Override
    public JMSProducer setProperty(@Nullable String name, @Nullable String value) {
        return setProperty(name, (Object) value);
    }

    @Override
    public JMSProducer setProperty(@Nullable String name, @Nullable Object value) {
        return chain(() -> template.setObjectProperty(name, value));
    }

    @Override
    public JMSProducer clearProperties() {
        template.clearProperties();
        return this;
    }

    @Override
    public boolean propertyExists(@Nullable String name) {
        return template.propertyExists(name);
    }

    @Override
    public boolean getBooleanProperty(@Nullable String name) {
        return Unchecked.get(() -> template.getBooleanProperty(name));
    }

    @Override
    public byte getByteProperty(@Nullable String name) {
        return Unchecked.get(() -> template.getByteProperty(name));
    }

    @Override
    public short getShortProperty(@Nullable String name) {
        return Unchecked.get(() -> template.getShortProperty(name));
    }

    @Override
    public int getIntProperty(@Nullable String name) {
        return Unchecked.get(() -> template.getIntProperty(name));
    }

    @Override
    public long getLongProperty(@Nullable String name) {
        return Unchecked.get(() -> template.getLongProperty(name));
    }

    @Override
    public float getFloatProperty(@Nullable String name) {
        return Unchecked.get(() -> template.getFloatProperty(name));
    }

    @Override
    public double getDoubleProperty(@Nullable String name) {
        return Unchecked.get(() -> template.getDoubleProperty(name));
    }

    @Override
    public @Nullable String getStringProperty(@Nullable String name) {
        return Unchecked.ask(() -> template.getStringProperty(name));
    }

    @Override
    public @Nullable Object getObjectProperty(@Nullable String name) {
        return template.getObjectProperty(name);
    }

    /** {@inheritDoc} A copy that cannot be changed. */
    @Override
    public Set<String> getPropertyNames() {
        return Collections.unmodifiableSet(
                new LinkedHashSet<>(template.properties().asMap().keySet()));
    }

    @Override
    public JMSProducer setJMSCorrelationIDAsBytes(byte @Nullable [] correlationId) {
        template.setJMSCorrelationIDAsBytes(correlationId);
        return this;
    }

    @Override
    public byte @Nullable [] getJMSCorrelationIDAsBytes() {
        return template.getJMSCorrelationIDAsBytes();
    }

    @Override
    public JMSProducer setJMSCorrelationID(@Nullable String correlationId) {
        template.setJMSCorrelationID(correlationId);
        return this;
    }

    @Override
    public @Nullable String getJMSCorrelationID() {
        return template.getJMSCorrelationID();
    }

    @Override
    public JMSProducer setJMSType(@Nullable String type) {
        template.setJMSType(type);
        return this;
    }

    @Override
    public @Nullable String getJMSType() {
        return template.getJMSType();
    }

    @Override
    public JMSProducer setJMSReplyTo(@Nullable Destination replyTo) {
        return chain(() -> template.setJMSReplyTo(replyTo));
    }

    @Override
    public @Nullable Destination getJMSReplyTo() {
        return template.getJMSReplyTo();
    }
}
