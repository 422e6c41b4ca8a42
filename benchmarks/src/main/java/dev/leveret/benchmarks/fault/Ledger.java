package dev.leveret.benchmarks.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What became of every message, by its number: how often it was published and delivered, and what was said about it. A
 * message may be published again after its publish was not confirmed. Takes 8 bytes per message; any thread may write.
 */
final class Ledger {

    // One long per message: counters that stop at their largest value, then flags.
    private static final Counter PUBLISHED = new Counter(0, 20);
    private static final Counter UNMARKED = new Counter(20, 16);
    private static final Counter MARKED = new Counter(36, 16);
    private static final long CONFIRMED = 1L << 52;
    private static final long NEGATIVE = 1L << 53;
    private static final long UNKNOWN = 1L << 54;

    /** Small enough for a collector not to give each page regions of its own, rounded up. */
    private static final int PAGE_BITS = 14;

    private static final int PAGE = 1 << PAGE_BITS;

    private final AtomicReferenceArray<@Nullable AtomicLongArray> pages = new AtomicReferenceArray<>(1 << 16);
    private final LongAdder publishes = new LongAdder();
    private final LongAdder confirms = new LongAdder();
    private final LongAdder negatives = new LongAdder();
    private final LongAdder unknowns = new LongAdder();
    private final LongAdder secondVerdicts = new LongAdder();
    private final LongAdder deliveries = new LongAdder();
    private final LongAdder confirmedIds = new LongAdder();
    private final LongAdder deliveredIds = new LongAdder();

    /** The message is about to be published, for the first time or again. */
    void publish(long id) {
        publishes.increment();
        update(id, PUBLISHED::increment);
    }

    void confirmed(long id) {
        confirms.increment();
        if ((update(id, it -> it | CONFIRMED) & CONFIRMED) == 0) {
            confirmedIds.increment();
        }
    }

    void negative(long id) {
        negatives.increment();
        update(id, it -> it | NEGATIVE);
    }

    void unknown(long id) {
        unknowns.increment();
        update(id, it -> it | UNKNOWN);
    }

    /** A publish got a verdict after it had one. */
    void secondVerdict() {
        secondVerdicts.increment();
    }

    void delivered(long id, boolean marked) {
        deliveries.increment();
        long before = update(id, marked ? MARKED::increment : UNMARKED::increment);
        if (!wasDelivered(before)) {
            deliveredIds.increment();
        }
    }

    /** How many messages have been confirmed. */
    long confirmedIds() {
        return confirmedIds.sum();
    }

    /** How many messages have been delivered, once at least. */
    long deliveredIds() {
        return deliveredIds.sum();
    }

    /** How many publishes have no verdict yet. */
    long unanswered() {
        return publishes.sum() - confirms.sum() - negatives.sum() - unknowns.sum();
    }

    boolean allConfirmedWereDelivered() {
        for (long id = 0, end = end(); id < end; id++) {
            long entry = entry(id);
            if ((entry & CONFIRMED) != 0 && !wasDelivered(entry)) {
                return false;
            }
        }
        return true;
    }

    /** The account; to be called when nobody writes any more. */
    Account close() {
        long ids = 0;
        long silent = 0;
        long again = 0;
        long duplicates = 0;
        long markedDuplicates = 0;
        long unexplained = 0;
        List<Long> lost = new ArrayList<>();
        List<Long> neverPublished = new ArrayList<>();
        List<Long> unasked = new ArrayList<>();
        List<Long> unmarked = new ArrayList<>();
        for (long id = 0, end = end(); id < end; id++) {
            long entry = entry(id);
            if (entry == 0) {
                continue;
            }
            ids++;
            long published = PUBLISHED.of(entry);
            long plain = UNMARKED.of(entry);
            boolean verdict = (entry & (CONFIRMED | NEGATIVE | UNKNOWN)) != 0;
            again += Math.max(0, published - 1);
            duplicates += Math.max(0, plain + MARKED.of(entry) - 1);
            markedDuplicates += MARKED.of(entry);
            if ((entry & CONFIRMED) != 0 && !wasDelivered(entry)) {
                lost.add(id);
            }
            if (wasDelivered(entry) && published == 0) {
                neverPublished.add(id);
            } else if (wasDelivered(entry) && !verdict) {
                unasked.add(id);
            }
            if (!wasDelivered(entry) && !verdict) {
                silent++;
            }
            // Each publish puts one copy into the queue; a copy more has to say that it is one.
            if (plain > published && published > 0) {
                unmarked.add(id);
                unexplained += plain - published;
            }
        }
        return new Account(
                ids,
                publishes.sum(),
                confirms.sum(),
                negatives.sum(),
                unknowns.sum(),
                secondVerdicts.sum(),
                confirmedIds.sum(),
                again,
                deliveries.sum(),
                deliveredIds.sum(),
                duplicates,
                markedDuplicates,
                unexplained,
                silent,
                lost,
                neverPublished,
                unasked,
                unmarked);
    }

    private static boolean wasDelivered(long entry) {
        return UNMARKED.of(entry) + MARKED.of(entry) > 0;
    }

    private long entry(long id) {
        AtomicLongArray page = pages.get((int) (id >>> PAGE_BITS));
        return page == null ? 0 : page.get((int) (id & (PAGE - 1)));
    }

    /** How large it is, about. */
    long bytes() {
        return IntStream.range(0, pages.length())
                        .filter(it -> pages.get(it) != null)
                        .count()
                * PAGE
                * Long.BYTES;
    }

    /** Above all numbers there are. */
    private long end() {
        int page = pages.length();
        while (page > 0 && pages.get(page - 1) == null) {
            page--;
        }
        return (long) page << PAGE_BITS;
    }

    /** What was there before. */
    private long update(long id, LongUnaryOperator change) {
        int number = Math.toIntExact(id >>> PAGE_BITS);
        if (id < 0 || number >= pages.length()) {
            throw new IllegalArgumentException("id is no message's: " + id);
        }
        AtomicLongArray page = pages.get(number);
        if (page == null) {
            pages.compareAndSet(number, null, new AtomicLongArray(PAGE));
            page = pages.get(number);
        }
        if (page == null) {
            throw new IllegalStateException("page " + number + " is gone");
        }
        return page.getAndUpdate((int) (id & (PAGE - 1)), change);
    }

    private record Counter(int shift, int bits) {

        long of(long entry) {
            return entry >>> shift & max();
        }

        long increment(long entry) {
            return of(entry) == max() ? entry : entry + (1L << shift);
        }

        private long max() {
            return (1L << bits) - 1;
        }
    }
}
