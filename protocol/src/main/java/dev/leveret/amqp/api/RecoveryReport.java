package dev.leveret.amqp.api;

import java.time.Duration;
import java.util.List;

/**
 * What a recovery has brought back.
 *
 * @param outcomes of everything that was to be restored, in the order in which that was tried; copied
 * @param attempts how many rounds over all endpoints it took to connect, 1 or more
 * @param downtime from the loss until calls went on
 * @param republished how many publishes without a confirm were published again
 */
public record RecoveryReport(List<EntityOutcome> outcomes, int attempts, Duration downtime, int republished) {

    public RecoveryReport {
        outcomes = List.copyOf(outcomes);
    }

    /** Whether everything is as it was, or under a new name. */
    public boolean isComplete() {
        return outcomes.stream()
                .allMatch(it ->
                        it.result() == EntityOutcome.Result.RESTORED || it.result() == EntityOutcome.Result.RENAMED);
    }

    /** Those of one kind. */
    public List<EntityOutcome> outcomes(EntityOutcome.Result result) {
        return outcomes.stream().filter(it -> it.result() == result).toList();
    }
}
