package dev.leveret.testkit;

import java.util.ArrayList;
import java.util.List;

/** A place for brokers that does what a test tells it. */
final class FakeSource implements BrokerSource {

    /** What becomes of a start. */
    interface Result {
        Broker get() throws BrokerUnavailableException;
    }

    private final Place place;
    private final Result result;
    final List<Broker> started = new ArrayList<>();
    int asked;
    private int rank;

    private FakeSource(Place place, Result result) {
        this.place = place;
        this.result = result;
    }

    static FakeSource giving(Place place, BrokerKind kind) {
        return new FakeSource(place, () -> FakeBroker.of(kind));
    }

    static FakeSource unavailable(Place place) {
        return new FakeSource(place, () -> {
            throw new BrokerUnavailableException("nothing is installed at " + place, "install " + place);
        });
    }

    static FakeSource failing(Place place) {
        return new FakeSource(place, () -> {
            throw new BrokerStartException(place + " fails\n  last line of its log");
        });
    }

    @Override
    public Place place() {
        return place;
    }

    FakeSource rank(int chosen) {
        rank = chosen;
        return this;
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public String name() {
        return "fake " + place;
    }

    @Override
    public Broker start(Settings settings) throws BrokerUnavailableException {
        asked++;
        Broker broker = result.get();
        started.add(broker);
        return broker;
    }
}
