package dev.leveret.amqp.api;

import java.util.Optional;

/**
 * What became of something that was to be restored.
 *
 * @param entity as it was before
 * @param result what became of it
 * @param newName its name from now on, if it is {@link Result#RENAMED}
 * @param cause why it is {@link Result#FAILED}
 */
public record EntityOutcome(
        TopologyEntity entity, Result result, Optional<String> newName, Optional<RuntimeException> cause) {

    /** The kinds of outcome. */
    public enum Result {
        /** It is as it was. */
        RESTORED,
        /** The broker has made up another name for it. */
        RENAMED,
        /** {@link RecoveryOptions#restoring} did not want it. */
        SKIPPED,
        /** It is not there now, and nobody tries any more. */
        FAILED,
        /** It is not there yet: it is tried again, alone, and {@link ConnectionEvent.EntityRetried} tells the end. */
        RETRYING
    }

    public static EntityOutcome restored(TopologyEntity entity) {
        return new EntityOutcome(entity, Result.RESTORED, Optional.empty(), Optional.empty());
    }

    public static EntityOutcome renamed(TopologyEntity entity, String newName) {
        return new EntityOutcome(entity, Result.RENAMED, Optional.of(newName), Optional.empty());
    }

    public static EntityOutcome skipped(TopologyEntity entity) {
        return new EntityOutcome(entity, Result.SKIPPED, Optional.empty(), Optional.empty());
    }

    public static EntityOutcome failed(TopologyEntity entity, RuntimeException cause) {
        return new EntityOutcome(entity, Result.FAILED, Optional.empty(), Optional.of(cause));
    }

    public static EntityOutcome retrying(TopologyEntity entity, RuntimeException cause) {
        return new EntityOutcome(entity, Result.RETRYING, Optional.empty(), Optional.of(cause));
    }

    @Override
    public String toString() {
        return entity.describe() + ": " + result
                + newName.map(it -> " to '" + it + "'").orElse("")
                + cause.map(it -> " (" + it.getMessage() + ")").orElse("");
    }
}
