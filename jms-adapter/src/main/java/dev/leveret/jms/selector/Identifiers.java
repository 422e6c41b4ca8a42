package dev.leveret.jms.selector;

import java.util.Set;
import java.util.TreeSet;

/** Which names may stand in a selector: those of six header fields, and those that a property may have. */
final class Identifiers {

    private static final Set<String> HEADER_FIELDS = new TreeSet<>(
            Set.of("JMSDeliveryMode", "JMSPriority", "JMSMessageID", "JMSTimestamp", "JMSCorrelationID", "JMSType"));

    private Identifiers() {}

    static boolean isAllowed(String name) {
        return !name.startsWith("JMS")
                || name.startsWith("JMSX")
                || name.startsWith("JMS_")
                || HEADER_FIELDS.contains(name);
    }

    static String headerFields() {
        return String.join(", ", HEADER_FIELDS);
    }
}
