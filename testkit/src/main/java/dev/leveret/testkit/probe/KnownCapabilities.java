package dev.leveret.testkit.probe;

import dev.leveret.testkit.BrokerKind;
import dev.leveret.testkit.Capability;
import java.util.EnumSet;
import java.util.Set;

/** What brokers of a kind can do without announcing it. */
final class KnownCapabilities {

    private KnownCapabilities() {}

    static Set<Capability> of(BrokerKind kind, String version) {
        return switch (kind) {
            case RABBITMQ -> rabbitMq(version);
            // It announces no capabilities at all; these were tried on 10.1.0.
            case QPID_BROKER_J ->
                EnumSet.of(
                        Capability.PUBLISHER_CONFIRMS,
                        Capability.NEGATIVE_ACKNOWLEDGEMENT,
                        Capability.CONSUMER_PRIORITIES);
            case OTHER -> EnumSet.noneOf(Capability.class);
        };
    }

    private static Set<Capability> rabbitMq(String version) {
        Set<Capability> known =
                EnumSet.of(Capability.QUEUE_ARGUMENTS, Capability.MESSAGE_EXPIRATION, Capability.CHANNEL_ERRORS);
        if (atLeast(version, 3, 8)) {
            known.add(Capability.QUORUM_QUEUES);
        }
        if (atLeast(version, 3, 9)) {
            known.add(Capability.STREAMS);
        }
        return known;
    }

    private static boolean atLeast(String version, int major, int minor) {
        String[] parts = version.split("[^0-9]+", 3);
        if (parts.length < 2 || !parts[0].matches("[0-9]{1,4}") || !parts[1].matches("[0-9]{1,4}")) {
            return false;
        }
        int itsMajor = Integer.parseInt(parts[0]);
        return itsMajor > major || itsMajor == major && Integer.parseInt(parts[1]) >= minor;
    }
}
