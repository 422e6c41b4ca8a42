package dev.leveret.benchmarks.stub;

/** Which tags have been settled, singly or all up to one: counts each once, and refuses to count one twice. */
public final class TagLedger {

    private static final int SPAN = 1 << 16;

    private final boolean[] settled = new boolean[SPAN]; // of the tags above `complete`
    private long complete;
    private long count;

    /** Settles a tag, or all up to it, and returns how many that were. */
    public long settle(long tag, boolean multiple) {
        if (tag <= complete || tag - complete > SPAN || (!multiple && settled[slot(tag)])) {
            throw new IllegalStateException("tag " + tag + " settled again or too far ahead of " + complete);
        }
        long before = count;
        if (multiple) {
            while (complete < tag) {
                advance();
            }
        } else {
            settled[slot(tag)] = true;
            count++;
        }
        while (settled[slot(complete + 1)]) {
            advance();
        }
        return count - before;
    }

    /** How many tags have been settled. */
    public long count() {
        return count;
    }

    private void advance() {
        int slot = slot(++complete);
        if (!settled[slot]) {
            count++;
        }
        settled[slot] = false;
    }

    private static int slot(long tag) {
        return (int) (tag & (SPAN - 1));
    }
}
