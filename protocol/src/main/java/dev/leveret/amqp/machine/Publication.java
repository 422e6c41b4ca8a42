package dev.leveret.amqp.machine;

import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishResult;

/** A publish whose result somebody waits for. */
public interface Publication {

    /** What is published; kept until the result is known, to recognise it should the broker return it. */
    OutboundMessage message();

    /** Whether it is still to be written; for who holds it back until then, on the event loop. */
    default boolean isWanted() {
        return true;
    }

    /** Called once, on the event loop; must neither block nor throw. */
    void onResult(PublishResult result);
}
