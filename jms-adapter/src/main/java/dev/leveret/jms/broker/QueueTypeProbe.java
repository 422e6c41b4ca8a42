package dev.leveret.jms.broker;

import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.QueueSpec;
import jakarta.jms.JMSException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what kind of queue a queue is, which AMQP does not tell: it declares the queue, which is there, as a quorum queue,
 * and RabbitMQ says what is different about it. That changes nothing. Where it names another argument first, that is taken
 * over and asked again.
 *
 * <p>It asks for a quorum queue and no other because brokers can be told to let the redeclaration of a quorum queue pass as
 * any type; never do they let that of another pass as a quorum queue.
 */
final class QueueTypeProbe {

    static final String TYPE = "x-queue-type";
    private static final String EXPIRES = "x-expires";

    /** More arguments than any queue has. */
    static final int MAX_QUESTIONS = 20;

    /** A queue that lives so long without consumers does not end in a pause; in milliseconds. */
    private static final long LONG_LIFE = 60_000;

    static final Pattern DIFFERENCE = Pattern.compile(
            "inequivalent arg '([\\w-]+)' for queue .*: received (.*) but current is (.*)", Pattern.DOTALL);
    static final Pattern TYPED_VALUE = Pattern.compile("the value '(.*)' of type '(\\w+)'", Pattern.DOTALL);

    /** Only classic queues have these. */
    static final Set<String> CLASSIC_ARGUMENTS =
            Set.of("x-max-priority", "x-queue-mode", "x-queue-version", "x-queue-master-locator");

    private final Map<String, Object> arguments = new LinkedHashMap<>(Map.of(TYPE, "quorum"));
    private boolean durable = true;

    /** Whether it is known to be; then it is asked for as one, to learn whether it deletes itself. */
    private boolean classic;

    /** What was found out. */
    enum Found {
        CLASSIC,
        QUORUM,
        STREAM,
        /** It is deleted when it has no consumer, at once or soon; of whatever type. */
        SELF_DELETING,
        UNKNOWN
    }

    /** Asks about a queue that exists; waits. */
    static Found probe(BrokerLink link, String queue) throws JMSException {
        QueueTypeProbe probe = new QueueTypeProbe();
        for (int i = 0; i < MAX_QUESTIONS; i++) {
            String refusal = refusal(link, probe.question(queue));
            Found found = refusal == null ? probe.accepted() : probe.refused(refusal);
            if (found != null) {
                return found;
            }
        }
        return Found.UNKNOWN;
    }

    static @Nullable String refusal(BrokerLink link, QueueSpec question) throws JMSException {
        try {
            link.asking("asking what queue " + question.name() + " is", it -> it.declareQueue(question));
            return null;
        } catch (JMSException e) {
            if (e.getCause() instanceof ChannelClosedException closed && closed.byBroker()) {
                return String.valueOf(closed.getMessage());
            }
            throw e;
        }
    }

    /** What to declare next. */
    QueueSpec question(String queue) {
        return new QueueSpec(queue, durable, false, false, arguments);
    }

    /** What an acceptance tells. */
    Found accepted() {
        return classic ? Found.CLASSIC : Found.QUORUM;
    }

    /** What a refusal tells; null if there is another question now. */
    @Nullable
    Found refused(String refusal) {
        Matcher difference = DIFFERENCE.matcher(refusal);
        if (!difference.find()) {
            return unknown();
        }
        String current = difference.group(3);
        return switch (difference.group(1)) {
            case TYPE -> type(current);
            case "auto_delete" -> Found.SELF_DELETING;
            case "durable" -> isTransient();
            default -> argument(difference.group(1), difference.group(2), current);
        };
    }

    private Found unknown() {
        return classic ? Found.CLASSIC : Found.UNKNOWN;
    }

    /** Only classic queues may be; but whether it deletes itself is told behind that. */
    private @Nullable Found isTransient() {
        if (!durable) {
            return unknown();
        }
        durable = false;
        isClassic();
        return null;
    }

    private void isClassic() {
        classic = true;
        arguments.put(TYPE, "classic");
    }

    private @Nullable Found argument(String name, String received, String current) {
        Matcher typed = TYPED_VALUE.matcher(current);
        if (!received.equals("none") || arguments.containsKey(name) || !typed.matches()) {
            return unknown();
        }
        Object value = value(typed.group(1), typed.group(2));
        if (name.equals(EXPIRES) && !(value instanceof Number number && number.longValue() >= LONG_LIFE)) {
            return Found.SELF_DELETING;
        }
        if (value == null) {
            return unknown();
        }
        if (CLASSIC_ARGUMENTS.contains(name)) {
            isClassic();
        }
        arguments.put(name, value);
        return null;
    }

    private static Found type(String current) {
        if (current.equals("none") || current.contains("'classic'")) {
            return Found.CLASSIC;
        }
        if (current.contains("'stream'")) {
            return Found.STREAM;
        }
        return current.contains("'quorum'") ? Found.QUORUM : Found.UNKNOWN;
    }

    static @Nullable Object value(String value, String type) {
        try {
            return switch (type) {
                case "longstr" -> value;
                case "bool" -> Boolean.valueOf(value);
                case "byte" -> Byte.valueOf(value);
                case "short" -> Short.valueOf(value);
                case "signedint" -> Integer.valueOf(value);
                case "long", "unsignedint" -> Long.valueOf(value);
                default -> null;
            };
        } catch (NumberFormatException e) {
            // Not the number that its type says: it cannot be taken over, so the type of the queue stays unknown.
            return null;
        }
    }
}
