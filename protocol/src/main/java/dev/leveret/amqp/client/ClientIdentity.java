package dev.leveret.amqp.client;

import dev.leveret.amqp.api.ConnectionOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What a connection tells the broker of its client. */
final class ClientIdentity {

    /** Only what is handled: a broker sends some methods only to clients that list the capability. */
    private static final Map<String, @Nullable Object> CAPABILITIES = Map.of(
            "publisher_confirms", true,
            "exchange_exchange_bindings", true,
            "basic.nack", true,
            "consumer_cancel_notify", true,
            "connection.blocked", true,
            "authentication_failure_close", true);

    private static final AtomicLong CONNECTIONS = new AtomicLong();

    private ClientIdentity() {}

    /** The configured name, or one that tells the process and its connections apart. */
    static String connectionName(ConnectionOptions options) {
        return options.connectionName().isEmpty()
                ? "leveret-" + ProcessHandle.current().pid() + "-" + CONNECTIONS.incrementAndGet()
                : options.connectionName();
    }

    static Map<String, @Nullable Object> properties(ConnectionOptions options, String connectionName) {
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        properties.put("product", "Leveret");
        properties.put("version", version());
        properties.put("platform", "Java " + System.getProperty("java.version"));
        properties.put("connection_name", connectionName);
        properties.put("capabilities", CAPABILITIES);
        properties.putAll(options.clientProperties());
        return properties;
    }

    private static String version() {
        String version = ClientIdentity.class.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }
}
