package dev.leveret.jms.message;

import jakarta.jms.MessageFormatException;
import java.io.IOException;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Whether and how far the objects in object messages are read: the one place where this provider deserialises.
 *
 * @param trusted the classes that may be in there
 * @param maxDepth how deep objects may be nested
 * @param maxReferences how many objects there may be
 * @param maxBytes how long the serialized form may be
 */
public record ObjectPolicy(TrustedClasses trusted, int maxDepth, int maxReferences, int maxBytes) {

    /** The option that names the trusted classes; exceptions say it. */
    public static final String TRUSTED_CLASSES = "jms.trustedClasses";

    /** Reads nothing, which is the default. */
    public static final ObjectPolicy CLOSED = new ObjectPolicy(TrustedClasses.NONE, 20, 100_000, 16 * 1024 * 1024);

    /** For what this application has serialized itself: nobody else has chosen what is in there. */
    static final ObjectPolicy OWN =
            new ObjectPolicy(TrustedClasses.EVERY, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

    public ObjectPolicy withTrusted(TrustedClasses value) {
        return new ObjectPolicy(value, maxDepth, maxReferences, maxBytes);
    }

    public ObjectPolicy withMaxDepth(int value) {
        return new ObjectPolicy(trusted, value, maxReferences, maxBytes);
    }

    public ObjectPolicy withMaxReferences(int value) {
        return new ObjectPolicy(trusted, maxDepth, value, maxBytes);
    }

    public ObjectPolicy withMaxBytes(int value) {
        return new ObjectPolicy(trusted, maxDepth, maxReferences, value);
    }

    /**
     * Reads an object.
     *
     * @throws MessageFormatException if it is not to be read, or cannot be
     */
    @Nullable
    Serializable read(byte[] stream) throws MessageFormatException {
        if (trusted.isNone()) {
            throw new MessageFormatException("objects in messages are not read, because " + TRUSTED_CLASSES
                    + " names no class that may be among them");
        }
        if (stream.length > maxBytes) {
            throw new MessageFormatException(
                    "an object of " + stream.length + " bytes is not read: jms.objectMaxBytes is " + maxBytes);
        }
        try (GuardedObjectStream in = new GuardedObjectStream(stream, this)) {
            Object object = in.readObject();
            if (object == null || object instanceof Serializable) {
                return (Serializable) object;
            }
            throw new MessageFormatException(
                    "the object in the message is a " + object.getClass().getName() + ", which is not Serializable");
        } catch (IOException | ClassNotFoundException | RuntimeException | LinkageError | StackOverflowError e) {
            // What the classes' own code throws counts too: it is the sender's choice what that is given.
            throw Causes.with(e, new MessageFormatException("the object in the message cannot be read: " + e));
        }
    }
}
