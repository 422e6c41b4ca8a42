package dev.leveret.jms;

import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.RecoveryOptions;
import dev.leveret.jms.broker.Naming;
import dev.leveret.jms.broker.QueuePreset;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiFunction;

/**
 * The options of a factory: those of the AMQP connection, and the provider's own, which an URI has under names that begin
 * with {@code jms.}. Immutable.
 *
 * <table>
 *   <caption>The provider's own options</caption>
 *   <tr><th>Option</th><th>Default</th><th>Meaning</th></tr>
 *   <tr><td>{@code jms.clientId}</td><td>none</td><td>the client identifier of every connection</td></tr>
 *   <tr><td>{@code jms.prefetch}</td><td>100</td><td>how many messages a consumer may have unsettled, 1 to 65535</td></tr>
 *   <tr><td>{@code jms.autoDeclare}</td><td>true</td><td>whether a missing queue or the topic exchange is declared at its
 *       first use; otherwise using it fails</td></tr>
 *   <tr><td>{@code jms.queueType}</td><td>default</td><td>how such a queue is declared: {@code default} (as the virtual host
 *       prefers), {@code classic}, {@code quorum}; always durable</td></tr>
 *   <tr><td>{@code jms.topicExchange}</td><td>jms.durable.topic</td><td>the topic exchange that topics live on</td></tr>
 *   <tr><td>{@code jms.localRedeliveries}</td><td>5</td><td>how often a message that is rolled back, recovered, or whose
 *       listener throws is delivered again from here before it returns to its queue; 0: it returns at once</td></tr>
 *   <tr><td>{@code jms.selectorHold}</td><td>10000</td><td>how many messages of a queue may be held because they match no
 *       selector, 1 to 60000; what is behind them is not seen</td></tr>
 *   <tr><td>{@code jms.selectorsOnUnknownQueues}</td><td>false</td><td>whether selectors are allowed on a queue of which the
 *       type cannot be found out: on a quorum queue before RabbitMQ 4.3 they would lose messages</td></tr>
 * </table>
 *
 * @param amqp the AMQP connection's
 */
