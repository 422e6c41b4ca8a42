package dev.leveret.testkit;

import java.net.URI;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands for a broker that runs; counts how often it is closed. */
record FakeBroker(BrokerKind kind, AtomicInteger closed) implements Broker {

    static FakeBroker of(BrokerKind kind) {
        return new FakeBroker(kind, new AtomicInteger());
    }

    @Override
    public URI uri() {
        return URI.create("amqp://someone:secret@127.0.0.1:1/%2f");
    }

    @Override
    public String version() {
        return "1.2.3";
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.PUBLISHER_CONFIRMS);
    }

    @Override
    public String description() {
        return kind.label() + " 1.2.3, a fake";
    }

    @Override
    public void close() {
        closed.incrementAndGet();
    }

    @Override
    public String toString() {
        return description();
    }
}
