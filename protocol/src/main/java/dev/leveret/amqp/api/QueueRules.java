package dev.leveret.amqp.api;

import dev.leveret.amqp.api.TopologyProblem.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What RabbitMQ makes of the declaration of a queue. What is said to hold everywhere holds for 3.10, 4.0 and 4.3, and is
 * asked of a broker in {@code ArgumentsOnBrokersTest}; what differs between them is in the project's notes on brokers.
 *
 * <p>A queue without {@code x-queue-type} is of the virtual host's default type, which is not known here.
 */
final class QueueRules {

    private static final String QUEUE_TYPE = "x-queue-type";
    private static final String OVERFLOW = "x-overflow";

    /** The arguments that RabbitMQ refuses for a type of queue (406). */
    private static final Map<Object, Set<String>> FOREIGN_ARGUMENTS = Map.of(
            "classic",
            Set.of(
                    "x-dead-letter-strategy",
                    "x-delivery-limit",
                    "x-initial-cluster-size",
                    "x-max-age",
                    "x-quorum-initial-group-size",
                    "x-stream-max-segment-size-bytes"),
            "quorum",
            Set.of(
                    "x-initial-cluster-size",
                    "x-max-age",
                    "x-max-priority",
                    "x-queue-mode",
                    "x-queue-version",
                    "x-stream-max-segment-size-bytes"),
            "stream",
            Set.of(
                    "x-dead-letter-exchange",
                    "x-dead-letter-routing-key",
                    "x-dead-letter-strategy",
                    "x-delivery-limit",
                    "x-expires",
                    "x-max-length",
                    "x-max-priority",
                    "x-message-ttl",
                    OVERFLOW,
                    "x-queue-mode",
                    "x-queue-version",
                    "x-quorum-initial-group-size",
                    "x-single-active-consumer"));

    /** Types that are neither exclusive nor transient nor deleted with their last consumer (406). */
    private static final Set<Object> DURABLE_TYPES = Set.of("quorum", "stream");

    /** What quorum queues alone know, from 4.3 on; other types then refuse it. */
    private static final List<String> RETRY_ARGUMENTS = List.of(
            "x-consumer-disconnected-timeout", "x-delayed-retry-max", "x-delayed-retry-min", "x-delayed-retry-type");

    private QueueRules() {}

    /** What is wrong with a queue on every version, to be read behind its name. */
    static List<String> everywhere(QueueSpec queue) {
        List<String> wrong = new ArrayList<>();
        Map<String, @Nullable Object> arguments = queue.arguments();
        Object type = arguments.get(QUEUE_TYPE);
        if (type != null) {
            wrongForType(queue, type, wrong);
        }
        if (arguments.containsKey("x-dead-letter-routing-key") && !arguments.containsKey("x-dead-letter-exchange")) {
            wrong.add("has x-dead-letter-routing-key without x-dead-letter-exchange");
        }
        range(arguments, "x-message-ttl", 0, Long.MAX_VALUE, wrong);
        range(arguments, "x-expires", 1, Long.MAX_VALUE, wrong);
        range(arguments, "x-max-length", 0, Long.MAX_VALUE, wrong);
        range(arguments, "x-max-length-bytes", 0, Long.MAX_VALUE, wrong);
        range(arguments, "x-max-priority", 0, 255, wrong);
        return wrong;
    }

    private static void wrongForType(QueueSpec queue, Object type, List<String> wrong) {
        if (DURABLE_TYPES.contains(type)) {
            String trait = queue.exclusive()
                    ? "exclusive"
                    : queue.autoDelete() ? "auto-delete" : queue.durable() ? "" : "transient";
            if (!trait.isEmpty()) {
                wrong.add("cannot be " + trait + ": a " + type + " queue is durable and everybody's");
            }
        }
        Set<String> foreign = FOREIGN_ARGUMENTS.getOrDefault(type, Set.of());
        List<String> found = queue.arguments().keySet().stream()
                .filter(foreign::contains)
                .sorted()
                .toList();
        if (!found.isEmpty()) {
            wrong.add("has arguments that RabbitMQ refuses for a " + type + " queue: " + String.join(", ", found));
        }
    }

    private static void range(
            Map<String, @Nullable Object> arguments, String name, long least, long most, List<String> wrong) {
        if (!arguments.containsKey(name)) {
            return;
        }
        Object value = arguments.get(name);
        boolean whole =
                value instanceof Byte || value instanceof Short || value instanceof Integer || value instanceof Long;
        if (!whole || !(value instanceof Number number)) {
            wrong.add("has " + name + " '" + value + "', which is not a whole number");
        } else if (number.longValue() < least || number.longValue() > most) {
            wrong.add("has " + name + " " + value
                    + (most == Long.MAX_VALUE
                            ? ", which is less than " + least
                            : ", which is not in " + least + ".." + most));
        }
    }

