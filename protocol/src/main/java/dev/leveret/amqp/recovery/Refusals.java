package dev.leveret.amqp.recovery;

import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ReplyCode;
import dev.leveret.amqp.api.TopologyEntity;

/** What refusals of a broker mean to who wants to restore something. */
final class Refusals {

    private Refusals() {}

    /**
     * Whether a broker that refuses this may take it later: a queue is locked by a connection that the broker has not given
     * up yet (405), as an exclusive consumer is (403); a queue is on a node that is down, or what it depends on is itself
     * not there yet (404). So may one that does not answer: the leader of a queue may be on a node that stands still.
     */
    static boolean mayPass(TopologyEntity entity, RuntimeException cause) {
        if (cause instanceof AmqpTimeoutException) {
            return true;
        }
        if (!(cause instanceof ChannelClosedException refusal) || !refusal.byBroker()) {
            return false;
        }
        return switch (ReplyCode.of(refusal.replyCode())) {
            case RESOURCE_LOCKED, NOT_FOUND -> true;
            case ACCESS_REFUSED ->
                entity instanceof TopologyEntity.Consumer
                        && refusal.getMessage().contains("exclusive");
            default -> false;
        };
    }
}
