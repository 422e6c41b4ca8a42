package dev.leveret.amqp.api;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * AMQP URIs as RabbitMQ specifies them: {@code amqp://user:password@host:port/vhost?option=value}, and {@code amqps://} for
 * TLS, by default to port 5671 and with all checks of {@link TlsOptions}.
 *
 * <p>User, password and virtual host are percent-decoded: the virtual host {@code /} is written {@code %2f}. Without a
 * path the virtual host is {@code /}; with a path of only {@code /} it is the one with the empty name. What is left out
 * has the default of {@link ConnectionOptions}.
 *
 * <p>Options: {@code heartbeat} (seconds), {@code connection_timeout} (milliseconds; one TCP connection attempt),
 * {@code channel_max}, {@code frame_max} (bytes), {@code name} (of the connection),
 * {@code auth_mechanism} ({@code plain}, {@code amqplain}, {@code external}, {@code anonymous}; given several times, or with
 * commas between them, the first that the broker offers is taken). With {@code amqps://} also {@code cacertfile},
 * {@code certfile}, {@code keyfile} (paths of PEM files), {@code password} (of the key), {@code verify}
 * ({@code verify_peer}, or {@code verify_none} for {@link TlsOptions.Builder#trustEverythingInsecurely}) and
 * {@code server_name_indication}. Any other is refused.
 */
public final class AmqpUri {

    private static final Map<String, BiConsumer<ConnectionOptions.Builder, String>> OPTIONS = Map.ofEntries(
            Map.entry("heartbeat", (options, value) -> options.heartbeat(Duration.ofSeconds(Integer.parseInt(value)))),
            Map.entry(
                    "connection_timeout",
                    (options, value) -> options.connectTimeout(Duration.ofMillis(Integer.parseInt(value)))),
            Map.entry("channel_max", (options, value) -> options.channelMax(Integer.parseInt(value))),
            Map.entry("frame_max", (options, value) -> options.frameMax(Integer.parseInt(value))),
            Map.entry("name", ConnectionOptions.Builder::connectionName),
            Map.entry("auth_mechanism", ConnectionOptions.Builder::mechanisms),
            Map.entry("cacertfile", (options, value) -> options.uriTls().trustCertificates(Path.of(value))),
            Map.entry("certfile", (options, value) -> options.uriTls().certificateFile(Path.of(value))),
            Map.entry("keyfile", (options, value) -> options.uriTls().keyFile(Path.of(value))),
            Map.entry("password", (options, value) -> options.uriTls().keyPassword(value.toCharArray())),
            Map.entry("verify", (options, value) -> options.uriTls().verify(value)),
            Map.entry(
                    "server_name_indication",
                    (options, value) -> options.uriTls().serverName(value)));

    /** What may be given several times, the preferred first. */
    private static final Set<String> LISTS = Set.of("auth_mechanism");

    /** What errors must not quote. */
    private static final Set<String> SECRETS = Set.of("password");

    private AmqpUri() {}

    /**
     * Reads a URI into options that can be refined.
     *
     * @throws IllegalArgumentException if it is not an AMQP URI or has an option that is not known or out of range; the
     *     message does not show the password
     */
    public static ConnectionOptions.Builder parse(String uri) {
        return parse(toUri(uri));
    }

    /** The same for a {@link URI}. */
    public static ConnectionOptions.Builder parse(URI uri) {
        boolean tls = isTls(uri.getScheme());
        if (!uri.getRawSchemeSpecificPart().startsWith("//") || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("an AMQP URI begins with amqp:// and has no #: is a character in user or"
                    + " password not percent-encoded?");
        }
        ConnectionOptions.Builder options = ConnectionOptions.builder();
        String authority = uri.getRawAuthority();
        if (authority == null) {
            options.endpoints(List.of(endpoint("", tls)));
        } else {
            int at = authority.lastIndexOf('@');
            if (at >= 0) {
                options.credentials(credentials(authority.substring(0, at)));
            }
            options.endpoints(List.of(endpoint(authority.substring(at + 1), tls)));
        }
        String path = uri.getRawPath();
        if (path != null && !path.isEmpty()) {
            options.virtualHost(virtualHost(path));
        }
        options(uri.getRawQuery()).forEach((name, value) -> apply(options, name, value));
        if (tls) {
            options.tls(options.uriTls().build());
        } else if (options.hasUriTls()) {
            throw new IllegalArgumentException("the URI has options of TLS but begins with amqp://: write amqps://");
        }
        return options;
    }

    private static URI toUri(String text) {
        try {
            String stripped = text.strip();
            // Java wants something behind the slashes, AMQP does not.
            return new URI(stripped.endsWith("://") ? stripped + ":" : stripped);
        } catch (URISyntaxException e) {
            // Neither its message nor itself as the cause: both quote the text, and with it the password.
            throw new IllegalArgumentException("not a URI: " + e.getReason() + " at position " + e.getIndex()
                    + " (is a character in user or password not percent-encoded?)");
        }
    }

    private static boolean isTls(@Nullable String scheme) {
        String lower = scheme == null ? "" : scheme.toLowerCase(Locale.ROOT);
        if (!lower.equals("amqp") && !lower.equals("amqps")) {
            throw new IllegalArgumentException("an AMQP URI begins with amqp:// or amqps://"
                    + (scheme == null ? "" : ", not with " + scheme + "://"));
        }
        return lower.equals("amqps");
    }

    private static Credentials credentials(String userInfo) {
        int colon = userInfo.indexOf(':');
        String user = decode("user", colon < 0 ? userInfo : userInfo.substring(0, colon));
        // RabbitMQ's specification of AMQP URIs: user and password default on their own.
        String password = colon < 0 ? "guest" : decode("password", userInfo.substring(colon + 1));
        return Credentials.plain(user, password);
    }

    private static Endpoint endpoint(String hostAndPort, boolean tls) {
        int colon = hostAndPort.lastIndexOf(':');
        boolean hasPort = colon > hostAndPort.lastIndexOf(']');
        String host = hasPort ? hostAndPort.substring(0, colon) : hostAndPort;
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        String port = hasPort ? hostAndPort.substring(colon + 1) : "";
        return new Endpoint(
                host.isEmpty() ? "localhost" : decode("host", host),
                !port.isEmpty() ? port(port) : tls ? Endpoint.DEFAULT_TLS_PORT : Endpoint.DEFAULT_PORT);
    }

    private static String virtualHost(String path) {
        if (path.indexOf('/', 1) >= 0) {
            throw new IllegalArgumentException("the virtual host in '" + path
                    + "' has more than one segment: write a / that belongs to its name as %2f");
        }
        return decode("virtual host", path.substring(1));
    }

    private static Map<String, String> options(@Nullable String query) {
        Map<String, String> options = new LinkedHashMap<>();
        if (query == null || query.isEmpty()) {
            return options;
        }
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                // Not quoted: it may be what follows an & in a key's password.
                throw new IllegalArgumentException("an option of the URI is not of the form name=value"
                        + " (is a & in a value not percent-encoded?)");
            }
            String name = decode("option", pair.substring(0, equals));
            String value = decode("option " + name, pair.substring(equals + 1));
            String before = options.get(name);
            if (options.put(name, before == null ? value : before + "," + value) != null && !LISTS.contains(name)) {
                throw new IllegalArgumentException("URI option '" + name + "' is given twice");
            }
        }
        return options;
    }

    private static void apply(ConnectionOptions.Builder options, String name, String value) {
        BiConsumer<ConnectionOptions.Builder, String> option = OPTIONS.get(name);
        if (option == null) {
            throw new IllegalArgumentException("unknown URI option '" + name + "'"
                    + nearest(name).map(it -> ", did you mean '" + it + "'?").orElse("")
                    + " (known: "
                    + String.join(", ", OPTIONS.keySet().stream().sorted().toList()) + ")");
        }
        try {
            option.accept(options, value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "URI option " + name + "=" + (SECRETS.contains(name) ? "***" : value) + ": " + e.getMessage(), e);
        }
    }

    private static Optional<String> nearest(String name) {
        return OPTIONS.keySet().stream()
                .min(Comparator.comparingInt(it -> editDistance(it, name)))
                .filter(it -> editDistance(it, name) <= 1 + it.length() / 3);
    }

    private static int editDistance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substitution, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    private static int port(String digits) {
        if (!digits.matches("[0-9]{1,9}")) {
            // Not quoted: after a password with a /, ? or # that is not encoded it is the password that stands here.
            throw new IllegalArgumentException("the port in the URI is not a number"
                    + " (is a character in user or password not percent-encoded?)");
        }
        return Integer.parseInt(digits);
    }

    /** Percent-decoding to UTF-8. {@code +} stays itself, other than in HTML forms. */
    private static String decode(String what, String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] in = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(in.length);
        for (int i = 0; i < in.length; i++) {
            if (in[i] == '%') {
                int high = i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
                int low = i + 2 < in.length ? Character.digit(in[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    throw new IllegalArgumentException(what + " in the URI has a % that two hex digits do not follow");
                }
                out.put((byte) (high << 4 | low));
                i += 2;
            } else {
                out.put(in[i]);
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(out.flip()).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(what + " in the URI does not percent-decode to UTF-8", e);
        }
    }
}