record JmsConnectionOptions(
        ConnectionOptions amqp,
        Optional<String> clientId,
        int prefetch,
        boolean autoDeclare,
        QueuePreset queueType,
        String topicExchange,
        int localRedeliveries,
        int selectorHold,
        boolean selectorsOnUnknownQueues) {

    private static final String PREFIX = "jms.";
    private static final int DEFAULT_PREFETCH = 100;
    private static final int DEFAULT_LOCAL_REDELIVERIES = 5;
    private static final int DEFAULT_SELECTOR_HOLD = 10_000;
    private static final int MAX_SELECTOR_HOLD = 60_000;

    private static final Map<String, BiFunction<JmsConnectionOptions, String, JmsConnectionOptions>> KNOWN = Map.of(
            "jms.clientId", (it, value) -> it.withClientId(value),
            "jms.prefetch", (it, value) -> it.withPrefetch(number(value, 1, 65535)),
            "jms.autoDeclare", (it, value) -> it.withAutoDeclare(bool(value)),
            "jms.queueType", (it, value) -> it.withQueueType(QueuePreset.named(value)),
            "jms.topicExchange", (it, value) -> it.withTopicExchange(value),
            "jms.localRedeliveries", (it, value) -> it.withLocalRedeliveries(number(value, 0, Integer.MAX_VALUE)),
            "jms.selectorHold", (it, value) -> it.withSelectorHold(number(value, 1, MAX_SELECTOR_HOLD)),
            "jms.selectorsOnUnknownQueues", (it, value) -> it.withSelectorsOnUnknownQueues(bool(value)));

    /** Without recovery: what a session and a temporary queue are after one is not settled yet. */
    static JmsConnectionOptions of(ConnectionOptions amqp) {
        return new JmsConnectionOptions(
                amqp.toBuilder().recovery(RecoveryOptions.off()).build(),
                Optional.empty(),
                DEFAULT_PREFETCH,
                true,
                QueuePreset.DEFAULT,
                Naming.DEFAULT_TOPIC_EXCHANGE,
                DEFAULT_LOCAL_REDELIVERIES,
                DEFAULT_SELECTOR_HOLD,
                false);
    }

    /**
     * Reads an AMQP URI with the provider's options among the query's.
     *
     * @throws IllegalArgumentException if it is not one, or an option is not known or out of range
     */
    static JmsConnectionOptions parse(String uri) {
        int question = uri.indexOf('?');
        if (question < 0) {
            return of(AmqpUri.parse(uri).build());
        }
        List<String> amqp = new ArrayList<>();
        List<String> own = new ArrayList<>();
        for (String pair : uri.substring(question + 1).split("&", -1)) {
            (pair.startsWith(PREFIX) ? own : amqp).add(pair);
        }
        String rest = amqp.isEmpty() ? "" : "?" + String.join("&", amqp);
        JmsConnectionOptions options =
                of(AmqpUri.parse(uri.substring(0, question) + rest).build());
        for (String pair : own) {
            options = options.with(pair);
        }
        return options;
    }

    private JmsConnectionOptions with(String pair) {
        int equals = pair.indexOf('=');
        BiFunction<JmsConnectionOptions, String, JmsConnectionOptions> option =
                KNOWN.get(equals < 0 ? pair : pair.substring(0, equals));
        if (option == null || equals < 0) {
            throw new IllegalArgumentException("'" + pair + "' is not one of the options "
                    + String.join("=, ", new TreeSet<>(KNOWN.keySet())) + "=");
        }
        // A plus sign is itself in a URI, other than in HTML forms.
        String value = URLDecoder.decode(pair.substring(equals + 1).replace("+", "%2B"), StandardCharsets.UTF_8);
        try {
            return option.apply(this, value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("option " + pair + ": " + e.getMessage(), e);
        }
    }

    Naming naming() {
        return new Naming(topicExchange);
    }

    JmsConnectionOptions withAmqp(ConnectionOptions value) {
        return new JmsConnectionOptions(
                value,
                clientId,
                prefetch,
                autoDeclare,
                queueType,
                topicExchange,
                localRedeliveries,
                selectorHold,
                selectorsOnUnknownQueues);
    }

    private JmsConnectionOptions withClientId(String value) {
        return new JmsConnectionOptions(
                amqp,
                Optional.of(value),
                prefetch,
                autoDeclare,
                queueType,
                topicExchange,
                localRedeliveries,
                selectorHold,
                selectorsOnUnknownQueues);
    }

    private JmsConnectionOptions withPrefetch(int value) {
        return new JmsConnectionOptions(
                amqp,
                clientId,
                value,
                autoDeclare,
                queueType,
                topicExchange,
                localRedeliveries,
                selectorHold,
                selectorsOnUnknownQueues);
    }

    private JmsConnectionOptions withAutoDeclare(boolean value) {
        return new JmsConnectionOptions(
                amqp,
                clientId,
                prefetch,
                value,
                queueType,
                topicExchange,
                localRedeliveries,
                selectorHold,
                selectorsOnUnknownQueues);
    }

    private JmsConnectionOptions withQueueType(QueuePreset value) {
        return new JmsConnectionOptions(
                amqp,
                clientId,
                prefetch,
                autoDeclare,
                value,
                topicExchange,
                localRedeliveries,
                selectorHold,
                selectorsOnUnknownQueues);
    }

    private JmsConnectionOptions withTopicExchange(String value) {
        return new JmsConnectionOptions(
                amqp,
                clientId,
                prefetch,
                autoDeclare,
                queueType,
                value,
                localRedeliveries,
                selectorHold,
                selectorsOnUnknownQueues);
    }

    private JmsConnectionOptions withLocalRedeliveries(int value) {
        return new JmsConnectionOptions(
                amqp,
                clientId,
                prefetch,
                autoDeclare,
                queueType,
                topicExchange,
                value,
                selectorHold,
                selectorsOnUnknownQueues);
    }

    private JmsConnectionOptions withSelectorHold(int value) {
        return new JmsConnectionOptions(
                amqp,
                clientId,
                prefetch,
                autoDeclare,
                queueType,
                topicExchange,
                localRedeliveries,
                value,
                selectorsOnUnknownQueues);
    }

    private JmsConnectionOptions withSelectorsOnUnknownQueues(boolean value) {
        return new JmsConnectionOptions(
                amqp,
                clientId,
                prefetch,
                autoDeclare,
                queueType,
                topicExchange,
                localRedeliveries,
                selectorHold,
                value);
    }

    private static int number(String text, int min, int max) {
        int value;
        try {
            value = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a number", e);
        }
        if (value < min || value > max) {
            throw new IllegalArgumentException("not in " + min + ".." + max);
        }
        return value;
    }

    private static boolean bool(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException("neither true nor false");
        }
        return text.equals("true");
    }
}
