package dev.leveret.amqp.machine;

import java.util.EnumSet;
import java.util.Set;

/**
 * The life of a {@link ConnectionMachine}.
 *
 * <pre>
 * STARTING --start/start-ok--> SECURING --tune/tune-ok,open--> OPENING --open-ok--> OPEN
 *     |                         | ^ secure/secure-ok             |                   |
 *     +-------------------------+-+------------------------------+-------------------+
 *     | our close                                                                    | broker's close, loss,
 *     v                                                                              v protocol error
 *  CLOSING --close-ok, deadline, loss--------------------------------------------> CLOSED
 * </pre>
 */
public enum ConnectionState {
    /** The protocol header is sent, {@code connection.start} awaited. */
    STARTING,
    /** Credentials are sent, {@code connection.tune} or {@code connection.secure} awaited. */
    SECURING,
    /** The virtual host is asked for, {@code connection.open-ok} awaited. */
    OPENING,
    /** In use. */
    OPEN,
    /** {@code connection.close} is sent, {@code connection.close-ok} awaited; all else is ignored. */
    CLOSING,
    /** Over. */
    CLOSED;

    Set<ConnectionState> next() {
        return switch (this) {
            case STARTING -> EnumSet.of(SECURING, CLOSING, CLOSED);
            case SECURING -> EnumSet.of(OPENING, CLOSING, CLOSED);
            case OPENING -> EnumSet.of(OPEN, CLOSING, CLOSED);
            case OPEN -> EnumSet.of(CLOSING, CLOSED);
            case CLOSING -> EnumSet.of(CLOSED);
            case CLOSED -> EnumSet.noneOf(ConnectionState.class);
        };
    }

    /** Whether what arrives is for us to heed. */
    boolean isInUse() {
        return this != CLOSING && this != CLOSED;
    }
}
