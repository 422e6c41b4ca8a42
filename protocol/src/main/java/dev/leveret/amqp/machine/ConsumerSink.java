package dev.leveret.amqp.machine;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.wire.BasicMethod;
import org.jspecify.annotations.Nullable;

/** Where a consumer's deliveries go. Called on the event loop; must neither block nor throw. */
public interface ConsumerSink {

    /**
     * One delivery.
     *
     * @param deliver who and where from
     * @param properties the encoded properties, known to be well formed
     * @param body the payload
     */
    void onDelivery(BasicMethod.Deliver deliver, byte[] properties, byte[] body);

    /** What had arrived together has been handed over. */
    void onBatchEnd();

    /** The channel is being closed by this side: what still arrives is discarded. {@link #onEnd} will follow. */
    void onClosing();

    /** The broker, which had cancelled it, has let go of it: its tag is free. After {@link #onEnd}. */
    default void onReleased() {}

    /** No delivery will come any more; without a cause when the consumer was cancelled by its user. Called once. */
    void onEnd(@Nullable AmqpException cause);
}
