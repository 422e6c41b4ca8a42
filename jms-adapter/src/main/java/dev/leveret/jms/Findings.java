package dev.leveret.jms;

import dev.leveret.jms.Diagnosis.Finding;
import dev.leveret.jms.Diagnosis.Severity;
import dev.leveret.jms.broker.AutoDeclare;
import dev.leveret.jms.broker.BrokerFacts;
import dev.leveret.jms.broker.BrokerFacts.Presence;
import dev.leveret.jms.broker.BrokerFacts.QueueFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What facts about a broker mean for applications. */
final class Findings {

    private static final String BROKER = "broker";

    /** A heartbeat beyond which a dead peer is noticed late, in seconds. */
    private static final long LONG_HEARTBEAT = 120;

    private final BrokerFacts facts;
    private final AutoDeclare autoDeclare;
    private final List<Finding> findings = new ArrayList<>();

    Findings(BrokerFacts facts, AutoDeclare autoDeclare) {
        this.facts = facts;
        this.autoDeclare = autoDeclare;
    }

    List<Finding> all() {
        product();
        limits();
        facts.trials().forEach(this::trial);
        plugins();
        facts.queues().forEach(this::queue);
        return findings;
    }

    private void add(Severity severity, String subject, String statement, String advice) {
        findings.add(new Finding(severity, subject, statement, advice));
    }

    private void product() {
        if (!facts.isRabbitMq()) {
            add(
                    Severity.WARNING,
                    BROKER,
                    "it is not RabbitMQ: selectors on queues are refused, client identifiers are not checked, and queues are"
                            + " browsed only with jms.browseAnyQueue=true",
                    "use RabbitMQ where these are needed");
        } else if (facts.returnsAreFree()) {
            add(
                    Severity.FINE,
                    BROKER,
                    "selectors and browsers work on classic and quorum queues, and JMSXDeliveryCount counts real attempts",
                    "");
        } else {
            add(
                    Severity.NOTE,
                    BROKER,
                    "before RabbitMQ 4.3 selectors and browsers work on classic queues only: a quorum queue counts every"
                            + " message that is returned as a failed attempt",
                    "use RabbitMQ 4.3 or later for selectors on quorum queues");
        }
    }

    private void limits() {
        add(
                facts.channels() < 100 ? Severity.WARNING : Severity.FINE,
                "channels",
                "a connection may have " + facts.channels() + ": each consumer takes one, and each session that sends",
                facts.channels() < 100 ? "raise channel_max, or use several connections" : "");
        if (facts.heartbeat().isZero() || facts.heartbeat().toSeconds() > LONG_HEARTBEAT) {
            add(
                    Severity.WARNING,
                    "heartbeat",
                    facts.heartbeat().isZero()
                            ? "there is none: a broker that dies silently is not noticed"
                            : "it is " + facts.heartbeat().toSeconds()
                                    + " s: a broker that dies silently is noticed late",
                    "set heartbeat to 10 to 60 seconds");
        } else {
            add(
                    Severity.FINE,
                    "heartbeat",
                    "a broker that dies silently is noticed within "
                            + facts.heartbeat().multipliedBy(2).toSeconds() + " s",
                    "");
        }
    }

    private void trial(BrokerFacts.Trial trial) {
        if (trial.refusal().isEmpty()) {
            add(Severity.FINE, trial.subject(), "works", "");
            return;
        }
        String refusal = trial.refusal().get();
        if (refusal.contains("NOT_FOUND")) {
            boolean declared = autoDeclare == AutoDeclare.ON;
            add(
                    declared ? Severity.NOTE : Severity.PROBLEM,
                    trial.subject(),
                    "is not there yet; it is for " + trial.purpose(),
                    declared ? "" : "declare the topic exchange, as jms.autoDeclare is not on");
            return;
        }
        add(
                Severity.PROBLEM,
                trial.subject(),
                "refused: " + refusal + "; it is for " + trial.purpose(),
                "grant " + trial.need());
    }

    private void plugins() {
        if (facts.isRabbitMq()) {
            add(
                    Severity.FINE,
                    "plugins",
                    facts.exchangeTypes().isEmpty()
                            ? "none is needed"
                            : "none is needed; " + String.join(" and ", facts.exchangeTypes())
                                    + " may be there for other clients",
                    "");
        }
    }

    // ---- queues ---------------------------------------------------------------------------------------------------

