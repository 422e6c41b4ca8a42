package dev.leveret.jms.broker;

import dev.leveret.amqp.api.Delivery;
import dev.leveret.jms.broker.DispatchMachine.Kept;
import jakarta.jms.JMSException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The way in of a consumer that shares a {@link QueueDispatcher} with the others of its queue and connection. */
final class SharedIntake implements Intake {

    private final QueueDispatcher dispatcher;
    private final Admission admission;
    private final Arrivals arrivals;

    /** What the consumer was given and is not settled, oldest first; guarded by the dispatcher's lock. */
    private final Map<Incoming, Kept<Delivery>> outstanding = new LinkedHashMap<>();

    private final int step;

    /** How many those are, and how many they may be: read under other locks. */
    private volatile int load;

    private volatile int capacity;

    SharedIntake(QueueDispatcher dispatcher, Admission admission, int capacity, Arrivals arrivals) {
        this.dispatcher = dispatcher;
        this.admission = admission;
        this.capacity = capacity;
        step = capacity;
        this.arrivals = arrivals;
    }

    /** Guarded by the dispatcher's lock. */
    Map<Incoming, Kept<Delivery>> outstanding() {
        return outstanding;
    }

    /** Everything is lost with the connection, and comes again; under the dispatcher's lock. */
    void interrupted() {
        outstanding.clear();
        loadChanged();
        arrivals.interrupted();
    }

    /** To be called when {@link #outstanding} has changed. */
    void loadChanged() {
        load = outstanding.size();
    }

    int capacity() {
        return capacity;
    }

    @Override
    public Arrivals arrivals() {
        return arrivals;
    }

    @Override
    public Admission admission() {
        return admission;
    }

    @Override
    public void begin() throws JMSException {
        dispatcher.attach(this);
    }

    @Override
    public boolean isExhausted() {
        return load >= capacity;
    }

    @Override
    public void widen() {
        dispatcher.widen(this);
    }

    /** To be called under the dispatcher's lock. */
    void grow() {
        capacity += step;
    }

    @Override
    public void drain() throws JMSException {
        dispatcher.drain(arrivals);
    }

    @Override
    public void retire() throws JMSException {
        dispatcher.detach(this);
        dispatcher.leave();
    }

    @Override
    public void cease() {
        dispatcher.mute(this);
    }

    @Override
    public void abandon() throws JMSException {
        dispatcher.detach(this);
        dispatcher.failOutstanding(this);
        dispatcher.leave();
    }

    /** The channel is others' too, and does not close for this consumer. */
    @Override
    public boolean returnsOneByOne() {
        return true;
    }

    @Override
    public void returned() {
        dispatcher.returned();
    }

    @Override
    public void settled(Incoming incoming) {
        dispatcher.settled(this, incoming);
    }
}
