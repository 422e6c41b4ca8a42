package dev.leveret.jms.broker;

import dev.leveret.amqp.api.QueueInfo;
import dev.leveret.amqp.api.QueueSpec;
import jakarta.jms.JMSException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how a queue was declared, by declaring it in the way that RabbitMQ does not refuse: each refusal tells one difference,
 * which is taken over. Changes nothing; takes the permission to configure the queue. See {@link QueueTypeProbe}.
 */
final class QueueExamination {

    private final String name;
    private final Map<String, Object> arguments = new LinkedHashMap<>(Map.of(QueueTypeProbe.TYPE, "quorum"));
    private boolean durable = true;
    private boolean autoDelete;

    private QueueExamination(String name) {
        this.name = name;
    }

    /** Looks a queue up, and asks about it if it is RabbitMQ's; waits. */
    static BrokerFacts.QueueFacts examine(BrokerLink link, String queue) throws JMSException {
        QueueInfo info;
        try {
            info = link.onSpareChannel("looking up queue " + queue, it -> it.declareQueuePassive(queue));
        } catch (JMSException e) {
            return switch (JmsErrors.closure(e)) {
                case NOT_FOUND -> absent(queue, BrokerFacts.Presence.MISSING);
                case RESOURCE_LOCKED -> absent(queue, BrokerFacts.Presence.LOCKED);
                default -> throw e;
            };
        }
        return new QueueExamination(queue).facts(link, info);
    }

    private static BrokerFacts.QueueFacts absent(String queue, BrokerFacts.Presence presence) {
        return new BrokerFacts.QueueFacts(
                queue, presence, Optional.empty(), 0, 0, false, false, Map.of(), Optional.empty());
    }

    private BrokerFacts.QueueFacts facts(BrokerLink link, QueueInfo info) throws JMSException {
        String refusal = link.isRabbitMq() ? refusal(link) : "only RabbitMQ tells";
        Object type = arguments.remove(QueueTypeProbe.TYPE);
        return new BrokerFacts.QueueFacts(
                name,
                BrokerFacts.Presence.THERE,
                refusal == null ? Optional.of(String.valueOf(type)) : Optional.empty(),
                info.messageCount(),
                info.consumerCount(),
                durable,
                autoDelete,
                refusal == null ? arguments : Map.of(),
                Optional.ofNullable(refusal));
    }

    /** Asks until nothing is refused any more; or tells the refusal that nothing can be learnt from. */
    private @Nullable String refusal(BrokerLink link) throws JMSException {
        for (int i = 0; i < QueueTypeProbe.MAX_QUESTIONS; i++) {
            String refusal = QueueTypeProbe.refusal(link, new QueueSpec(name, durable, false, autoDelete, arguments));
            if (refusal == null) {
                return null;
            }
            if (!takeOver(refusal)) {
                return refusal;
            }
        }
        return "it was asked too often";
    }

    private boolean takeOver(String refusal) {
        Matcher difference = QueueTypeProbe.DIFFERENCE.matcher(refusal);
        if (!difference.find()) {
            return false;
        }
        String what = difference.group(1);
        String current = difference.group(3);
        switch (what) {
            case "durable" -> durable = !durable;
            case "auto_delete" -> autoDelete = !autoDelete;
            case "exclusive" -> {
                return false;
            }
            default -> {
                Matcher typed = QueueTypeProbe.TYPED_VALUE.matcher(current);
                Object value = typed.matches() ? QueueTypeProbe.value(typed.group(1), typed.group(2)) : null;
                if (what.equals(QueueTypeProbe.TYPE)) {
                    arguments.put(what, value == null ? "classic" : value);
                    return true;
                }
                if (value == null || arguments.containsKey(what)) {
                    return false;
                }
                arguments.put(what, value);
            }
        }
        if (!durable || autoDelete || QueueTypeProbe.CLASSIC_ARGUMENTS.contains(what)) {
            // Only classic queues are; what is asked about a type that cannot be would be refused without an answer.
            arguments.put(QueueTypeProbe.TYPE, "classic");
        }
        return true;
    }
}