    private void queue(QueueFacts queue) {
        String subject = "queue://" + queue.name();
        if (queue.presence() == Presence.MISSING) {
            boolean declared = autoDeclare == AutoDeclare.ON;
            add(
                    declared ? Severity.NOTE : Severity.PROBLEM,
                    subject,
                    "does not exist" + (declared ? "; it is declared at its first use, as jms.queueType says" : ""),
                    declared
                            ? ""
                            : "declare it, as jms.autoDeclare is "
                                    + autoDeclare.name().toLowerCase(Locale.ROOT));
            return;
        }
        if (queue.presence() == Presence.LOCKED) {
            add(
                    Severity.PROBLEM,
                    subject,
                    "is exclusive to another connection: it can be sent to, and nothing else",
                    "declare it without exclusive");
            return;
        }
        if (queue.type().isEmpty()) {
            add(
                    Severity.WARNING,
                    subject,
                    "its type could not be found out: " + queue.refusal().orElse("")
                            + "; before RabbitMQ 4.3 selectors and" + " browsers are refused then",
                    "grant configure on it to the user who asks, which is not used to change anything");
            return;
        }
        switch (queue.type().get()) {
            case "classic" -> classic(subject, queue);
            case "quorum" -> quorum(subject, queue);
            case "stream" -> stream(subject);
            default -> add(Severity.NOTE, subject, "its type " + queue.type().get() + " is not known here", "");
        }
        arguments(subject, queue);
    }

    private void classic(String subject, QueueFacts queue) {
        add(
                Severity.FINE,
                subject,
                "a classic queue with " + queue.messages() + " messages and " + queue.consumers()
                        + " consumers: selectors and"
                        + " browsers work, what is rolled back keeps its place, JMSXDeliveryCount is exact only within this"
                        + " client",
                "");
        if (queue.durable() && !queue.autoDelete()) {
            add(
                    Severity.NOTE,
                    subject,
                    "is on one node: while that is down the queue cannot be used",
                    "use a quorum queue on a cluster");
        }
        if (!queue.durable()) {
            add(
                    Severity.WARNING,
                    subject,
                    "is not durable: it and its messages, persistent ones too, end with the broker",
                    "declare it durable");
        }
        if (!queue.arguments().containsKey("x-max-priority")) {
            add(Severity.NOTE, subject, "JMSPriority is carried but not obeyed", "declare it with x-max-priority=9");
        }
    }

    private void quorum(String subject, QueueFacts queue) {
        if (facts.returnsAreFree()) {
            add(
                    Severity.FINE,
                    subject,
                    "a quorum queue with " + queue.messages() + " messages and " + queue.consumers()
                            + " consumers: selectors and browsers work, JMSXDeliveryCount counts attempts, priorities are obeyed",
                    "");
        } else {
            add(
                    Severity.NOTE,
                    subject,
                    "a quorum queue with " + queue.messages() + " messages and " + queue.consumers()
                            + " consumers: selectors and browsers are refused on this version, and JMSXDeliveryCount also"
                            + " counts messages that were only returned",
                    "for selectors use a classic queue, or RabbitMQ 4.3 or later");
        }
        boolean deadLetters = queue.arguments().containsKey("x-dead-letter-exchange");
        Object limit = queue.arguments().get("x-delivery-limit");
        boolean defaultLimit = limit == null && !facts.version().startsWith("3.");
        if ((limit != null || defaultLimit) && !deadLetters) {
            add(
                    Severity.WARNING,
                    subject,
                    "a message is dropped after " + (limit == null ? "20 (the default)" : limit)
                            + " failed deliveries, as there is no dead-letter exchange in its arguments; a policy may have one",
                    "set a dead-letter exchange by a policy");
        }
    }

    private void stream(String subject) {
        add(
                Severity.WARNING,
                subject,
                "a stream: what is acknowledged stays, nothing is redelivered, and it cannot be browsed",
                "use a classic or quorum queue for Jakarta Messaging");
    }

    private void arguments(String subject, QueueFacts queue) {
        if (queue.autoDelete() || queue.arguments().containsKey("x-expires")) {
            add(
                    Severity.WARNING,
                    subject,
                    queue.autoDelete()
                            ? "is deleted with its last consumer, and cannot have consumers with selectors"
                            : "is deleted when it has not been used for "
                                    + queue.arguments().get("x-expires") + " ms",
                    "declare it without " + (queue.autoDelete() ? "auto-delete" : "x-expires"));
        }
        boolean bounded = queue.arguments().containsKey("x-max-length")
                || queue.arguments().containsKey("x-max-length-bytes");
        Object overflow = queue.arguments().get("x-overflow");
        if (bounded && (overflow == null || overflow.equals("drop-head"))) {
            add(
                    Severity.WARNING,
                    subject,
                    "drops its oldest messages when it is full, though their sends had succeeded",
                    "declare it with x-overflow=reject-publish, and sends fail instead");
        }
    }
}
