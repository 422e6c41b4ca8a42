package dev.leveret.benchmarks.client;

/** Times in nanoseconds, in buckets that are at most 1/64 of their value wide. */
public final class Latencies {

    private static final int BITS = 6;
    private static final int PER_POWER = 1 << BITS;

    private final long[] buckets = new long[PER_POWER * (Long.SIZE - BITS)];
    private long count;

    /** Adds one. */
    public void add(long nanos) {
        buckets[bucket(Math.max(nanos, 0))]++;
        count++;
    }

    /** The time in microseconds that this part of all, 0..1, did not exceed. */
    public double micros(double part) {
        long wanted = (long) Math.ceil(part * count);
        long seen = 0;
        for (int i = 0; i < buckets.length; i++) {
            seen += buckets[i];
            if (seen >= wanted && seen > 0) {
                return upperEnd(i) / 1e3;
            }
        }
        return 0;
    }

    private static int bucket(long value) {
        int shift = Math.max(0, Long.SIZE - BITS - 1 - Long.numberOfLeadingZeros(value | 1));
        return shift * PER_POWER + (int) (value >>> shift);
    }

    private static long upperEnd(int bucket) {
        int shift = Math.max(0, bucket / PER_POWER - 1);
        return ((long) (bucket - shift * PER_POWER) + 1) << shift;
    }
}
