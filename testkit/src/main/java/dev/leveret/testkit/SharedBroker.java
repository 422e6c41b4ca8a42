package dev.leveret.testkit;

import java.net.URI;
import java.util.Set;

/** A broker that many use: {@link #close} does nothing, it ends with the JVM. */
record SharedBroker(Broker started) implements Broker {

    @Override
    public URI uri() {
        return started.uri();
    }

    @Override
    public BrokerKind kind() {
        return started.kind();
    }

    @Override
    public String version() {
        return started.version();
    }

    @Override
    public Set<Capability> capabilities() {
        return started.capabilities();
    }

    @Override
    public String description() {
        return started.description();
    }

    @Override
    public void close() {
        // The other users of this broker are not done with it.
    }

    @Override
    public String toString() {
        return description();
    }
}
