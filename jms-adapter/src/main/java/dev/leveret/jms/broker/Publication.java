package dev.leveret.jms.broker;

import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.jms.destination.JmsDestination;
import dev.leveret.jms.wire.OutboundMapping;
import java.util.Optional;

/**
 * A message ready to be published; nothing done to the application's message changes it any more.
 *
 * @param persistent whether the sender wants to know that the broker has it
 * @param due when it may be delivered, if not at once
 */
public record Publication(JmsDestination destination, boolean persistent, OutboundMessage message, Optional<Due> due) {

    /** Addresses an encoded message. */
    public static Publication of(
            JmsDestination destination,
            boolean persistent,
            OutboundMapping.Encoded encoded,
            Naming naming,
            Optional<Due> due) {
        // A message to a topic without subscribers is nobody's, as it should be. A requester that waits on direct
        // reply-to
        // is no queue: older brokers return what they have delivered to it.
        boolean mandatory = destination.isQueue() && !Naming.isDirectReplyTo(destination);
        return new Publication(
                destination,
                persistent,
                new OutboundMessage(
                        naming.exchangeOf(destination),
                        destination.name(),
                        mandatory,
                        encoded.properties(),
                        encoded.body()),
                due);
    }

    /** What an exception says was being done. */
    String doing() {
        return "sending to " + destination;
    }
}
