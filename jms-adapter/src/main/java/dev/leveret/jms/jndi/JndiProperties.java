package dev.leveret.jms.jndi;

import dev.leveret.jms.LeveretConnectionFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.naming.ConfigurationException;
import javax.naming.Context;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;

/** Reads what {@link LeveretInitialContextFactory} describes into objects by their names. */
final class JndiProperties {

    private static final String FACTORY = "connectionfactory.";
    private static final String FACTORY_SETTING = "property.connectionfactory.";
    private static final String FACTORY_NAMES = "connectionfactorynames";
    private static final String QUEUE = "queue.";
    private static final String TOPIC = "topic.";

    private static final String URI_SETTING = "uri";
    private static final String USERNAME = "username";
    private static final String PASSWORD = "password";

    private static final List<String> USUAL_NAMES =
            List.of("ConnectionFactory", "QueueConnectionFactory", "TopicConnectionFactory");

    private final Placeholders placeholders = Placeholders.ofProcess();
    private final SortedMap<String, String> properties = new TreeMap<>();
    private final SortedMap<String, Object> bindings = new TreeMap<>();
    private @Nullable String broker;

    private JndiProperties() {}

    /** The objects that an environment describes. */
    static SortedMap<String, Object> read(Map<?, ?> environment) throws NamingException {
        JndiProperties reader = new JndiProperties();
        environment.forEach((key, value) -> {
            if (key instanceof String name && value instanceof String text) {
                reader.properties.put(name, text);
            }
        });
        reader.readProvider();
        reader.readFactories();
        reader.readDestinations();
        return reader.bindings;
    }

    private void readProvider() throws NamingException {
        String given = properties.get(Context.PROVIDER_URL);
        if (given == null || given.isBlank()) {
            return;
        }
        String url = replaced(Context.PROVIDER_URL, given).strip();
        String scheme = url.toLowerCase(Locale.ROOT);
        if (scheme.startsWith("amqp:") || scheme.startsWith("amqps:")) {
            broker = url;
        } else if (scheme.startsWith("file:") || scheme.indexOf("://") < 0) {
            load(url).forEach(properties::putIfAbsent);
        } else {
            throw new ConfigurationException(Context.PROVIDER_URL
                    + " is neither an AMQP URI nor the path of a properties file: nothing is looked up over a network");
        }
    }

    private static Map<String, String> load(String url) throws NamingException {
        Properties read = new Properties();
        try (InputStream in = Files.newInputStream(url.startsWith("file:") ? Path.of(URI.create(url)) : Path.of(url))) {
            read.load(in);
        } catch (IOException | InvalidPathException e) {
            throw caused(new ConfigurationException(Context.PROVIDER_URL + ": " + url + " cannot be read: " + e), e);
        } catch (IllegalArgumentException e) {
            throw caused(new ConfigurationException(Context.PROVIDER_URL + ": " + e.getMessage()), e);
        }
        Map<String, String> map = new HashMap<>();
        read.stringPropertyNames().forEach(it -> map.put(it, read.getProperty(it)));
        return map;
    }

    private void readFactories() throws NamingException {
        SortedMap<String, Map<String, String>> factories = new TreeMap<>();
        boolean named = false;
        for (Map.Entry<String, String> each : properties.entrySet()) {
            String key = each.getKey();
            String lower = key.toLowerCase(Locale.ROOT);
            if (lower.startsWith(FACTORY)) {
                named = true;
                String uri = replaced(key, each.getValue()).strip();
                Map<String, String> settings = factories.computeIfAbsent(nameIn(key, FACTORY), it -> new HashMap<>());
                if (!uri.isEmpty()) {
                    settings.put(URI_SETTING, uri);
                }
            } else if (lower.equals(FACTORY_NAMES)) {
                named = true;
                for (String name : replaced(key, each.getValue()).split(",")) {
                    factories.computeIfAbsent(name.strip(), it -> new HashMap<>());
                }
            }
        }
        if (!named && broker != null) {
            USUAL_NAMES.forEach(it -> factories.put(it, new HashMap<>()));
        }
        readSettings(factories);
        for (Map.Entry<String, Map<String, String>> each : factories.entrySet()) {
            bindings.put(each.getKey(), factory(each.getKey(), each.getValue()));
        }
    }

    private void readSettings(SortedMap<String, Map<String, String>> factories) throws NamingException {
        for (Map.Entry<String, String> each : properties.entrySet()) {
            if (!each.getKey().toLowerCase(Locale.ROOT).startsWith(FACTORY_SETTING)) {
                continue;
            }
            String rest = nameIn(each.getKey(), FACTORY_SETTING);
            // Names of factories and of settings may both have dots: the longest factory it is.
            String factory = factories.keySet().stream()
                    .filter(it -> rest.startsWith(it + "."))
                    .reduce((a, b) -> a.length() > b.length() ? a : b)
                    .orElseThrow(() -> new ConfigurationException(
                            each.getKey() + " is for a connection factory that is" + " none of " + factories.keySet()));
            Map<String, String> settings = factories.get(factory);
            if (settings != null) {
                settings.put(rest.substring(factory.length() + 1), replaced(each.getKey(), each.getValue()));
            }
        }
    }

    private LeveretConnectionFactory factory(String name, Map<String, String> settings) throws NamingException {
        String shared = broker;
        if (!settings.containsKey(URI_SETTING) && shared != null) {
            settings.put(URI_SETTING, shared);
        }
        String user = properties.get(Context.SECURITY_PRINCIPAL);
        String password = properties.get(Context.SECURITY_CREDENTIALS);
        if (user != null && !settings.containsKey(USERNAME) && !hasUser(settings.get(URI_SETTING))) {
            settings.put(USERNAME, replaced(Context.SECURITY_PRINCIPAL, user));
            if (password != null && !settings.containsKey(PASSWORD)) {
                settings.put(PASSWORD, replaced(Context.SECURITY_CREDENTIALS, password));
            }
        }
        try {
            return LeveretConnectionFactory.of(settings);
        } catch (IllegalArgumentException e) {
            throw caused(new ConfigurationException("connection factory " + name + ": " + e.getMessage()), e);
        }
    }

    private static boolean hasUser(@Nullable String uri) {
        return uri != null && uri.indexOf('@') >= 0;
    }

    private void readDestinations() throws NamingException {
        for (Map.Entry<String, String> each : properties.entrySet()) {
            String key = each.getKey();
            try {
                if (key.startsWith(QUEUE)) {
                    bindings.put(
                            nameIn(key, QUEUE),
                            ObjectKind.queue(replaced(key, each.getValue()).strip()));
                } else if (key.startsWith(TOPIC)) {
                    bindings.put(
                            nameIn(key, TOPIC),
                            ObjectKind.topic(replaced(key, each.getValue()).strip()));
                }
            } catch (IllegalArgumentException e) {
                throw caused(new ConfigurationException(key + ": " + e.getMessage()), e);
            }
        }
    }

    private static String nameIn(String key, String prefix) throws ConfigurationException {
        String name = key.substring(prefix.length());
        if (name.isBlank()) {
            throw new ConfigurationException("the key '" + key + "' has no name behind its last dot");
        }
        return name;
    }

    private String replaced(String key, String value) throws NamingException {
        try {
            return placeholders.replaced(value);
        } catch (IllegalArgumentException e) {
            throw caused(new ConfigurationException(key + ": " + e.getMessage()), e);
        }
    }

    private static <E extends NamingException> E caused(E exception, Throwable cause) {
        exception.setRootCause(cause);
        return exception;
    }
}
