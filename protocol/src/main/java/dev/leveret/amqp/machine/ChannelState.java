package dev.leveret.amqp.machine;

import java.util.EnumSet;
import java.util.Set;

/**
 * The life of a {@link ChannelMachine}.
 *
 * <pre>
 * OPENING --open-ok--> OPEN --our close--> CLOSING --close-ok, broker's close--> CLOSED
 *    |                  |                                                          ^
 *    +------------------+------ broker's close, connection's end ------------------+
 * </pre>
 */
public enum ChannelState {
    /** {@code channel.open} is sent; all but its answer belongs to an earlier channel of this number. */
    OPENING,
    /** In use. */
    OPEN,
    /** {@code channel.close} is sent; all but its answer and the broker's own close is ignored. */
    CLOSING,
    /** Over; the number may be used again. */
    CLOSED;

    Set<ChannelState> next() {
        return switch (this) {
            case OPENING -> EnumSet.of(OPEN, CLOSING, CLOSED);
            case OPEN -> EnumSet.of(CLOSING, CLOSED);
            case CLOSING -> EnumSet.of(CLOSED);
            case CLOSED -> EnumSet.noneOf(ChannelState.class);
        };
    }
}
