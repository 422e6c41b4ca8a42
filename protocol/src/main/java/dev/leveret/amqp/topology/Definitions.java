package dev.leveret.amqp.topology;

import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.BindingSpec.DestinationType;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.Topology;
import dev.leveret.amqp.json.Json;
import dev.leveret.amqp.json.JsonText;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * RabbitMQ's definitions: the JSON that {@code rabbitmqctl export_definitions} and the management plug-in write, and that
 * {@code rabbitmqctl import_definitions}, the management plug-in and a booting node read.
 *
 * <p>Exchanges, queues and bindings of one virtual host are a topology. What else is in the file, users, permissions, policies
 * and parameters, is neither read nor written.
 */
public final class Definitions {

    private Definitions() {}

    /**
     * Writes a topology; the same one always gives the same text, a line for each entity.
     *
     * @param virtualHost whose it is to be; it has to be there when the file is read
     * @throws IllegalArgumentException if definitions cannot say it: a queue that is exclusive or named by the broker, an
     *     argument of a type that JSON lacks ({@code byte[]}, {@code Instant}, {@code BigDecimal})
     */
    public static String write(Topology topology, String virtualHost) {
        for (QueueSpec queue : topology.queues()) {
            if (queue.exclusive() || queue.name().isEmpty()) {
                throw new IllegalArgumentException("queue '" + queue.name() + "' is "
                        + (queue.exclusive() ? "exclusive" : "named by the broker") + ", which definitions cannot say");
            }
        }
        return "{\n"
                + array("exchanges", topology.exchanges(), it -> object(virtualHost, it)) + ",\n"
                + array("queues", topology.queues(), it -> object(virtualHost, it)) + ",\n"
                + array("bindings", topology.bindings(), it -> object(virtualHost, it)) + "\n}\n";
    }

    private static <T> String array(String name, List<T> items, Function<T, Map<String, @Nullable Object>> object) {
        return items.stream()
                .map(it -> "    " + JsonText.of(it.toString(), object.apply(it)))
                .collect(Collectors.joining(
                        ",\n",
                        "  \"" + name + "\": [" + (items.isEmpty() ? "" : "\n"),
                        items.isEmpty() ? "]" : "\n  ]"));
    }

