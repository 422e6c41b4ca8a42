package dev.leveret.jms;

import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.BlockedPolicy;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.RecoveryOptions;
import dev.leveret.jms.broker.AutoDeclare;
import dev.leveret.jms.broker.Naming;
import dev.leveret.jms.broker.QueuePreset;
import dev.leveret.jms.message.ObjectPolicy;
import dev.leveret.jms.message.TrustedClasses;
import dev.leveret.jms.wire.WireFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

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
 *   <tr><td>{@code jms.userId}</td><td>none</td><td>the user that messages name as their sender, {@code JMSXUserID}; RabbitMQ
 *       refuses messages that name another than the connection's</td></tr>
 *   <tr><td>{@code jms.prefetch}</td><td>100</td><td>how many messages a consumer may have unsettled, 1 to 65535</td></tr>
 *   <tr><td>{@code jms.autoDeclare}</td><td>on</td><td>whether a missing queue or the topic exchange is declared at its first
 *       use: {@code on}; {@code off}: using it fails; {@code passive}: it is looked up at its first use, which fails also for
 *       a message that nobody confirms. {@code true} and {@code false} are on and off</td></tr>
 *   <tr><td>{@code jms.queueType}</td><td>default</td><td>how such a queue is declared: {@code default} (as the virtual host
 *       prefers), {@code classic}, {@code quorum}; always durable</td></tr>
 *   <tr><td>{@code jms.topicExchange}</td><td>jms.durable.topic</td><td>the topic exchange that topics live on</td></tr>
 *   <tr><td>{@code jms.localRedeliveries}</td><td>5</td><td>how often a message that is rolled back, recovered, or whose
 *       listener throws is delivered again from here before it returns to its queue; 0: it returns at once</td></tr>
 *   <tr><td>{@code jms.amqpTransactions}</td><td>false</td><td>whether what a transacted session sends goes to the broker at
 *       once, in a transaction of AMQP's, or is kept here until the commit</td></tr>
 *   <tr><td>{@code jms.outageWait}</td><td>{@code request_timeout}</td><td>how long after the loss of the connection calls
 *       wait for it before they fail, in milliseconds, {@code request_timeout} at most; 0: they fail at once</td></tr>
 *   <tr><td>{@code jms.giveUpAfter}</td><td>never</td><td>after how long a lost connection that could not be recovered ends,
 *       and the {@code ExceptionListener} is told, in milliseconds; {@code recovery=off} ends it at once</td></tr>
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
        Optional<String> userId,
        int prefetch,
        AutoDeclare autoDeclare,
        QueuePreset queueType,
        String topicExchange,
        int localRedeliveries,
        boolean amqpTransactions,
        ObjectPolicy objects,
        WireFormat wireFormat,
        int browserMaxMessages,
        boolean browseAnyQueue,
        int selectorHold,
        boolean selectorsOnUnknownQueues) {

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
            Map.entry("jms.userId", (it, value) -> it.userId = Optional.of(value)),
            Map.entry("jms.prefetch", (it, value) -> it.prefetch = number(value, 1, MAX_PREFETCH)),
            Map.entry("jms.autoDeclare", (it, value) -> it.autoDeclare = AutoDeclare.named(value)),
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
            Map.entry("jms.amqpTransactions", (it, value) -> it.amqpTransactions = bool(value)),
            Map.entry("jms.outageWait", (it, value) -> {
                Duration wait = millis(value, 0);
                it.recovery(old -> old.withCallsMeanwhile(BlockedPolicy.waitUpTo(wait)));
            }),
            Map.entry("jms.giveUpAfter", (it, value) -> {
                Duration limit = millis(value, 1);
                it.recovery(old -> old.withGivingUpAfter(limit));
            }),
            Map.entry("jms.wireFormat", (it, value) -> it.wireFormat = WireFormat.named(value)),
            Map.entry("jms.browserMaxMessages", (it, value) -> it.browserMaxMessages = number(value, 1, MAX_PREFETCH)),
            Map.entry("jms.browseAnyQueue", (it, value) -> it.browseAnyQueue = bool(value)),
            Map.entry("jms.selectorHold", (it, value) -> it.selectorHold = number(value, 1, MAX_SELECTOR_HOLD)),
            Map.entry("jms.selectorsOnUnknownQueues", (it, value) -> it.selectorsOnUnknownQueues = bool(value)));

    static JmsConnectionOptions of(ConnectionOptions amqp) {
        return new JmsConnectionOptions(
                withPatience(amqp),
                Optional.empty(),
                true,
                Optional.empty(),
                DEFAULT_PREFETCH,
                AutoDeclare.ON,
                QueuePreset.DEFAULT,
                Naming.DEFAULT_TOPIC_EXCHANGE,
                DEFAULT_LOCAL_REDELIVERIES,
                false,
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
        return read(own -> AmqpUri.parse(uri, own));
    }

    /**
     * Reads settings by the names that {@link ConnectionOptions#from(Map, String)} knows, and the provider's own.
     *
     * @throws IllegalArgumentException as {@link #parse}
     */
    static JmsConnectionOptions from(Map<String, String> settings) {
        return read(own -> ConnectionOptions.from(settings, "", own));
    }

    /**
     * Options of a connection that is described already, with settings of the provider's own.
     *
     * @throws IllegalArgumentException as {@link #parse}
     */
    static JmsConnectionOptions from(ConnectionOptions amqp, Map<String, String> settings) {
        return read(own -> {
            ConnectionOptions.from(settings, "", own);
            return amqp.toBuilder();
        });
    }

    /** Lets the AMQP client read options, which have one table with the provider's own. */
    private static JmsConnectionOptions read(
            Function<Map<String, Consumer<String>>, ConnectionOptions.Builder> source) {
        Draft trial = new Draft(of(ConnectionOptions.builder().build()));
        List<Consumer<Draft>> changes = new ArrayList<>();
        Map<String, Consumer<String>> own = new LinkedHashMap<>();
        KNOWN.forEach((name, setter) -> own.put(name, value -> {
            setter.accept(trial, value);
            changes.add(it -> setter.accept(it, value));
        }));
        // Ours behind the others, as some of ours change what those have said.
        Draft draft = new Draft(of(source.apply(own).build()));
        changes.forEach(it -> it.accept(draft));
        return draft.finished();
    }

    /** The names of the provider's own options. */
    static Set<String> names() {
        return KNOWN.keySet();
    }

    /**
     * Calls wait for a lost connection no longer than for an answer: otherwise those who wait would give up before they are
     * told that nothing was sent.
     */
    private static ConnectionOptions withPatience(ConnectionOptions amqp) {
        Duration longest = amqp.requestTimeout();
        Duration wanted = amqp.recovery().callsMeanwhile().patience().orElse(longest);
        return wanted.compareTo(longest) < 0
                ? amqp
                : withRecovery(amqp, it -> it.withCallsMeanwhile(BlockedPolicy.waitUpTo(longest)));
    }

    private static ConnectionOptions withRecovery(ConnectionOptions amqp, UnaryOperator<RecoveryOptions> change) {
        return amqp.toBuilder().recovery(change.apply(amqp.recovery())).build();
    }

    Naming naming() {
        return new Naming(topicExchange);
    }

    JmsConnectionOptions withAmqp(ConnectionOptions value) {
        return with(it -> it.amqp = value);
    }

    /** The same for another user, whom messages name then if they name one. */
    JmsConnectionOptions as(String userName) {
        return with(it -> it.userId = it.userId.map(ignored -> userName));
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
        private Optional<String> userId;
        private int prefetch;
        private AutoDeclare autoDeclare;
        private QueuePreset queueType;
        private String topicExchange;
        private int localRedeliveries;
        private boolean amqpTransactions;
        private UnaryOperator<RecoveryOptions> recovery = it -> it;
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
            userId = from.userId;
            prefetch = from.prefetch;
            autoDeclare = from.autoDeclare;
            queueType = from.queueType;
            topicExchange = from.topicExchange;
            localRedeliveries = from.localRedeliveries;
            amqpTransactions = from.amqpTransactions;
            objects = from.objects;
            wireFormat = from.wireFormat;
            browserMaxMessages = from.browserMaxMessages;
            browseAnyQueue = from.browseAnyQueue;
            selectorHold = from.selectorHold;
            selectorsOnUnknownQueues = from.selectorsOnUnknownQueues;
        }

        /** Changes the recovery of whatever connection it will be. */
        private void recovery(UnaryOperator<RecoveryOptions> change) {
            UnaryOperator<RecoveryOptions> before = recovery;
            recovery = it -> change.apply(before.apply(it));
        }

        JmsConnectionOptions finished() {
            return new JmsConnectionOptions(
                    withPatience(withRecovery(amqp, recovery)),
                    clientId,
                    checkClientId,
                    userId,
                    prefetch,
                    autoDeclare,
                    queueType,
                    topicExchange,
                    localRedeliveries,
                    amqpTransactions,
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

    private static Duration millis(String text, int min) {
        return Duration.ofMillis(number(text, min, Integer.MAX_VALUE));
    }

    private static boolean bool(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException("neither true nor false");
        }
        return text.equals("true");
    }
}
