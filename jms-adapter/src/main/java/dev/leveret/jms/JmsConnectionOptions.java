package dev.leveret.jms;

import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.RecoveryOptions;
import dev.leveret.jms.broker.Naming;
import dev.leveret.jms.broker.QueuePreset;
import dev.leveret.jms.message.ObjectPolicy;
import dev.leveret.jms.message.TrustedClasses;
import dev.leveret.jms.wire.WireFormat;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The options of a factory: those of the AMQP connection, and the provider's own, which an URI has under names that begin
 * with {@code jms.}. Immutable.
 *
 * <table>
 *   <caption>The provider's own options</caption>
 *   <tr><th>Option</th><th>Default</th><th>Meaning</th></tr>
 *   <tr><td>{@code jms.clientId}</td><td>none</td><td>the client identifier of every connection</td></tr>
 *   <tr><td>{@code jms.checkClientId}</td><td>true</td><td>whether an identifier is refused that another connection to the
 *       virtual host has; that takes the permission to configure queues {@code jms.client.*}</td></tr>
 *   <tr><td>{@code jms.prefetch}</td><td>100</td><td>how many messages a consumer may have unsettled, 1 to 65535</td></tr>
 *   <tr><td>{@code jms.autoDeclare}</td><td>true</td><td>whether a missing queue or the topic exchange is declared at its
 *       first use; otherwise using it fails</td></tr>
 *   <tr><td>{@code jms.queueType}</td><td>default</td><td>how such a queue is declared: {@code default} (as the virtual host
 *       prefers), {@code classic}, {@code quorum}; always durable</td></tr>
 *   <tr><td>{@code jms.topicExchange}</td><td>jms.durable.topic</td><td>the topic exchange that topics live on</td></tr>
 *   <tr><td>{@code jms.localRedeliveries}</td><td>5</td><td>how often a message that is rolled back, recovered, or whose
 *       listener throws is delivered again from here before it returns to its queue; 0: it returns at once</td></tr>
 *   <tr><td>{@code jms.trustedClasses}</td><td>none</td><td>the classes that objects in messages may be of, separated by
 *       commas: {@code com.acme.Order}, {@code com.acme.*} with all packages under it, or {@code *}; without them objects are
 *       not read</td></tr>
 *   <tr><td>{@code jms.objectMaxDepth}</td><td>20</td><td>how deep such an object may be nested, 1 to 500</td></tr>
 *   <tr><td>{@code jms.objectMaxReferences}</td><td>100000</td><td>how many objects it may consist of</td></tr>
 *   <tr><td>{@code jms.objectMaxBytes}</td><td>16777216</td><td>how long it may be</td></tr>
 *   <tr><td>{@code jms.wireFormat}</td><td>plain</td><td>how messages are written: {@code plain}, or {@code rabbitmq-jms} as
 *       RabbitMQ's JMS client does; both are read always</td></tr>
 *   <tr><td>{@code jms.browserMaxMessages}</td><td>1000</td><td>how many messages an enumeration of a queue browser has at
 *       most, 1 to 65535</td></tr>
 *   <tr><td>{@code jms.browseAnyQueue}</td><td>false</td><td>whether queues are browsed of which the type cannot be found
 *       out, and quorum queues on brokers before RabbitMQ 4.3, where each look counts towards the delivery limit, beyond which
 *       messages are lost</td></tr>
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
        boolean checkClientId,
        int prefetch,
        boolean autoDeclare,
        QueuePreset queueType,
        String topicExchange,
        int localRedeliveries,
        ObjectPolicy objects,
        WireFormat wireFormat,
        int browserMaxMessages,
        boolean browseAnyQueue,
        int selectorHold,
        boolean selectorsOnUnknownQueues) {

    private static final String PREFIX = "jms.";
    private static final int DEFAULT_PREFETCH = 100;
    private static final int MAX_PREFETCH = 65535;
    private static final int DEFAULT_LOCAL_REDELIVERIES = 5;
    private static final int DEFAULT_BROWSER_MAX_MESSAGES = 1000;
    private static final int DEFAULT_SELECTOR_HOLD = 10_000;
    private static final int MAX_SELECTOR_HOLD = 60_000;

    /** Beyond, a thread's stack may end first. */
    private static final int MAX_OBJECT_DEPTH = 500;

    private static final Map<String, BiConsumer<Draft, String>> KNOWN = Map.ofEntries(
            Map.entry("jms.clientId", (it, value) -> it.clientId = Optional.of(value)),
            Map.entry("jms.checkClientId", (it, value) -> it.checkClientId = bool(value)),
            Map.entry("jms.prefetch", (it, value) -> it.prefetch = number(value, 1, MAX_PREFETCH)),
            Map.entry("jms.autoDeclare", (it, value) -> it.autoDeclare = bool(value)),
            Map.entry("jms.queueType", (it, value) -> it.queueType = QueuePreset.named(value)),
            Map.entry("jms.topicExchange", (it, value) -> it.topicExchange = value),
            Map.entry(
                    "jms.localRedeliveries", (it, value) -> it.localRedeliveries = number(value, 0, Integer.MAX_VALUE)),
            Map.entry(
                    ObjectPolicy.TRUSTED_CLASSES,
                    (it, value) -> it.objects = it.objects.withTrusted(TrustedClasses.parse(value))),
            Map.entry(
                    "jms.objectMaxDepth",
                    (it, value) -> it.objects = it.objects.withMaxDepth(number(value, 1, MAX_OBJECT_DEPTH))),
            Map.entry(
                    "jms.objectMaxReferences",
                    (it, value) -> it.objects = it.objects.withMaxReferences(number(value, 1, Integer.MAX_VALUE))),
            Map.entry(
                    "jms.objectMaxBytes",
                    (it, value) -> it.objects = it.objects.withMaxBytes(number(value, 1, Integer.MAX_VALUE))),
            Map.entry("jms.wireFormat", (it, value) -> it.wireFormat = WireFormat.named(value)),
            Map.entry("jms.browserMaxMessages", (it, value) -> it.browserMaxMessages = number(value, 1, MAX_PREFETCH)),
            Map.entry("jms.browseAnyQueue", (it, value) -> it.browseAnyQueue = bool(value)),
            Map.entry("jms.selectorHold", (it, value) -> it.selectorHold = number(value, 1, MAX_SELECTOR_HOLD)),
            Map.entry("jms.selectorsOnUnknownQueues", (it, value) -> it.selectorsOnUnknownQueues = bool(value)));

    /** Without recovery: what a session and a temporary queue are after one is not settled yet. */
    static JmsConnectionOptions of(ConnectionOptions amqp) {
        return new JmsConnectionOptions(
                amqp.toBuilder().recovery(RecoveryOptions.off()).build(),
                Optional.empty(),
                true,
                DEFAULT_PREFETCH,
                true,
                QueuePreset.DEFAULT,
                Naming.DEFAULT_TOPIC_EXCHANGE,
                DEFAULT_LOCAL_REDELIVERIES,
                ObjectPolicy.CLOSED,
                WireFormat.PLAIN,
                DEFAULT_BROWSER_MAX_MESSAGES,
                false,
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
        BiConsumer<Draft, String> option = KNOWN.get(equals < 0 ? pair : pair.substring(0, equals));
        if (option == null || equals < 0) {
            throw new IllegalArgumentException("'" + pair + "' is not one of the options "
                    + String.join("=, ", new TreeSet<>(KNOWN.keySet())) + "=");
        }
        // A plus sign is itself in a URI, other than in HTML forms.
        String value = URLDecoder.decode(pair.substring(equals + 1).replace("+", "%2B"), StandardCharsets.UTF_8);
        try {
            return with(it -> option.accept(it, value));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("option " + pair + ": " + e.getMessage(), e);
        }
    }

    Naming naming() {
        return new Naming(topicExchange);
    }

    JmsConnectionOptions withAmqp(ConnectionOptions value) {
        return with(it -> it.amqp = value);
    }

    private JmsConnectionOptions with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.finished();
    }

    /** The options while one of them is changed. */
    private static final class Draft {

        private ConnectionOptions amqp;
        private Optional<String> clientId;
        private boolean checkClientId;
        private int prefetch;
        private boolean autoDeclare;
        private QueuePreset queueType;
        private String topicExchange;
        private int localRedeliveries;
        private ObjectPolicy objects;
        private WireFormat wireFormat;
        private int browserMaxMessages;
        private boolean browseAnyQueue;
        private int selectorHold;
        private boolean selectorsOnUnknownQueues;

        Draft(JmsConnectionOptions from) {
            amqp = from.amqp;
            clientId = from.clientId;
            checkClientId = from.checkClientId;
            prefetch = from.prefetch;
            autoDeclare = from.autoDeclare;
            queueType = from.queueType;
            topicExchange = from.topicExchange;
            localRedeliveries = from.localRedeliveries;
            objects = from.objects;
            wireFormat = from.wireFormat;
            browserMaxMessages = from.browserMaxMessages;
            browseAnyQueue = from.browseAnyQueue;
            selectorHold = from.selectorHold;
            selectorsOnUnknownQueues = from.selectorsOnUnknownQueues;
        }

        JmsConnectionOptions finished() {
            return new JmsConnectionOptions(
                    amqp,
                    clientId,
                    checkClientId,
                    prefetch,
                    autoDeclare,
                    queueType,
                    topicExchange,
                    localRedeliveries,
                    objects,
                    wireFormat,
                    browserMaxMessages,
                    browseAnyQueue,
                    selectorHold,
                    selectorsOnUnknownQueues);
        }
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
