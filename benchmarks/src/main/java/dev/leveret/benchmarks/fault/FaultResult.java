package dev.leveret.benchmarks.fault;

import java.util.ArrayList;
import java.util.List;

/**
 * What came out for one client.
 *
 * @param client its name
 * @param broker the broker's name and release
 * @param workload what was published
 * @param account what became of it
 * @param faults what was broken
 * @param nanos how long was published
 * @param before what the process held before the client's first connection
 * @param start before the first fault
 * @param end after the last one, with as many connections
 * @param after when they were closed
 * @param thrown publishes that threw
 * @param notes what took too long
 */
record FaultResult(
        String client,
        String broker,
        Workload workload,
        Account account,
        List<Broken> faults,
        long nanos,
        Footprint before,
        Footprint start,
        Footprint end,
        Footprint after,
        long thrown,
        List<String> notes) {

    /**
     * One fault.
     *
     * @param number from 1
     * @param fault what was to happen
     * @param damage what happened
     * @param rateBefore confirmed messages per second
     * @param rateAfter the same when all publishers and consumers were back
     * @param publishers nanoseconds from the fault until each publisher had a publish confirmed that it began after it; -1:
     *     not all had
     * @param consumers nanoseconds from the fault until each consumer got a message that was first published after it; -1:
     *     not all did
     */
    record Broken(
            int number,
            Fault fault,
            Target.Damage damage,
            long rateBefore,
            long rateAfter,
            long publishers,
            long consumers) {}

    /**
     * What must not be.
     *
     * @param strictly whether publishes without verdict and what did not go on are among it, not only what is wrong with
     *     messages
     */
    List<String> violations(boolean strictly) {
        List<String> violations = new ArrayList<>(account.wrong());
        if (strictly) {
            violations.addAll(account.silence());
            violations.addAll(notes);
        }
        return violations;
    }
}
