package dev.leveret.amqp.api;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@link ConnectionOptions#from}: connection options from a map. */
final class SettingsMap {

    private static final String KIND = "setting";
    private static final String CLIENT_PROPERTIES = "client_properties_";

    private static final String URI = "uri";
    private static final String ADDRESSES = "addresses";
    private static final String HOST = "host";
    private static final String PORT = "port";
    private static final String USERNAME = "username";
    private static final String PASSWORD = "password";
    private static final String VIRTUAL_HOST = "virtual_host";

    /** What is no option of a URI but one of its other parts. */
    private static final Set<String> PARTS = Set.of(URI, ADDRESSES, HOST, PORT, USERNAME, PASSWORD, VIRTUAL_HOST);

    private final String prefix;
    private final Map<String, Consumer<String>> further;
    private final List<OptionTable.Option> table;
    private final OptionTable.Given options;
    private final Map<String, String> parts = new LinkedHashMap<>();
    private final Map<String, String> clientProperties = new LinkedHashMap<>();

    private SettingsMap(String prefix, Map<String, Consumer<String>> further) {
        this.prefix = prefix;
        this.further = further;
        table = OptionTable.with(further);
        options = new OptionTable.Given(KIND, table);
    }

    static ConnectionOptions.Builder read(
            Map<String, ?> settings, String prefix, Map<String, Consumer<String>> further) {
        SettingsMap reader = new SettingsMap(prefix, further);
        // In the order of the keys, so that of several errors it is always the same that is told.
        new TreeMap<>(settings).forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                reader.take(key, Objects.toString(value, ""));
            }
        });
        return reader.build();
    }

    private void take(String key, String value) {
        String name = key.substring(prefix.length());
        String plain = OptionTable.plain(name);
        if (PARTS.contains(plain)) {
            if (parts.put(plain, value) != null) {
                throw new IllegalArgumentException(KIND + " '" + key + "' is given twice, in two ways of writing");
            }
        } else if (plain.startsWith(CLIENT_PROPERTIES) && name.length() > CLIENT_PROPERTIES.length()) {
            clientProperties.put(name.substring(CLIENT_PROPERTIES.length()), value);
        } else {
            OptionTable.Option option =
                    OptionTable.inMap(table, name).orElseThrow(() -> OptionTable.unknown(KIND, key, known()));
            options.add(option, key, value);
        }
    }

    private Collection<String> known() {
        return Stream.concat(PARTS.stream(), OptionTable.names(table).stream())
                .map(it -> prefix + it.replace('_', '.'))
                .toList();
    }

    private ConnectionOptions.Builder build() {
        ConnectionOptions.Builder builder = start();
        options.applyTo(builder);
        builder.endUriTls();
        clientProperties.forEach(builder::clientProperty);
        return builder;
    }

    private ConnectionOptions.Builder start() {
        String uri = parts.get(URI);
        if (uri != null) {
            if (parts.size() > 1) {
                throw new IllegalArgumentException("beside the setting '" + prefix + URI + "' there is "
                        + parts.keySet().stream()
                                .filter(it -> !it.equals(URI))
                                .map(it -> "'" + prefix + it.replace('_', '.') + "'")
                                .toList()
                        + ": that belongs into the URI");
            }
            return AmqpUri.parse(List.of(uri.strip().split("(?i)[,\\s]+(?=amqps?://)")), further);
        }
        ConnectionOptions.Builder builder = ConnectionOptions.builder().endpoints(endpoints());
        if (parts.containsKey(USERNAME) || parts.containsKey(PASSWORD)) {
            builder.credentials(Credentials.plain(part(USERNAME, "guest"), part(PASSWORD, "guest")));
        }
        return builder.virtualHost(part(VIRTUAL_HOST, "/"));
    }

    private List<Endpoint> endpoints() {
        String addresses = parts.get(ADDRESSES);
        if (addresses == null) {
            return List.of(
                    new Endpoint(part(HOST, "localhost"), port(parts.get(PORT), prefix + PORT, Endpoint.DEFAULT_PORT)));
        }
        if (parts.containsKey(HOST) || parts.containsKey(PORT)) {
            throw new IllegalArgumentException("settings '" + prefix + ADDRESSES + "' and '" + prefix + HOST + "' or '"
                    + prefix + PORT + "' set the same: give one of them");
        }
        List<Endpoint> endpoints = new ArrayList<>();
        for (String each : addresses.split(",", -1)) {
            endpoints.add(endpoint(each.strip()));
        }
        return endpoints;
    }

    private Endpoint endpoint(String hostAndPort) {
        int colon = hostAndPort.lastIndexOf(':');
        boolean hasPort = colon > hostAndPort.lastIndexOf(']');
        String host = hasPort ? hostAndPort.substring(0, colon) : hostAndPort;
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("setting '" + prefix + ADDRESSES
                    + "' has an IPv6 address that is not in brackets: write [::1]:5672");
        }
        return new Endpoint(
                host,
                port(hasPort ? hostAndPort.substring(colon + 1) : null, prefix + ADDRESSES, Endpoint.DEFAULT_PORT));
    }

    private static int port(@Nullable String digits, String key, int otherwise) {
        if (digits == null) {
            return otherwise;
        }
        if (!digits.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException("setting '" + key + "': the port is not a number");
        }
        return Integer.parseInt(digits);
    }

    private String part(String name, String otherwise) {
        return parts.getOrDefault(name, otherwise);
    }
}
