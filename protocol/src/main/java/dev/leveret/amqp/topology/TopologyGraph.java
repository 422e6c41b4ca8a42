package dev.leveret.amqp.topology;

import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.BindingSpec.DestinationType;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.Topology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * A topology as a graph: exchanges, queues, bindings with their keys; dotted, where dead letters and unroutable messages go.
 * What is named and not part of the topology is drawn too.
 */
public final class TopologyGraph {

    private enum Shape {
        EXCHANGE,
        QUEUE,
        STREAM,
        /** Named by others, not described here. */
        OTHER_EXCHANGE,
        OTHER_QUEUE
    }

    private record Node(String id, Shape shape, String name, String detail) {}

    private record Edge(Node from, Node to, String label, boolean dotted) {}

    private final Map<String, Node> exchanges = new LinkedHashMap<>();
    private final Map<String, Node> queues = new LinkedHashMap<>();
    private final List<Edge> edges = new ArrayList<>();

    private TopologyGraph(Topology topology) {
        topology.exchanges().forEach(it -> exchanges.put(it.name(), node(Shape.EXCHANGE, it.name(), it.type())));
        topology.queues().forEach(it -> {
            Object type = it.arguments().get("x-queue-type");
            Shape shape = "stream".equals(type) ? Shape.STREAM : Shape.QUEUE;
            queues.put(it.name(), node(shape, it.name(), type == null ? "" : type.toString()));
        });
        topology.bindings().forEach(this::addBinding);
        topology.exchanges().forEach(this::addAlternate);
        topology.queues().forEach(this::addDeadLetters);
    }

    /** Text for Mermaid, a {@code flowchart}: what a fenced block {@code mermaid} shows in many places. */
    public static String mermaid(Topology topology) {
        return new TopologyGraph(topology).mermaid();
    }

    /** Text for Graphviz, a {@code digraph} for {@code dot}. */
    public static String graphviz(Topology topology) {
        return new TopologyGraph(topology).graphviz();
    }

    // ---- what is in it ----------------------------------------------------------------------------------------------

    private Node node(Shape shape, String name, String detail) {
        return new Node("n" + (exchanges.size() + queues.size()), shape, name, detail);
    }

    private Node exchange(String name) {
        return known(exchanges, name, Shape.OTHER_EXCHANGE);
    }

    private Node queue(String name) {
        return known(queues, name, Shape.OTHER_QUEUE);
    }

    private Node known(Map<String, Node> nodes, String name, Shape otherwise) {
        Node node = nodes.get(name);
        if (node == null) {
            node = node(otherwise, name, "");
            nodes.put(name, node);
        }
        return node;
    }

    private void addBinding(BindingSpec it) {
        StringJoiner label = new StringJoiner(", ");
        if (!it.routingKey().isEmpty()) {
            label.add(it.routingKey());
        }
        it.arguments().forEach((name, value) -> label.add(name + "=" + value));
        Node to = it.destinationType() == DestinationType.QUEUE ? queue(it.destination()) : exchange(it.destination());
        edges.add(new Edge(exchange(it.source()), to, label.toString(), false));
    }

    private void addAlternate(ExchangeSpec it) {
        if (it.arguments().get("alternate-exchange") instanceof String alternate) {
            edges.add(new Edge(exchange(it.name()), exchange(alternate), "unroutable", true));
        }
    }

    private void addDeadLetters(QueueSpec it) {
        if (it.arguments().get("x-dead-letter-exchange") instanceof String target) {
            Object key = it.arguments().get("x-dead-letter-routing-key");
            Object ttl = it.arguments().get("x-message-ttl");
            String label = "dead" + (ttl == null ? "" : " after " + ttl + " ms");
            if (target.isEmpty() && key != null) {
                edges.add(new Edge(queue(it.name()), queue(key.toString()), label, true));
            } else {
                edges.add(new Edge(queue(it.name()), exchange(target), label + (key == null ? "" : ", " + key), true));
            }
        }
    }

    private List<Node> nodes() {
        List<Node> all = new ArrayList<>(exchanges.values());
        all.addAll(queues.values());
        return all;
    }

    private static String title(Node node) {
        return node.name().isEmpty() ? "(default exchange)" : node.name();
    }

    // ---- Mermaid ----------------------------------------------------------------------------------------------------

    private String mermaid() {
        StringBuilder text = new StringBuilder("flowchart LR\n");
        for (Node node : nodes()) {
            String label = mermaidText(title(node))
                    + (node.detail().isEmpty() ? "" : "<br/>" + mermaidText("[" + node.detail() + "]"));
            String shaped = switch (node.shape()) {
                case EXCHANGE, OTHER_EXCHANGE -> "([\"" + label + "\"])";
                case QUEUE, OTHER_QUEUE -> "[\"" + label + "\"]";
                case STREAM -> "[(\"" + label + "\")]";
            };
            text.append("    ").append(node.id()).append(shaped).append('\n');
        }
        for (Edge edge : edges) {
            String arrow = edge.dotted() ? "-.->" : "-->";
            text.append("    ").append(edge.from().id()).append(' ').append(arrow);
            if (!edge.label().isEmpty()) {
                text.append("|\"").append(mermaidText(edge.label())).append("\"|");
            }
            text.append(' ').append(edge.to().id()).append('\n');
        }
        List<String> others = nodes().stream()
                .filter(it -> it.shape() == Shape.OTHER_EXCHANGE || it.shape() == Shape.OTHER_QUEUE)
                .map(Node::id)
                .toList();
        if (!others.isEmpty()) {
            text.append("    classDef other stroke-dasharray: 4\n    class ")
                    .append(String.join(",", others))
                    .append(" other\n");
        }
        return text.toString();
    }

    /** Everything but letters, digits and what is harmless as an entity, so that nothing is taken for Mermaid or Markdown. */
    private static String mermaidText(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (Character.isLetterOrDigit(c) || " .:-/=,()[]".indexOf(c) >= 0) {
                escaped.appendCodePoint(c);
            } else {
                escaped.append('#').append(c).append(';');
            }
        });
        return escaped.toString();
    }

    // ---- Graphviz ---------------------------------------------------------------------------------------------------

    private String graphviz() {
        StringBuilder text = new StringBuilder("digraph topology {\n    rankdir=LR\n");
        for (Node node : nodes()) {
            String shape = switch (node.shape()) {
                case EXCHANGE, OTHER_EXCHANGE -> "ellipse";
                case QUEUE, OTHER_QUEUE -> "box";
                case STREAM -> "cylinder";
            };
            boolean other = node.shape() == Shape.OTHER_EXCHANGE || node.shape() == Shape.OTHER_QUEUE;
            text.append("    ").append(node.id()).append(" [shape=").append(shape);
            text.append(", label=\"").append(graphvizText(title(node)));
            text.append(node.detail().isEmpty() ? "" : "\\n" + graphvizText("[" + node.detail() + "]"));
            text.append('"').append(other ? ", style=dashed" : "").append("]\n");
        }
        for (Edge edge : edges) {
            text.append("    ")
                    .append(edge.from().id())
                    .append(" -> ")
                    .append(edge.to().id());
            text.append(" [label=\"").append(graphvizText(edge.label())).append('"');
            text.append(edge.dotted() ? ", style=dotted" : "").append("]\n");
        }
        return text.append("}\n").toString();
    }

    private static String graphvizText(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                escaped.append('\\').appendCodePoint(c);
            } else if (Character.isISOControl(c)) {
                escaped.append(' ');
            } else {
                escaped.appendCodePoint(c);
            }
        });
        return escaped.toString();
    }
}
