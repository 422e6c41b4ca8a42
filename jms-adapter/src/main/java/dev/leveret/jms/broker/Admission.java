package dev.leveret.jms.broker;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.jms.selector.Selector;
import dev.leveret.jms.wire.Origin;
import dev.leveret.jms.wire.SelectableDelivery;
import java.util.Optional;

/**
 * Which messages of its destination a consumer wants. Neither AMQP 0-9-1 nor RabbitMQ without plugins looks into messages for
 * a consumer, so it is this side that does.
 *
 * @param selector that they must match
 * @param notFrom whose messages it does not want: {@code noLocal}
 */
public record Admission(Optional<Selector> selector, Optional<Origin> notFrom) {

    /** Everything. */
    public static final Admission ALL = new Admission(Optional.empty(), Optional.empty());

    boolean admits(Delivery delivery) {
        if (selector.isEmpty() && notFrom.isEmpty()) {
            return true;
        }
        BasicProperties properties = delivery.properties();
        return notFrom.filter(it -> it.sent(properties)).isEmpty()
                && selector.map(it -> it.matches(new SelectableDelivery(properties)))
                        .orElse(true);
    }
}
