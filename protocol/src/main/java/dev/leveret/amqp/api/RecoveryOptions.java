package dev.leveret.amqp.api;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a connection does when it is lost. Immutable; the withers return changed copies.
 *
 * <p>With recovery a connection, its channels and its consumers outlive the TCP connection: it is made again, what was
 * declared through it is declared again, consumers are started again, and calls go on. What cannot be known is said: a
 * publish in flight ends as {@link PublishResult.Unknown}, a delivery from before cannot be settled any more ({@link
 * SettlementException}), a request in flight fails with {@link ConnectionLostException}.
 */
public final class RecoveryOptions {

    private static final RecoveryOptions STANDARD = new RecoveryOptions();
    private static final RecoveryOptions OFF = STANDARD.with(it -> it.enabled = false);

    private boolean enabled = true;
    private Duration initialDelay = Duration.ofMillis(500);
    private Duration maxDelay = Duration.ofSeconds(30);
    private Optional<Duration> giveUpAfter = Optional.empty();
    private int refusals = 3;
    private ReconnectBudget budget = ReconnectBudget.shared();
    private BlockedPolicy meanwhile = BlockedPolicy.waitUpTo(Duration.ofSeconds(60));
    private Predicate<? super TopologyEntity> restoring = it -> true;
    private Duration retryingFor = Duration.ofMinutes(3);
    private Set<ChannelClosure> reopenedAfter = Set.of(ChannelClosure.DELIVERY_TIMEOUT);
    private int sameCauseLimit = 5;
    private Duration sameCausePeriod = Duration.ofMinutes(1);
    private long republishedBytes;
    private Duration republishedWithin = Duration.ZERO;

    private RecoveryOptions() {}

    private RecoveryOptions(RecoveryOptions from) {
        enabled = from.enabled;
        initialDelay = from.initialDelay;
        maxDelay = from.maxDelay;
        giveUpAfter = from.giveUpAfter;
        refusals = from.refusals;
        budget = from.budget;
        meanwhile = from.meanwhile;
        restoring = from.restoring;
        retryingFor = from.retryingFor;
        reopenedAfter = from.reopenedAfter;
        sameCauseLimit = from.sameCauseLimit;
        sameCausePeriod = from.sameCausePeriod;
        republishedBytes = from.republishedBytes;
        republishedWithin = from.republishedWithin;
    }

    private interface Change {
        void on(RecoveryOptions copy);
    }

    private RecoveryOptions with(Change change) {
        RecoveryOptions copy = new RecoveryOptions(this);
        change.on(copy);
        return copy;
    }

    /** The defaults. */
    public static RecoveryOptions standard() {
        return STANDARD;
    }

    /** None: a lost connection has ended, and with it its channels and consumers. */
    public static RecoveryOptions off() {
        return OFF;
    }

    /**
     * A copy with these pauses before attempts to connect: each is chosen at random between nothing and a bound that begins
     * with {@code initial} and doubles with each attempt up to {@code max} (exponential back-off with full jitter). It
     * begins anew when a connection has lasted for twice the present bound, or for {@code max}. By default half a second and
     * 30 seconds.
     *
     * <p>When the broker says that it shuts down (320), the first attempt is made at once, at another address first.
     *
     * @param initial longer than zero
     * @param max no less than {@code initial}
     */
    public RecoveryOptions withDelay(Duration initial, Duration max) {
        if (initial.isNegative() || initial.isZero() || max.compareTo(initial) < 0) {
            throw new IllegalArgumentException("delays from " + initial + " to " + max + " make no back-off");
        }
        return with(it -> {
            it.initialDelay = initial;
            it.maxDelay = max;
        });
    }

