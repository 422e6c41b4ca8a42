package dev.leveret.jms.destination;

import jakarta.jms.Destination;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.Topic;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.naming.NamingException;
import javax.naming.Reference;
import javax.naming.Referenceable;
import org.jspecify.annotations.Nullable;

/**
 * A queue or a topic (Jakarta Messaging 3.1, section 5.2). Immutable.
 *
 * <p>Two destinations are equal when they are of the same kind and have the same name; a temporary queue equals a plain
 * reference to it, so that the {@code JMSReplyTo} of a received message equals what the sender had set. {@code toString}
 * tells both parts, such as {@code queue://orders}, and the session's {@code createQueue} accepts it, unless the name begins with
 * a slash or has a question mark, which mean something there.
 */
public abstract sealed class JmsDestination implements Destination, Referenceable, Serializable
        permits JmsQueue, JmsTopic {

    private static final long serialVersionUID = 1L;

    /** AMQP carries queue names and routing keys as short strings. */
    private static final int MAX_NAME_BYTES = 255;

    private static final List<String> SCHEMES =
            List.of(JmsQueue.SCHEME, JmsTopic.SCHEME, JmsTemporaryQueue.SCHEME, JmsTemporaryTopic.SCHEME);

    private final String name;

    /** For {@link #toString}, which goes out with each message; made when it is wanted, by whichever thread. */
    private transient @Nullable String text;

    JmsDestination(String name) {
        this.name = name;
    }

    /**
     * The destination that an application passed in, its own provider's or another's.
     *
     * <p>Some providers have one class for both, which has a public method {@code isQueue} to tell them apart.
     *
     * @throws InvalidDestinationException if it is null, neither queue nor topic, or does not say which
     */
    public static JmsDestination of(@Nullable Destination destination) throws JMSException {
        if (destination instanceof JmsDestination ours) {
            return ours;
        }
        if (destination instanceof Queue queue && (!(destination instanceof Topic) || saysQueue(destination, true))) {
            return JmsQueue.of(queue.getQueueName());
        }
        if (destination instanceof Topic topic && (!(destination instanceof Queue) || saysQueue(destination, false))) {
            return JmsTopic.of(topic.getTopicName());
        }
        throw new InvalidDestinationException(
                destination == null
                        ? "no destination given"
                        : "neither a queue nor a topic, or both: "
                                + destination.getClass().getName());
    }

    private static boolean saysQueue(Destination destination, boolean expected) {
        try {
            return Boolean.valueOf(expected)
                    .equals(destination.getClass().getMethod("isQueue").invoke(destination));
        } catch (ReflectiveOperationException e) {
            // It has no such method for us, and so does not say.
            return false;
        }
    }

    /**
     * Reads what {@link #toString} writes; empty for anything else, and for names that cannot be a destination's.
     *
     * <p>A temporary destination that was read so can be sent to; only the object that its connection made can delete it.
     */
    public static Optional<JmsDestination> parse(String text) {
        int end = text.indexOf("://");
        String name = end < 0 ? "" : text.substring(end + 3);
        if (!isName(name)) {
            return Optional.empty();
        }
        return switch (text.substring(0, end)) {
            case JmsQueue.SCHEME -> Optional.of(new JmsQueue(name));
            case JmsTopic.SCHEME -> Optional.of(new JmsTopic(name));
            case JmsTemporaryQueue.SCHEME -> Optional.of(new JmsTemporaryQueue(name, TemporaryOwner.ELSEWHERE));
            case JmsTemporaryTopic.SCHEME -> Optional.of(new JmsTemporaryTopic(name, TemporaryOwner.ELSEWHERE));
            default -> Optional.empty();
        };
    }

    /** The name without its kind. */
    public final String name() {
        return name;
    }

    /** Whether it is a queue; otherwise it is a topic. */
    public final boolean isQueue() {
        return this instanceof Queue;
    }

    /** Who made it if it is temporary. */
    public Optional<TemporaryOwner> temporaryOwner() {
        return Optional.empty();
    }

    abstract String scheme();

    @Override
    public final boolean equals(@Nullable Object other) {
        return other instanceof JmsDestination that && isQueue() == that.isQueue() && name.equals(that.name);
    }

    @Override
    public final int hashCode() {
        return name.hashCode() * 31 + Boolean.hashCode(isQueue());
    }

    @Override
    public final String toString() {
        String known = text;
        if (known == null) {
            known = scheme() + "://" + name;
            text = known;
        }
        return known;
    }

    /** What an application calls a destination of this scheme: see {@link DestinationText}. */
    static String nameIn(@Nullable String text, String scheme) throws InvalidDestinationException {
        String name = text == null ? "" : text;
        for (String known : SCHEMES) {
            if (text != null && text.startsWith(known + "://")) {
                if (!known.endsWith(scheme)) {
                    throw new InvalidDestinationException("not a " + scheme + ": " + text);
                }
                name = DestinationText.name(text, text.substring(known.length() + 3));
            }
        }
        if (!isName(name)) {
            throw new InvalidDestinationException("a " + scheme + " name has 1 to " + MAX_NAME_BYTES
                    + " bytes of UTF-8: " + (text == null || text.isEmpty() ? "none given" : text));
        }
        return name;
    }

    /**
     * How a naming service stores it.
     *
     * @throws NamingException if it is temporary
     */
    @Override
    public final Reference getReference() throws NamingException {
        if (temporaryOwner().isPresent()) {
            throw new NamingException(this + " ends with its connection, so it cannot be stored");
        }
        String type = isQueue() ? Queue.class.getName() : Topic.class.getName();
        return AdministeredObject.reference(type, Map.of("destinationName", name));
    }

    private static boolean isName(String name) {
        return !name.isEmpty() && name.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME_BYTES;
    }
}
