package dev.leveret.amqp.api;

/** Is told what became of a publish: see {@link AsyncChannel#publish(OutboundMessage, PublishCallback)}. */
@FunctionalInterface
public interface PublishCallback {

    /** Called once, on the connection's event loop: it must not block. What it throws is logged. */
    void onResult(PublishResult result);
}