    /** A copy that gives a connection up when it could not be recovered for so long; by default never. */
    public RecoveryOptions withGivingUpAfter(Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("giving up after " + value + " is no recovery: use off()");
        }
        return with(it -> it.giveUpAfter = Optional.of(value));
    }

    /**
     * A copy that gives a connection up when a broker has refused its credentials, or its virtual host, so many times in a
     * row; by default 3, as a broker that is starting may refuse what it will take later. 1 or more.
     */
    public RecoveryOptions withRefusals(int value) {
        if (value < 1) {
            throw new IllegalArgumentException("refusals: " + value + " is less than 1");
        }
        return with(it -> it.refusals = value);
    }

    /** A copy whose attempts come from this budget; by default from {@link ReconnectBudget#shared()}. */
    public RecoveryOptions withBudget(ReconnectBudget value) {
        return with(it -> it.budget = value);
    }

    /**
     * A copy that says what calls do while there is no connection: wait for it, up to their own deadlines and up to so long
     * after the loss, or fail at once with {@link ConnectionLostException}. Nothing of them has been sent then. By default
     * up to one minute.
     */
    public RecoveryOptions withCallsMeanwhile(BlockedPolicy value) {
        return with(it -> it.meanwhile = value);
    }

    /**
     * A copy that restores only what this wants; by default everything. A binding or consumer of what is not restored is
     * tried all the same, as somebody else may have declared it. Called on the event loop: it must not block; what it
     * throws counts as a no.
     */
    public RecoveryOptions withRestoring(Predicate<? super TopologyEntity> value) {
        return with(it -> it.restoring = value);
    }

    /**
     * A copy that tries for so long to restore what a broker refuses, each thing alone and less and less often: a queue that
     * is exclusive to this connection is locked (405) until the broker has noticed that its predecessor is gone, which takes
     * two heartbeats or more. By default three minutes; zero: not again.
     */
    public RecoveryOptions withRetryingFor(Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException("retrying for " + value + " is negative");
        }
        return with(it -> it.retryingFor = value);
    }

    /**
     * A copy with channels that are opened again, with their consumers, when the broker has closed them for one of these
     * reasons; what was pending on them fails as it does without. By default only {@link ChannelClosure#DELIVERY_TIMEOUT}:
     * the others answer a call that the application made, whose author is told and whose channel then ends as AMQP has it.
     */
    public RecoveryOptions withChannelsReopenedAfter(Set<ChannelClosure> value) {
        Set<ChannelClosure> copy = value.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(value));
        return with(it -> it.reopenedAfter = copy);
    }

    /**
     * A copy that takes the same cause so many times within a period for one that will not go away: the channel that is
     * closed for it ends, and so does the connection, unless it was lost without a word or because a broker shuts down. By
     * default 5 times within a minute.
     *
     * @param times 1 or more
     * @param period longer than zero
     */
    public RecoveryOptions withSameCauseLimit(int times, Duration period) {
        if (times < 1 || period.isNegative() || period.isZero()) {
            throw new IllegalArgumentException(times + " times within " + period + " is no limit");
        }
        return with(it -> {
            it.sameCauseLimit = times;
            it.sameCausePeriod = period;
        });
    }

    /**
     * A copy that publishes again what was not confirmed when the connection was lost, in order and before anything else,
     * in place of ending it as {@link PublishResult.Unknown}. The broker may have stored the first copy: consumers must
     * cope with duplicates. To help them, each message gets a {@code message-id} when it is first published, unless it has
     * one, and the second copy has the header {@value #REPUBLISHED_HEADER}. What was cancelled in the meantime is left alone.
     * Off by default; never for transactions.
     *
     * @param bytes of bodies to keep at most; what is beyond ends as unknown
     * @param within after the loss; what is kept longer ends as unknown
     */
    public RecoveryOptions withRepublishing(long bytes, Duration within) {
        if (bytes < 0 || within.isNegative()) {
            throw new IllegalArgumentException("republishing " + bytes + " bytes within " + within + " is negative");
        }
        return with(it -> {
            it.republishedBytes = bytes;
            it.republishedWithin = within;
        });
    }

    /** The header of a message that was published again: {@code true}. */
    public static final String REPUBLISHED_HEADER = "x-republished";

    public boolean enabled() {
        return enabled;
    }

    public Duration initialDelay() {
        return initialDelay;
    }

    public Duration maxDelay() {
        return maxDelay;
    }

    public Optional<Duration> giveUpAfter() {
        return giveUpAfter;
    }

    public int refusals() {
        return refusals;
    }

    public ReconnectBudget budget() {
        return budget;
    }

    public BlockedPolicy callsMeanwhile() {
        return meanwhile;
    }

    public Predicate<? super TopologyEntity> restoring() {
        return restoring;
    }

    public Duration retryingFor() {
        return retryingFor;
    }

    public Set<ChannelClosure> channelsReopenedAfter() {
        return reopenedAfter;
    }

    public int sameCauseLimit() {
        return sameCauseLimit;
    }

    public Duration sameCausePeriod() {
        return sameCausePeriod;
    }

    /** How many bytes of bodies to publish again at most; 0: nothing is. */
    public long republishedBytes() {
        return republishedBytes;
    }

    public Duration republishedWithin() {
        return republishedWithin;
    }

    @Override
    public String toString() {
        return enabled
                ? "RecoveryOptions[delay=" + initialDelay + ".." + maxDelay + ", budget=" + budget + "]"
                : "RecoveryOptions[off]";
    }
}
