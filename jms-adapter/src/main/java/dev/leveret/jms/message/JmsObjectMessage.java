package dev.leveret.jms.message;

import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.ObjectMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A message whose body is a serialized Java object, or none (Jakarta Messaging 3.1, section 3.11).
 *
 * <p>It holds the serialized form. Only {@link #getObject}, {@link #getBody} and {@link #isBodyAssignableTo} read it, each
 * time anew: what came with a message as its {@link ObjectPolicy} allows, what {@link #setObject} was given always.
 */
public final class JmsObjectMessage extends JmsMessage implements ObjectMessage {

    private byte @Nullable [] serialized;
    private boolean own;
    private ObjectPolicy policy = ObjectPolicy.CLOSED;

    public JmsObjectMessage() {}

    /** A message with this serialized form, which is not copied; nobody may change it. */
    public JmsObjectMessage(byte @Nullable [] serialized) {
        this.serialized = serialized;
    }

    /** Has the object that came with it read as this allows; before, it is not read at all. */
    public void readBy(ObjectPolicy value) {
        policy = value;
    }

    /** The serialized form; not a copy. */
    public byte @Nullable [] content() {
        return serialized;
    }

    /** {@inheritDoc} Changes to the object that come after are not seen. */
    @Override
    public void setObject(@Nullable Serializable object) throws JMSException {
        requireWritableBody();
        serialized = object == null ? null : serialize(object);
        own = true;
    }

    /** {@inheritDoc} A new object each time. */
    @Override
    public @Nullable Serializable getObject() throws JMSException {
        return serialized == null ? null : (own ? ObjectPolicy.OWN : policy).read(serialized);
    }

    @Override
    @Nullable
    Object body() throws JMSException {
        return getObject();
    }

    @Override
    void emptyBody() {
        serialized = null;
    }

    private static byte[] serialize(Serializable object) throws MessageFormatException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        } catch (IOException | RuntimeException e) {
            // RuntimeExceptions are those of the object's own writeObject.
            throw Causes.with(
                    e, new MessageFormatException("a " + object.getClass().getName() + " cannot be serialized: " + e));
        }
        return bytes.toByteArray();
    }
}
