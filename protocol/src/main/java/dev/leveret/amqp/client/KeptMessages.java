package dev.leveret.amqp.client;

import dev.leveret.amqp.api.OutboundMessage;
import java.util.UUID;

/** Bounds the messages that a connection keeps to publish them again after a loss, and has them recognised when they come twice. */
final class KeptMessages {

    private final long limit;
    /** The event loop's. */
    private long bytes;

    /** @param limit how many bytes may be kept; 0 for none */
    KeptMessages(long limit) {
        this.limit = limit;
    }

    /**
     * Takes some of the bytes; on the event loop.
     *
     * @return whether there were as many left
     */
    boolean take(int count) {
        if (bytes + count > limit) {
            return false;
        }
        bytes += count;
        return true;
    }

    /** Gives bytes back that were taken; on the event loop. */
    void release(int count) {
        bytes -= count;
    }

    /** A message that can be recognised when it comes twice. Any thread may ask. */
    OutboundMessage identified(OutboundMessage message) {
        if (limit == 0 || message.properties().messageId() != null) {
            return message;
        }
        return message.withProperties(message.properties().toBuilder()
                .messageId(UUID.randomUUID().toString())
                .build());
    }
}