    /** What is wrong with a queue on one version alone. */
    static void on(BrokerVersion version, QueueSpec queue, BiConsumer<Kind, String> found) {
        Map<String, @Nullable Object> arguments = queue.arguments();
        boolean before40 = version.isBefore(4, 0);
        boolean before43 = version.isBefore(4, 3);
        if (!queue.durable() && !queue.exclusive() && !before43) {
            found.accept(
                    Kind.DEPRECATED,
                    "is transient and not exclusive, which " + version
                            + " takes unless its operator forbids it; then it closes the connection (541): make it durable, with"
                            + " x-expires if it is to go by itself");
        }
        if (arguments.containsKey("x-queue-master-locator") && !before43) {
            found.accept(
                    Kind.REFUSED,
                    "has x-queue-master-locator, over which " + version
                            + " closes the connection (541): use x-queue-leader-locator");
        }
        if (arguments.get("x-delivery-limit") instanceof Number limit && limit.longValue() < 0 && before40) {
            found.accept(Kind.REFUSED, unlimitedDeliveries(limit, version.toString()));
        }
        Object type = arguments.get(QUEUE_TYPE);
        if ("classic".equals(type)) {
            classic(version, arguments, found);
        } else if ("quorum".equals(type)) {
            quorum(version, arguments, found);
        } else if ("stream".equals(type)
                && arguments.containsKey("x-stream-filter-size-bytes")
                && version.isBefore(3, 13)) {
            found.accept(Kind.WITHOUT_EFFECT, "has x-stream-filter-size-bytes, which RabbitMQ knows from 3.13 on");
        }
        if (("classic".equals(type) || "stream".equals(type))) {
            onlyForQuorum(version, arguments, found);
        }
    }

    private static void classic(
            BrokerVersion version, Map<String, @Nullable Object> arguments, BiConsumer<Kind, String> found) {
        if (arguments.get("x-queue-version") instanceof Number format
                && format.longValue() == 1
                && !version.isBefore(4, 3)) {
            found.accept(Kind.REFUSED, "has x-queue-version 1, which RabbitMQ has no more from 4.3 on");
        }
        if (arguments.containsKey("x-queue-leader-locator") && version.isBefore(4, 0)) {
            found.accept(
                    Kind.REFUSED, "has x-queue-leader-locator, which RabbitMQ takes for a classic queue from 4.0 on");
        }
        if ("lazy".equals(arguments.get("x-queue-mode")) && !version.isBefore(3, 12)) {
            found.accept(Kind.WITHOUT_EFFECT, "has x-queue-mode lazy, which does nothing from RabbitMQ 3.12 on");
        }
    }

    private static void onlyForQuorum(
            BrokerVersion version, Map<String, @Nullable Object> arguments, BiConsumer<Kind, String> found) {
        List<String> present = new ArrayList<>(RETRY_ARGUMENTS);
        present.add("x-consumer-timeout");
        present.removeIf(it -> !arguments.containsKey(it));
        if (!present.isEmpty()) {
            found.accept(
                    version.isBefore(4, 3) ? Kind.WITHOUT_EFFECT : Kind.REFUSED,
                    "has arguments that only quorum queues know: " + String.join(", ", present));
        }
    }

    private static void quorum(
            BrokerVersion version, Map<String, @Nullable Object> arguments, BiConsumer<Kind, String> found) {
        if ("reject-publish-dlx".equals(arguments.get(OVERFLOW))) {
            found.accept(
                    Kind.WITHOUT_EFFECT, "has x-overflow reject-publish-dlx, which a quorum queue takes for drop-head");
        }
        if ("at-least-once".equals(arguments.get("x-dead-letter-strategy"))
                && !("reject-publish".equals(arguments.get(OVERFLOW))
                        && arguments.containsKey("x-dead-letter-exchange"))) {
            found.accept(
                    Kind.WITHOUT_EFFECT,
                    "has x-dead-letter-strategy at-least-once, which needs x-overflow reject-publish and a dead letter"
                            + " exchange");
        }
        if (arguments.containsKey("x-consumer-timeout") && version.isBefore(4, 0)) {
            found.accept(Kind.WITHOUT_EFFECT, "has x-consumer-timeout, which RabbitMQ knows from 4.0 on");
        }
        if (arguments.containsKey("x-quorum-target-group-size") && version.isBefore(3, 13)) {
            found.accept(Kind.WITHOUT_EFFECT, "has x-quorum-target-group-size, which RabbitMQ knows from 3.13 on");
        }
        RETRY_ARGUMENTS.stream()
                .filter(it -> arguments.containsKey(it) && version.isBefore(4, 3))
                .forEach(it -> found.accept(Kind.WITHOUT_EFFECT, "has " + it + ", which RabbitMQ knows from 4.3 on"));
    }

    static String unlimitedDeliveries(Number limit, String broker) {
        return "has x-delivery-limit " + limit + ", with which " + broker
                + " drops each message at its first return; it has no limit if you leave the argument out";
    }
}
