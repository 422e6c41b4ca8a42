package dev.leveret.testkit.probe;

import dev.leveret.testkit.BrokerKind;
import dev.leveret.testkit.Capability;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a broker says of itself in {@code connection.start}.
 *
 * @param product name of the software; empty when it does not tell
 * @param version its version; empty when it does not tell
 * @param announced keys that are true in its table {@code capabilities}
 */
public record ServerIdentity(String product, String version, Set<String> announced) {

    private static final int LONGEST_WORD = 60;

    /** Copies the set. */
    public ServerIdentity {
        announced = Set.copyOf(announced);
    }

    static ServerIdentity of(Map<String, Object> serverProperties) {
        Set<String> announced = new HashSet<>();
        if (serverProperties.get("capabilities") instanceof Map<?, ?> capabilities) {
            capabilities.forEach((name, value) -> {
                if (Boolean.TRUE.equals(value)) {
                    announced.add(String.valueOf(name));
                }
            });
        }
        return new ServerIdentity(word(serverProperties, "product"), word(serverProperties, "version"), announced);
    }

    /** The peer may be hostile, and its words end in logs and test reports. */
    private static String word(Map<String, Object> serverProperties, String key) {
        if (!(serverProperties.get(key) instanceof String text)) {
            return "";
        }
        String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
        return printable.substring(0, Math.min(printable.length(), LONGEST_WORD));
    }

    /**
     * Which software it is.
     *
     * @return the kind that announces this product
     */
    public BrokerKind kind() {
        return BrokerKind.ofProduct(product);
    }

    /**
     * Software and version for people.
     *
     * @return such as {@code RabbitMQ 3.10.8}
     */
    public String label() {
        String name = kind() == BrokerKind.OTHER && !product.isEmpty() ? product : kind().label();
        return version.isEmpty() ? name : name + " " + version;
    }

    /**
     * What it announces, and what is known of its kind.
     *
     * @return an immutable set
     */
    public Set<Capability> capabilities() {
        Set<Capability> capabilities = EnumSet.noneOf(Capability.class);
        announced.forEach(name -> Capability.announcedAs(name).ifPresent(capabilities::add));
        capabilities.addAll(KnownCapabilities.of(kind(), version));
        return Collections.unmodifiableSet(capabilities);
    }
}
