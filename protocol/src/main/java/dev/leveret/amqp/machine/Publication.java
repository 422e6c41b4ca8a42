package dev.leveret.amqp.machine;

import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishResult;

/** A publish whose result somebody waits for. */
public interface Publication {

    /** What is published; kept until the result is known, to recognise it should the broker return it. */
    OutboundMessage message();

    /** Called once, on the event loop; must neither block nor throw. */
    void onResult(PublishResult result);
}
