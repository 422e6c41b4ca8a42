package dev.leveret.jms.broker;

import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.RecoveryOptions;
import jakarta.jms.JMSException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Finds out what a broker can do by trying it, and asks about queues. What it makes is exclusive to its connection and ends with
 * it; of what is there nothing is changed, and no message is taken or sent where others see it.
 */
public final class Examination {

    /** Exchanges that plugins bring, which other JMS clients need and this one does not. */
    private static final List<String> PLUGIN_TYPES = List.of("x-delayed-message", "x-jms-topic");

    private static final String ON_OWN_NAMES = "configure, write and read on ^jms\\.";

    private final Connector connector;
    private final ConnectionOptions options;
    private final Naming naming;
    private final BrokerLink link;
    private final String queue = Naming.newTemporaryQueue();
    private final List<BrokerFacts.Trial> trials = new ArrayList<>();

    private Examination(Connector connector, ConnectionOptions options, Naming naming, BrokerLink link) {
        this.connector = connector;
        this.options = options;
        this.naming = naming;
        this.link = link;
    }

    /**
     * Examines a broker and some of its queues; waits.
     *
     * @throws JMSException if it cannot be reached, or the connection is lost
     */
    public static BrokerFacts of(
            Connector connector, ConnectionOptions options, Naming naming, Collection<String> queues)
            throws JMSException {
        // What a refusal closes is not to come back and be refused again.
        ConnectionOptions once =
                options.toBuilder().recovery(RecoveryOptions.off()).build();
        BrokerLink link = BrokerLink.open(connector, once);
        try {
            return new Examination(connector, once, naming, link).facts(queues);
        } finally {
            link.close();
        }
    }

    private BrokerFacts facts(Collection<String> queues) throws JMSException {
        tryOut();
        List<BrokerFacts.QueueFacts> found = new ArrayList<>();
        for (String each : queues) {
            found.add(QueueExamination.examine(link, each));
        }
        return new BrokerFacts(
                link.serverInfo().product(),
                link.serverInfo().version(),
                link.isRabbitMq(),
                link.nackIsFree(),
                link.negotiated().channelMax(),
                link.negotiated().heartbeat(),
                List.copyOf(trials),
                exchangeTypes(),
                found);
    }

    private void tryOut() throws JMSException {
        trial(
                "temporary queues",
                "createTemporaryQueue, and with it request and reply",
                ON_OWN_NAMES,
                it -> it.declareQueue(new QueueSpec(queue, false, true, false, Map.of())));
        trial(
                "sending",
                "sending to queues; the broker has to confirm what it took",
                "write on amq.default",
                it -> it.publish(OutboundMessage.toQueue(queue, new byte[0])));
        trial("receiving", "receiving", ON_OWN_NAMES, it -> it.get(queue, true));
        if (link.isRabbitMq()) {
            trial(
                    "client identifiers",
                    "setClientID, unless jms.checkClientId is false",
                    ON_OWN_NAMES,
                    it -> it.declareQueue(new QueueSpec(
                            Naming.clientIdentifierQueue(UUID.randomUUID().toString()), false, true, false, Map.of())));
        }
        trial(
                "the exchange " + naming.topicExchange(),
                "topics; it is declared when it is first used, if jms.autoDeclare is on",
                "configure on " + naming.topicExchange() + " to declare it",
                it -> it.declareExchangePassive(naming.topicExchange()));
        trial(
                "subscribing",
                "consumers of topics",
                ON_OWN_NAMES + " and read on " + naming.topicExchange(),
                it -> it.bind(BindingSpec.toQueue(naming.topicExchange(), queue, queue)));
    }

    private void trial(String subject, String purpose, String need, Function<AsyncChannel, CompletableFuture<?>> how)
            throws JMSException {
        Optional<String> refusal = Optional.empty();
        try {
            link.onSpareChannel(subject, it -> how.apply(it).thenApply(ignored -> true));
        } catch (JMSException e) {
            if (!link.isOpen()) {
                throw e;
            }
            refusal = Optional.of(String.valueOf(e.getMessage()));
        }
        trials.add(new BrokerFacts.Trial(subject, purpose, refusal, need));
    }

    /** Brokers before 3.13 close the connection over a type that they do not have, so each is asked for on one of its own. */
    private Set<String> exchangeTypes() throws JMSException {
        Set<String> types = new TreeSet<>();
        if (!link.isRabbitMq()) {
            return types;
        }
        for (String type : PLUGIN_TYPES) {
            BrokerLink own = BrokerLink.open(connector, options);
            String name = Naming.newTemporaryTopic();
            try {
                own.onSpareChannel(
                        "asking for exchanges of type " + type,
                        it -> it.declareExchange(
                                new ExchangeSpec(name, type, false, true, false, Map.of("x-delayed-type", "direct"))));
                own.onSpareChannel("deleting an exchange", it -> it.deleteExchange(name));
                types.add(type);
            } catch (JMSException e) {
                // It has none of that type; or may not be asked, and then it is of no use to us either.
            } finally {
                if (own.isOpen()) {
                    own.close();
                }
            }
        }
        return types;
    }
}
