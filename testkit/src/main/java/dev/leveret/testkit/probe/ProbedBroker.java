package dev.leveret.testkit.probe;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.BrokerKind;
import dev.leveret.testkit.Capability;
import java.net.URI;
import java.util.Set;

/**
 * A broker known by its own words.
 *
 * @param uri where it serves
 * @param identity what it said to the probe
 * @param whereabouts for people, without a password: {@code private node on 127.0.0.1:25720}
 * @param end ends it; must do nothing the second time
 */
public record ProbedBroker(URI uri, ServerIdentity identity, String whereabouts, Runnable end) implements Broker {

    @Override
    public BrokerKind kind() {
        return identity.kind();
    }

    @Override
    public String version() {
        return identity.version();
    }

    @Override
    public Set<Capability> capabilities() {
        return identity.capabilities();
    }

    @Override
    public String description() {
        return identity.label() + ", " + whereabouts;
    }

    @Override
    public void close() {
        end.run();
    }

    @Override
    public String toString() {
        return description();
    }
}
