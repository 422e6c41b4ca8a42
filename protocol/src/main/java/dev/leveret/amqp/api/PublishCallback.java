package dev.leveret.amqp.api;

/** Is told what became of a publish: see {@link AsyncChannel#publish(OutboundMessage, PublishCallback)}. */
@FunctionalInterface
public interface PublishCallback {

    /**
     * Whether the message is still to be sent. Asked on the event loop immediately before it is written, be it at once, after
     * having waited for a connection that was lost, or for the second time ({@link RecoveryOptions#withRepublishing}). If
     * not, the message is withdrawn: {@link #onResult} is told what is known, {@link PublishResult.Rejected} unless it had
     * been written before.
     */
    default boolean isWanted() {
        return true;
    }

    /** Called once, on the connection's event loop: it must not block. What it throws is logged. */
    void onResult(PublishResult result);
}
