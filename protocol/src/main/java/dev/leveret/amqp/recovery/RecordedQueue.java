package dev.leveret.amqp.recovery;

import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.QueueType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A queue of a {@link TopologyRecorder}. */
final class RecordedQueue {

    private static final int MAX_FORMER_NAMES = 16;

    /** So that differences to any other time stay meaningful. */
    private static final long LONGEST = Long.MAX_VALUE / 4;

    /** Tells apart those that expire at the same time. */
    final long sequence;

    QueueSpec spec;
    String name;
    /** Oldest first. */
    final List<String> formerNames = new ArrayList<>(0);
    /** When it expires unless it is used; without meaning while it does not. */
    long expiresAt;

    private long lastUse;

    RecordedQueue(long sequence, QueueSpec spec, String name) {
        this.sequence = sequence;
        this.spec = spec;
        this.name = name;
    }

    static int compareExpiry(RecordedQueue a, RecordedQueue b) {
        int byTime = Long.signum(a.expiresAt - b.expiresAt);
        return byTime != 0 ? byTime : Long.compare(a.sequence, b.sequence);
    }

    boolean expires() {
        return expiry() > 0;
    }

    /** Measured: a declaration is use of a classic queue, not of a quorum queue. */
    boolean isUsedByDeclaring() {
        return !QueueType.QUORUM.argument().equals(spec.arguments().get("x-queue-type"));
    }

    void used(long now) {
        lastUse = now;
        count();
    }

    /** Counts anew from the last use: the specification may be another one. */
    void count() {
        expiresAt = lastUse + expiry();
    }

    /**
     * Takes another name.
     *
     * @return a former name that is forgotten for it, if there are too many
     */
    @Nullable
    String rename(String newName) {
        formerNames.remove(newName);
        formerNames.add(name);
        name = newName;
        // The first one is what a program was told when it started, and has stored.
        return formerNames.size() > MAX_FORMER_NAMES ? formerNames.remove(1) : null;
    }

    private long expiry() {
        return spec.arguments().get("x-expires") instanceof Number millis
                ? Math.min(TimeUnit.MILLISECONDS.toNanos(millis.longValue()), LONGEST)
                : 0;
    }
}
