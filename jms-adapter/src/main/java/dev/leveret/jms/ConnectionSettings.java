package dev.leveret.jms;

import dev.leveret.amqp.api.AmqpUri;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a factory has been told, by name, before it is made into {@link JmsConnectionOptions}: what setters, references and
 * configuration files give. Immutable.
 *
 * <p>The names are {@link #URI} and the parts of one that stand in its place or beside it, where they win over it; the options of
 * AMQP URIs; and the provider's own. In names neither case nor {@code -}, {@code _} and {@code .} matter, and the provider's own
 * may do without their {@code jms.}.
 */
final class ConnectionSettings {

    static final String URI = "uri";
    static final String HOST = "host";
    static final String PORT = "port";
    static final String VIRTUAL_HOST = "virtualHost";
    static final String USERNAME = "username";
    static final String PASSWORD = "password";
    static final String SSL = "ssl";

    /** That there was a password where these were taken from, which is not kept with them. */
    static final String PASSWORD_WITHHELD = "passwordWithheld";

    /** Nothing: a broker on this machine. */
    static final ConnectionSettings NONE = new ConnectionSettings(Map.of());

    private static final Set<String> PARTS =
            Set.of(URI, HOST, PORT, VIRTUAL_HOST, USERNAME, PASSWORD, SSL, PASSWORD_WITHHELD);

    private static final Set<String> FLAGS = Set.of(SSL, PASSWORD_WITHHELD);

    private static final String CLIENT_PROPERTIES = "clientproperties";

    /** What is not kept where others may read it, and client properties. */
    private static final Set<String> SECRETS = Set.of(PASSWORD, "keypassword");

    /** A connection with TLS and all that one option of it may want beside it; the files are not looked for. */
    private static final Map<String, String> TRIAL = Map.of(URI, "amqps://localhost", "certfile", "-", "keyfile", "-");

    private static final Map<String, String> NAMES = names();

    /** Scheme, user and password, host and port, path, query. */
    private static final Pattern FORM = Pattern.compile("(?i)(amqps?)://(?:([^/?#]*)@)?([^/?#@]*)(/[^?#]*)?([?].*)?");

    private static final Pattern BETWEEN_URIS = Pattern.compile("(?i)[,\\s]+(?=amqps?://)");

    private final Map<String, String> values;

    private ConnectionSettings(Map<String, String> values) {
        this.values = Collections.unmodifiableMap(new TreeMap<>(values));
    }

    /** Settings that consist of a URI, or of several with commas between them. */
    static ConnectionSettings of(String uri) {
        return NONE.with(URI, uri);
    }

    /**
     * Settings by their names.
     *
     * @throws IllegalArgumentException as {@link #with}
     */
    static ConnectionSettings of(Map<String, String> settings) {
        ConnectionSettings all = NONE;
        // In the order of the names, so that of several errors it is always the same that is told.
        for (Map.Entry<String, String> each : new TreeMap<>(settings).entrySet()) {
            all = all.with(each.getKey(), each.getValue());
        }
        return all;
    }

    private static Map<String, String> names() {
        Map<String, String> names = new TreeMap<>();
        PARTS.forEach(it -> names.put(folded(it), it));
        JmsConnectionOptions.names().forEach(it -> {
            names.put(folded(it), it);
            names.put(folded(it.substring(it.indexOf('.') + 1)), it);
        });
        return names;
    }

    private static String folded(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[._-]", "");
    }

    /**
     * These with one that is new, or takes another's place.
     *
     * @param value null to have none
     * @throws IllegalArgumentException if there is no setting of this name, which tells the nearest, or it cannot have the value
     */
    ConnectionSettings with(String name, @Nullable String value) {
        String known = NAMES.getOrDefault(folded(name), amqpName(name));
        Map<String, String> changed = new TreeMap<>(values);
        if (value == null) {
            changed.remove(known);
        } else {
            require(NAMES.getOrDefault(folded(name), name), value);
            changed.put(known, value);
        }
        return new ConnectionSettings(changed);
    }

    private static String amqpName(String name) {
        // The rest of client.properties.<name> is the name that the broker sees.
        return folded(name).startsWith(CLIENT_PROPERTIES)
                ? name
                : name.toLowerCase(Locale.ROOT).replaceAll("[.-]", "_");
    }

    /** Reads one alone, so that whoever sets it is told what is wrong with it. */
    private static void require(String name, String value) {
        if (FLAGS.contains(name)) {
            if (!value.equals("true") && !value.equals("false")) {
                throw new IllegalArgumentException("setting '" + name + "' is neither true nor false");
            }
        } else if (PARTS.contains(name)) {
            new ConnectionSettings(Map.of(name, value)).options();
        } else {
            Map<String, String> trial = new TreeMap<>(TRIAL);
            trial.put(name, value);
            JmsConnectionOptions.from(trial);
        }
    }

    /** The URI without its password and what else is secret; null if there is none. */
    @Nullable
    String openUri() {
        String uri = values.get(URI);
        return uri == null
                ? null
                : uris(uri).stream().map(AmqpUri::withoutSecrets).collect(Collectors.joining(","));
    }

    private static List<String> uris(String text) {
        return List.of(BETWEEN_URIS.split(text.strip()));
    }

    /** Everything but passwords. */
    Map<String, String> open() {
        Map<String, String> open = new TreeMap<>(values);
        open.keySet().removeIf(ConnectionSettings::isSecret);
        open.computeIfPresent(URI, (name, uri) -> openUri());
        return open;
    }

    private static boolean isSecret(String name) {
        return SECRETS.contains(folded(name)) || folded(name).startsWith(CLIENT_PROPERTIES);
    }

    /** The provider's own alone. */
    Map<String, String> own() {
        Map<String, String> own = new TreeMap<>(values);
        own.keySet().retainAll(JmsConnectionOptions.names());
        return own;
    }

    /** Whether there is nothing but the provider's own. */
    boolean areOwn() {
        return own().size() == values.size();
    }

    /** Whether there is a password that {@link #open} leaves out, and a user can be given in its place. */
    boolean hasPassword() {
        return values.containsKey(PASSWORD)
                || uris(values.getOrDefault(URI, "")).stream().anyMatch(it -> {
                    Matcher form = FORM.matcher(it);
                    String userInfo = form.matches() ? form.group(2) : null;
                    return userInfo != null && userInfo.indexOf(':') >= 0;
                });
    }

    /** Whether there was a password where these come from, and nobody has given another. */
    boolean lackPassword() {
        return Boolean.parseBoolean(values.get(PASSWORD_WITHHELD)) && !hasPassword();
    }

    /** Whether {@link #open} leaves out something beside the user's password, for which nothing can stand in. */
    boolean hasOtherSecrets() {
        return values.keySet().stream().anyMatch(it -> !it.equals(PASSWORD) && isSecret(it))
                || uris(values.getOrDefault(URI, "")).stream().anyMatch(ConnectionSettings::hasSecretOption);
    }

    private static boolean hasSecretOption(String uri) {
        int query = uri.indexOf('?');
        return query >= 0 && !AmqpUri.withoutSecrets(uri).endsWith(uri.substring(query));
    }

    /**
     * What they say together.
     *
     * @throws IllegalArgumentException if they do not fit together
     */
    JmsConnectionOptions options() {
        Map<String, String> settings = new TreeMap<>(values);
        settings.keySet().removeAll(PARTS);
        settings.put(
                URI,
                uris(values.getOrDefault(URI, "amqp://")).stream()
                        .map(this::withParts)
                        .collect(Collectors.joining(",")));
        return JmsConnectionOptions.from(settings);
    }

    /** A URI with the parts that were given beside it in their places. */
    private String withParts(String uri) {
        if (Stream.of(HOST, PORT, VIRTUAL_HOST, USERNAME, PASSWORD, SSL).noneMatch(values::containsKey)) {
            return uri;
        }
        Matcher form = FORM.matcher(uri);
        if (!form.matches()) {
            // Says what is wrong with it.
            AmqpUri.parse(uri);
            throw new IllegalArgumentException("no AMQP URI that settings could stand beside");
        }
        String ssl = values.get(SSL);
        String scheme = ssl == null ? form.group(1) : ssl.equals("true") ? "amqps" : "amqp";
        String virtualHost = values.get(VIRTUAL_HOST);
        String path = virtualHost == null ? orEmpty(form.group(4)) : "/" + encoded(virtualHost);
        return scheme + "://" + userInfo(orEmpty(form.group(2))) + hostAndPort(form.group(3)) + path
                + orEmpty(form.group(5));
    }

    private String userInfo(String given) {
        String user = values.get(USERNAME);
        String password = values.get(PASSWORD);
        int colon = given.indexOf(':');
        String userInUri = colon < 0 ? given : given.substring(0, colon);
        if (user != null) {
            // Another user does not have the password of the one in the URI.
            return encoded(user) + ":" + encoded(password == null ? "" : password) + "@";
        }
        if (password != null) {
            return (userInUri.isEmpty() ? "guest" : userInUri) + ":" + encoded(password) + "@";
        }
        return given.isEmpty() ? "" : given + "@";
    }

    private String hostAndPort(String given) {
        String host = values.get(HOST);
        String port = values.get(PORT);
        int colon = given.lastIndexOf(':') > given.lastIndexOf(']') ? given.lastIndexOf(':') : given.length();
        String hostThere = host == null ? given.substring(0, colon) : host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return hostThere + (port == null ? given.substring(colon) : ":" + port);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Everything but passwords. */
    @Override
    public String toString() {
        return open().toString();
    }
}