    private static Map<String, @Nullable Object> object(String virtualHost, ExchangeSpec exchange) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("name", exchange.name());
        object.put("vhost", virtualHost);
        object.put("type", exchange.type());
        object.put("durable", exchange.durable());
        object.put("auto_delete", exchange.autoDelete());
        object.put("internal", exchange.internal());
        object.put("arguments", exchange.arguments());
        return object;
    }

    private static Map<String, @Nullable Object> object(String virtualHost, QueueSpec queue) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("name", queue.name());
        object.put("vhost", virtualHost);
        object.put("durable", queue.durable());
        object.put("auto_delete", queue.autoDelete());
        object.put("arguments", queue.arguments());
        return object;
    }

    private static Map<String, @Nullable Object> object(String virtualHost, BindingSpec binding) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("source", binding.source());
        object.put("vhost", virtualHost);
        object.put("destination", binding.destination());
        object.put("destination_type", binding.destinationType() == DestinationType.QUEUE ? "queue" : "exchange");
        object.put("routing_key", binding.routingKey());
        object.put("arguments", binding.arguments());
        return object;
    }

    /**
     * Reads a topology. Whole numbers are {@code Long}s, others {@code Double}s. Exchanges that the broker has by itself
     * ({@code amq.}) and bindings of the default exchange are left out.
     *
     * @param json of a whole broker, or of one virtual host as the management plug-in gives it, which does not name it
     * @param virtualHost whose entities to take
     * @throws IllegalArgumentException if it is no JSON object, or one of its entities is none; or if it names virtual hosts
     *     and this is none of them
     */
    public static Topology read(String json, String virtualHost) {
        Map<String, @Nullable Object> file = Json.object(json);
        TreeSet<String> seen = new TreeSet<>();
        for (Item host : items(file, "vhosts")) {
            seen.add(host.text("name"));
        }
        List<ExchangeSpec> exchanges = new ArrayList<>();
        for (Item it : items(file, "exchanges")) {
            if (it.isOf(virtualHost, seen) && !isBrokersOwn(it.text("name"))) {
                exchanges.add(new ExchangeSpec(
                        it.text("name"),
                        it.text("type"),
                        it.flag("durable"),
                        it.flag("auto_delete"),
                        it.flag("internal"),
                        it.arguments()));
            }
        }
        List<QueueSpec> queues = new ArrayList<>();
        for (Item it : items(file, "queues")) {
            if (it.isOf(virtualHost, seen)) {
                queues.add(new QueueSpec(
                        it.text("name"), it.flag("durable"), false, it.flag("auto_delete"), it.arguments()));
            }
        }
        List<BindingSpec> bindings = new ArrayList<>();
        for (Item it : items(file, "bindings")) {
            if (it.isOf(virtualHost, seen) && !it.text("source").isEmpty()) {
                bindings.add(new BindingSpec(
                        it.text("source"),
                        it.destinationType(),
                        it.text("destination"),
                        it.text("routing_key"),
                        it.arguments()));
            }
        }
        if (!seen.isEmpty() && !seen.contains(virtualHost)) {
            throw new IllegalArgumentException(
                    "the definitions have no virtual host '" + virtualHost + "', but " + seen);
        }
        return new Topology(exchanges, queues, bindings);
    }

    private static boolean isBrokersOwn(String exchange) {
        return exchange.isEmpty() || exchange.startsWith("amq.");
    }

    private static List<Item> items(Map<String, @Nullable Object> file, String name) {
        Object value = file.get(name);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> elements)) {
            throw new IllegalArgumentException("the definitions have '" + name + "' that is no array");
        }
        List<Item> items = new ArrayList<>(elements.size());
        for (Object element : elements) {
            String place = name + "[" + items.size() + "]";
            if (!(element instanceof Map<?, ?> members)) {
                throw new IllegalArgumentException("the definitions have " + place + " that is no object");
            }
            items.add(new Item(place, members));
        }
        return items;
    }

    /** @param place where it stands, for messages */
    private record Item(String place, Map<?, ?> members) {

        boolean isOf(String virtualHost, TreeSet<String> seen) {
            if (!members.containsKey("vhost")) {
                return true;
            }
            seen.add(text("vhost"));
            return text("vhost").equals(virtualHost);
        }

        String text(String name) {
            if (members.get(name) instanceof String text) {
                return text;
            }
            throw wrong(name, "string");
        }

        /** False if it is not there, as what older versions do not have. */
        boolean flag(String name) {
            Object value = members.get(name);
            if (value == null) {
                return false;
            }
            if (value instanceof Boolean flag) {
                return flag;
            }
            throw wrong(name, "boolean");
        }

        DestinationType destinationType() {
            return switch (text("destination_type")) {
                case "queue" -> DestinationType.QUEUE;
                case "exchange" -> DestinationType.EXCHANGE;
                default -> throw wrong("destination_type", "queue or exchange");
            };
        }

        Map<String, @Nullable Object> arguments() {
            Object value = members.get("arguments");
            // An empty table is an empty list in Erlang, and some versions wrote it as that.
            if (value == null || value instanceof List<?> list && list.isEmpty()) {
                return Map.of();
            }
            if (value instanceof Map<?, ?> table) {
                return table(table);
            }
            throw wrong("arguments", "object");
        }

        private IllegalArgumentException wrong(String name, String wanted) {
            return new IllegalArgumentException(
                    "the definitions have " + place + " without a " + name + " that is a " + wanted);
        }

        private static Map<String, @Nullable Object> table(Map<?, ?> members) {
            Map<String, @Nullable Object> table = new LinkedHashMap<>();
            members.forEach((name, value) -> table.put(String.valueOf(name), field(value)));
            return table;
        }

        private static @Nullable Object field(@Nullable Object value) {
            if (value instanceof Map<?, ?> members) {
                return table(members);
            }
            if (value instanceof List<?> elements) {
                List<@Nullable Object> list = new ArrayList<>(elements.size());
                elements.forEach(it -> list.add(field(it)));
                return list;
            }
            if (value instanceof BigDecimal number) {
                boolean whole = number.stripTrailingZeros().scale() <= 0
                        && number.toBigInteger().bitLength() < 64;
                return whole ? (Object) number.longValue() : (Object) number.doubleValue();
            }
            return value;
        }
    }
}
