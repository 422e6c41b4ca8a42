package dev.leveret.amqp.api;

/**
 * What {@link AsyncConnection#shutdown} could not bring to an end in time.
 *
 * @param runningHandlers handlers that were still running; they are not interrupted
 * @param unsettledDeliveries deliveries that were not settled; the broker gives them to somebody again
 * @param lostDeliveries automatically acknowledged deliveries whose handler was never called: they are lost
 * @param unconfirmedPublishes publishes whose fate is not known; each has been told {@link PublishResult.Unknown}
 */
public record ShutdownReport(
        int runningHandlers, int unsettledDeliveries, int lostDeliveries, int unconfirmedPublishes) {

    /** Nothing was left. */
    public static final ShutdownReport CLEAN = new ShutdownReport(0, 0, 0, 0);

    /** Whether nothing was left to be done. */
    public boolean isClean() {
        return equals(CLEAN);
    }

    /** What this one and another have left together. */
    public ShutdownReport plus(ShutdownReport other) {
        return new ShutdownReport(
                runningHandlers + other.runningHandlers,
                unsettledDeliveries + other.unsettledDeliveries,
                lostDeliveries + other.lostDeliveries,
                unconfirmedPublishes + other.unconfirmedPublishes);
    }
}
