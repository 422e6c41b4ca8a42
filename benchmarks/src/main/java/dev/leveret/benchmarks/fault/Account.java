package dev.leveret.benchmarks.fault;

import java.util.ArrayList;
import java.util.List;

/**
 * What a ledger adds up to.
 *
 * @param ids messages
 * @param publishes of them, those again included
 * @param confirms verdicts: the broker has it
 * @param negatives verdicts: the broker does not have it
 * @param unknowns verdicts: it may or may not
 * @param secondVerdicts verdicts on publishes that had one
 * @param confirmedIds messages with a confirm
 * @param again publishes of a message after its first
 * @param deliveries of messages, those again included
 * @param deliveredIds messages that were delivered
 * @param duplicates deliveries of a message after its first
 * @param markedDeliveries deliveries that said that they may be one again
 * @param unexplained deliveries more than there were publishes, without that mark
 * @param silentlyGone messages without verdict and delivery
 * @param lost messages that were confirmed and not delivered
 * @param neverPublished messages that were delivered and never published
 * @param deliveredWithoutVerdict messages that were delivered and about which nothing was said
 * @param unexplainedIds messages with unexplained deliveries
 */
record Account(
        long ids,
        long publishes,
        long confirms,
        long negatives,
        long unknowns,
        long secondVerdicts,
        long confirmedIds,
        long again,
        long deliveries,
        long deliveredIds,
        long duplicates,
        long markedDeliveries,
        long unexplained,
        long silentlyGone,
        List<Long> lost,
        List<Long> neverPublished,
        List<Long> deliveredWithoutVerdict,
        List<Long> unexplainedIds) {

    private static final int EXAMPLES = 5;

    Account {
        lost = List.copyOf(lost);
        neverPublished = List.copyOf(neverPublished);
        deliveredWithoutVerdict = List.copyOf(deliveredWithoutVerdict);
        unexplainedIds = List.copyOf(unexplainedIds);
    }

    /** Publishes without verdict. */
    long unanswered() {
        return publishes - confirms - negatives - unknowns;
    }

    /** Violations by which messages were lost, or appeared, without anybody being told. */
    List<String> wrong() {
        List<String> wrong = new ArrayList<>();
        add(wrong, lost, "confirmed messages were not delivered");
        add(wrong, neverPublished, "messages were delivered that were never published");
        add(wrong, unexplainedIds, "messages were delivered more often than published, and did not say so");
        if (secondVerdicts > 0) {
            wrong.add(secondVerdicts + " publishes got a second verdict");
        }
        return wrong;
    }

    /** Violations by which a client did not say what became of a publish. */
    List<String> silence() {
        List<String> silence = new ArrayList<>();
        if (unanswered() != 0) {
            silence.add(unanswered() + " publishes never got a verdict");
        }
        add(silence, deliveredWithoutVerdict, "of the messages about which nothing was said were delivered");
        return silence;
    }

    private static void add(List<String> violations, List<Long> ids, String what) {
        if (!ids.isEmpty()) {
            violations.add(ids.size() + " " + what + ", such as " + ids.subList(0, Math.min(EXAMPLES, ids.size())));
        }
    }
}
