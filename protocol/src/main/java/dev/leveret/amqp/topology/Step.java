package dev.leveret.amqp.topology;

import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.TopologyEntity;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One request about one entity.
 *
 * @param request asks for it
 */
record Step(TopologyEntity entity, Function<AsyncChannel, ? extends CompletableFuture<?>> request) {

    /**
     * What became of it.
     *
     * @param fate whether it was asked and answered
     * @param value what the broker answered, if that was no refusal
     * @param cause why it is not {@link Fate#DONE}
     */
    record Answer(
            TopologyEntity entity,
            Fate fate,
            @Nullable Object value,
            @Nullable RuntimeException cause) {

        static Answer done(TopologyEntity entity, @Nullable Object value) {
            return new Answer(entity, Fate.DONE, value, null);
        }

        static Answer without(TopologyEntity entity, Fate fate, RuntimeException cause) {
            return new Answer(entity, fate, null, cause);
        }

        /** The cause of what is not done. */
        RuntimeException reason() {
            if (cause == null) {
                throw new IllegalStateException(entity.describe() + " is done");
            }
            return cause;
        }
    }

    /** Whether a step was asked and answered. */
    enum Fate {
        DONE,
        REFUSED,
        UNANSWERED,
        NOT_ASKED
    }
}
