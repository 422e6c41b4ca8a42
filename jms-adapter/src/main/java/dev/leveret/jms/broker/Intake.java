package dev.leveret.jms.broker;

import jakarta.jms.JMSException;
import java.util.Collection;

/**
 * One consumer's way in: what the broker delivers for it comes through here, and what becomes of that goes back.
 *
 * <p><b>Threads.</b> Deliveries come on the connection's event loop, and sometimes on the thread of another consumer of the
 * same queue. {@link #begin}, {@link #widen}, {@link #drain}, {@link #retire}, {@link #cease} and {@link #abandon} wait for the
 * broker and are called by one thread at a time, the session's or the one that closes it; settling may happen on any.
 */
public sealed interface Intake permits ChannelIntake, SharedIntake {

    /** Who takes what comes in. */
    interface Arrivals {

        /** One delivery, on the event loop. */
        void arrived(Incoming incoming);

        /** Those that came together have been handed over; on the event loop. */
        void batchEnded();

        /** One that the application has had comes back, before all others; false if nobody takes it any more. */
        boolean again(Incoming incoming);

        /** Whether sessions settle what came through here that may close before it does. */
        default boolean goToManySessions() {
            return false;
        }

        /** How many wait to be given to the application. */
        int waiting();

        /** Hands those over, and keeps none. */
        Collection<Incoming> surrender();

        /** The connection is lost and will come back: what waits is no longer ours, and comes again; on the event loop. */
        void interrupted();

        /** Nothing more will come, and nobody asked for that; on the event loop. */
        void ended(JMSException cause);
    }

    /** Who takes what comes in. */
    Arrivals arrivals();

    /** What the consumer wants. */
    Admission admission();

    /** Lets deliveries come; waits. Before, the queue's messages are left for others. */
    void begin() throws JMSException;

    /** Whether nothing more comes because too much is unsettled. Takes no lock. */
    boolean isExhausted();

    /** Lets as many more deliveries come as at the beginning; waits. */
    void widen() throws JMSException;

    /** Waits until the broker has sent what was ready for this consumer. */
    void drain() throws JMSException;

    /**
     * Ends the consumer; waits. What has arrived and was given to nobody returns to the queue; what the application has stays
     * its to settle.
     */
    void retire() throws JMSException;

    /** Lets nothing more come, if {@link #abandon} needs that; waits. */
    void cease() throws JMSException;

    /** Ends the consumer with all that is unsettled, which returns to the queue; waits. */
    void abandon() throws JMSException;

    /** Whether what is abandoned must be returned message by message, because no channel ends that would do it. */
    boolean returnsOneByOne();

    /** One that came through here has been returned by itself, and not with others. */
    void returned();

    /** One that came through here has been settled. */
    void settled(Incoming incoming);
}
