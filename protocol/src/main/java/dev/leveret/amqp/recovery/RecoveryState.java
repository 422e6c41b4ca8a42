package dev.leveret.amqp.recovery;

import java.util.EnumSet;
import java.util.Set;

/**
 * The life of a {@link RecoveryMachine}.
 *
 * <pre>
 *                loss              pause over            link open
 * CONNECTED ------------> WAITING ------------> DIALLING ----------> REPLAYING
 *     ^                    ^   ^--- failure -------+                   |   |
 *     |                    +------------------ loss -------------------+   |
 *     +---------------------------- replayed ------------------------------+
 *
 * any of these --given up--> GAVE_UP;  any of these --stop--> STOPPED
 * </pre>
 */
public enum RecoveryState {
    /** There is a connection, and calls go on. */
    CONNECTED,
    /** Between a loss or a failed attempt and the next attempt. */
    WAITING,
    /** A round over all endpoints is under way. */
    DIALLING,
    /** There is a connection, and what was declared and started is being restored. */
    REPLAYING,
    /** Over: it could not be recovered, or should not be. */
    GAVE_UP,
    /** Over: nobody wants it any more. */
    STOPPED;

    Set<RecoveryState> next() {
        return switch (this) {
            case CONNECTED -> EnumSet.of(WAITING, GAVE_UP, STOPPED);
            case WAITING -> EnumSet.of(DIALLING, GAVE_UP, STOPPED);
            case DIALLING -> EnumSet.of(REPLAYING, WAITING, GAVE_UP, STOPPED);
            case REPLAYING -> EnumSet.of(CONNECTED, WAITING, GAVE_UP, STOPPED);
            case GAVE_UP, STOPPED -> EnumSet.noneOf(RecoveryState.class);
        };
    }

    /** Whether nothing can happen any more. */
    public boolean isFinal() {
        return this == GAVE_UP || this == STOPPED;
    }
}
