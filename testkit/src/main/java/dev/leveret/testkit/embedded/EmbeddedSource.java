package dev.leveret.testkit.embedded;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.BrokerSource;
import dev.leveret.testkit.BrokerUnavailableException;
import dev.leveret.testkit.Settings;

/** A Broker-J of its own in this JVM. */
public final class EmbeddedSource implements BrokerSource {

    /** Found by the service loader. */
    public EmbeddedSource() {}

    @Override
    public Place place() {
        return Place.EMBEDDED;
    }

    @Override
    public String name() {
        return "an embedded Qpid Broker-J";
    }

    @Override
    public Broker start(Settings settings) throws BrokerUnavailableException {
        try {
            return EmbeddedQpid.start(settings.startLimit());
        } catch (NoClassDefFoundError e) {
            throw new BrokerUnavailableException(
                    "Broker-J is not on the class path (" + e.getMessage() + ")",
                    "add org.apache.qpid:qpid-broker-core and its plug-ins amqp-0-8-protocol and memory-store");
        }
    }
}
