package dev.leveret.amqp.api;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * AMQP URIs as RabbitMQ specifies them: {@code amqp://user:password@host:port/vhost?option=value}, and {@code amqps://} for
 * TLS, by default to port 5671 and with all checks of {@link TlsOptions}.
 *
 * <p>User, password and virtual host are percent-decoded: the virtual host {@code /} is written {@code %2f}. Without a
 * path the virtual host is {@code /}; with a path of only {@code /} it is the one with the empty name. An {@code @} behind
 * the host is written {@code %40}. What is left out has the default of {@link ConnectionOptions}.
 *
 * <p>Options, each at most once but for {@code auth_mechanism}. Those of TLS need {@code amqps://}; {@code verify_none} is
 * {@link TlsOptions.Builder#trustEverythingInsecurely}. Any other is refused, with the name of the nearest:
 *
 * <table>
 *   <caption>Options of AMQP URIs</caption>
 *   <tr><th>option</th><th>unit or form</th><th>sets</th><th>known from</th></tr>
 *   <tr><td>{@code address_order}</td><td>{@code in_order}, {@code shuffled}</td><td>{@link ConnectionOptions#addressOrder}</td><td></td></tr>
 *   <tr><td>{@code auth_mechanism}</td><td>{@code plain}, {@code amqplain}, {@code external}, {@code anonymous}</td><td>{@link ConnectionOptions#credentials}: the first that the broker offers</td><td>RabbitMQ</td></tr>
 *   <tr><td>{@code blocked_connection_timeout}</td><td>seconds, also 0.5</td><td>{@link ConnectionOptions#blockedConnectionTimeout}</td><td>Pika</td></tr>
 *   <tr><td>{@code cacertfile}</td><td>path, PEM</td><td>{@link ConnectionOptions#tls}</td><td>RabbitMQ</td></tr>
 *   <tr><td>{@code certfile}</td><td>path, PEM</td><td>{@link ConnectionOptions#tls}</td><td>RabbitMQ</td></tr>
 *   <tr><td>{@code channel_max}</td><td>channels</td><td>{@link ConnectionOptions#channelMax}</td><td>RabbitMQ, Pika</td></tr>
 *   <tr><td>{@code client_properties}</td><td>dictionary</td><td>{@link ConnectionOptions#clientProperties}</td><td>Pika</td></tr>
 *   <tr><td>{@code close_timeout}</td><td>milliseconds</td><td>{@link ConnectionOptions#closeTimeout}</td><td></td></tr>
 *   <tr><td>{@code confirm_timeout}</td><td>milliseconds</td><td>{@link ConnectionOptions#confirmTimeout}</td><td></td></tr>
 *   <tr><td>{@code connect_deadline}</td><td>milliseconds</td><td>{@link ConnectionOptions#connectDeadline}</td><td></td></tr>
 *   <tr><td>{@code connection_attempt_delay}</td><td>milliseconds</td><td>{@link ConnectionOptions#connectionAttemptDelay}</td><td></td></tr>
 *   <tr><td>{@code connection_attempts}</td><td>rounds</td><td>{@link ConnectionOptions#connectAttempts}</td><td>Pika</td></tr>
 *   <tr><td>{@code connection_timeout}</td><td>milliseconds</td><td>{@link ConnectionOptions#connectTimeout}</td><td>RabbitMQ</td></tr>
 *   <tr><td>{@code dns_timeout}</td><td>milliseconds</td><td>{@link ConnectionOptions#dnsTimeout}</td><td></td></tr>
 *   <tr><td>{@code frame_max}</td><td>bytes</td><td>{@link ConnectionOptions#frameMax}</td><td>RabbitMQ, Pika</td></tr>
 *   <tr><td>{@code handshake_timeout}</td><td>milliseconds</td><td>{@link ConnectionOptions#handshakeTimeout}</td><td>Java client</td></tr>
 *   <tr><td>{@code heartbeat}</td><td>seconds</td><td>{@link ConnectionOptions#heartbeat}</td><td>RabbitMQ, Pika</td></tr>
 *   <tr><td>{@code keyfile}</td><td>path, PEM</td><td>{@link ConnectionOptions#tls}</td><td>RabbitMQ</td></tr>
 *   <tr><td>{@code locale}</td><td>text</td><td>{@link ConnectionOptions#locale}</td><td>Pika</td></tr>
 *   <tr><td>{@code name}</td><td>text</td><td>{@link ConnectionOptions#connectionName}</td><td>aio-pika</td></tr>
 *   <tr><td>{@code password}</td><td>of the key</td><td>{@link ConnectionOptions#tls}</td><td>RabbitMQ</td></tr>
 *   <tr><td>{@code recovery}</td><td>{@code on}, {@code off}</td><td>{@link ConnectionOptions#recovery}</td><td></td></tr>
 *   <tr><td>{@code request_timeout}</td><td>milliseconds</td><td>{@link ConnectionOptions#requestTimeout}</td><td></td></tr>
 *   <tr><td>{@code retry_delay}</td><td>seconds, also 0.5</td><td>{@link ConnectionOptions#retryDelay}</td><td>Pika</td></tr>
 *   <tr><td>{@code server_name_indication}</td><td>host name</td><td>{@link ConnectionOptions#tls}</td><td>RabbitMQ</td></tr>
 *   <tr><td>{@code socket_timeout}</td><td>seconds, also 0.5</td><td>{@link ConnectionOptions#connectTimeout}</td><td>Pika</td></tr>
 *   <tr><td>{@code stack_timeout}</td><td>seconds, also 0.5</td><td>{@link ConnectionOptions#connectDeadline}</td><td>Pika</td></tr>
 *   <tr><td>{@code tcp_options}</td><td>dictionary</td><td>{@link ConnectionOptions#tcp}</td><td>Pika</td></tr>
 *   <tr><td>{@code transport}</td><td>{@code nio}, {@code epoll}</td><td>{@link ConnectionOptions#transport}</td><td></td></tr>
 *   <tr><td>{@code verify}</td><td>{@code verify_peer}, {@code verify_none}</td><td>{@link ConnectionOptions#tls}</td><td>RabbitMQ</td></tr>
 * </table>
 *
 * <p>A dictionary is written as in Python or JSON, <code>{'team': 'billing', 'shard': 3}</code>, and percent-encoded where a
 * URI demands it. That of {@code tcp_options} may have {@code TCP_KEEPIDLE}, {@code TCP_KEEPINTVL} (seconds) and
 * {@code TCP_KEEPCNT}.
 */
public final class AmqpUri {

    private static final String KIND = "URI option";

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

    /**
     * The same with further options in the query, which a library on top of this one has.
     *
     * @param further what takes the value of each over, by its name; it may refuse it with an {@link
     *     IllegalArgumentException}, to which the name and the value are added
     * @throws IllegalArgumentException as {@link #parse(String)}; or if a further option has the name of one that there is
     */
    public static ConnectionOptions.Builder parse(String uri, Map<String, Consumer<String>> further) {
        return parse(toUri(uri), OptionTable.with(further));
    }

    /**
     * A URI without its secrets, to be shown or kept: without the password, and without options that may hold one
     * ({@code client_properties}, and the {@code password} of a key).
     *
     * @throws IllegalArgumentException if it is not an AMQP URI; options of the query that are not known are left as they are
     */
    public static String withoutSecrets(String uri) {
        URI parsed = toUri(uri);
        requireForm(parsed);
        String authority = parsed.getRawAuthority() == null ? "" : parsed.getRawAuthority();
        int at = authority.lastIndexOf('@');
        int colon = authority.indexOf(':');
        String user = at < 0 ? "" : authority.substring(0, colon >= 0 && colon < at ? colon : at) + "@";
        String host = authority.substring(at + 1);
        String query = openOptions(parsed.getRawQuery());
        return parsed.getScheme() + "://" + user + (host.equals(":") ? "" : host)
                + (parsed.getRawPath() == null ? "" : parsed.getRawPath()) + (query.isEmpty() ? "" : "?" + query);
    }

    private static String openOptions(@Nullable String query) {
        return Stream.of(query == null ? new String[0] : query.split("&", -1))
                .filter(it -> it.indexOf('=') > 0)
                .filter(it -> !isSecret(decode("option", it.substring(0, it.indexOf('=')))))
                .collect(Collectors.joining("&"));
    }

    private static boolean isSecret(String option) {
        return OptionTable.inUri(OptionTable.OPTIONS, option)
                .filter(OptionTable.Option::secret)
                .isPresent();
    }

    /**
     * Reads several URIs into one connection's options: the brokers to try. They must differ in host and port only.
     *
     * @throws IllegalArgumentException as {@link #parse(String)}, or if there is none, or they differ in more
     */
    public static ConnectionOptions.Builder parse(List<String> uris) {
        return parse(uris, Map.of());
    }

    /** Several URIs, with further options as {@link #parse(String, Map)} has them. */
    static ConnectionOptions.Builder parse(List<String> uris, Map<String, Consumer<String>> further) {
        if (uris.isEmpty()) {
            throw new IllegalArgumentException("no URI to connect to");
        }
        List<Endpoint> endpoints = new ArrayList<>();
        ConnectionOptions.Builder first = parse(uris.get(0), further);
        for (String each : uris) {
            requireSame(toUri(uris.get(0)), toUri(each));
            endpoints.addAll(parse(each, further).build().endpoints());
        }
        return first.endpoints(endpoints);
    }

    private static void requireSame(URI first, URI other) {
        requireSame("scheme", first.getScheme(), other.getScheme());
        requireSame("user and password", userInfo(first), userInfo(other));
        requireSame("virtual host", first.getRawPath(), other.getRawPath());
        requireSame("options", first.getRawQuery(), other.getRawQuery());
    }

    private static void requireSame(String what, @Nullable String first, @Nullable String other) {
        if (!Objects.equals(first, other)) {
            throw new IllegalArgumentException(
                    "the URIs of one connection's brokers must not differ in " + what + ", only in host and port");
        }
    }

    private static @Nullable String userInfo(URI uri) {
        String authority = uri.getRawAuthority();
        int at = authority == null ? -1 : authority.lastIndexOf('@');
        return authority == null || at < 0 ? null : authority.substring(0, at);
    }

    /** The same for a {@link URI}. */
    public static ConnectionOptions.Builder parse(URI uri) {
        return parse(uri, OptionTable.OPTIONS);
    }

    private static ConnectionOptions.Builder parse(URI uri, List<OptionTable.Option> table) {
        boolean tls = isTls(uri.getScheme());
        requireForm(uri);
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
        options(uri.getRawQuery(), table).applyTo(options);
        if (tls) {
            options.tls(options.uriTls().build());
        }
        options.endUriTls();
        return options;
    }

    private static void requireForm(URI uri) {
        isTls(uri.getScheme());
        if (!uri.getRawSchemeSpecificPart().startsWith("//") || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("an AMQP URI begins with amqp:// and has no #: is a character in user or"
                    + " password not percent-encoded?");
        }
        requireNoPasswordBehindHost(uri);
    }

    /** After a password with a / or ? that is not encoded its rest would become a virtual host or option, to be shown. */
    private static void requireNoPasswordBehindHost(URI uri) {
        if ((uri.getRawPath() + uri.getRawQuery()).indexOf('@') >= 0) {
            throw new IllegalArgumentException(
                    "an AMQP URI has no @ behind the host: percent-encode / and ? in user and"
                            + " password, or write an @ of the virtual host or of an option as %40");
        }
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
            // Not quoted: after a password with a / that is not encoded it is the rest of the password that stands
            // here.
            throw new IllegalArgumentException("the virtual host in the URI has more than one segment: write a / that"
                    + " belongs to its name as %2f (is a character in user or password not percent-encoded?)");
        }
        return decode("virtual host", path.substring(1));
    }

    private static OptionTable.Given options(@Nullable String query, List<OptionTable.Option> table) {
        OptionTable.Given given = new OptionTable.Given(KIND, table);
        if (query == null || query.isEmpty()) {
            return given;
        }
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                // Not quoted: it may be what follows a ? in a password, or an & in a value.
                throw new IllegalArgumentException("an option of the URI is not of the form name=value"
                        + " (is a character in user, password or a value not percent-encoded?)");
            }
            String name = decode("option", pair.substring(0, equals));
            OptionTable.Option option =
                    OptionTable.inUri(table, name).orElseThrow(() -> unknown(name, table, query.indexOf('@') >= 0));
            given.add(option, name, decode("option " + name, pair.substring(equals + 1)));
        }
        return given;
    }

    private static IllegalArgumentException unknown(
            String name, List<OptionTable.Option> table, boolean mayBePassword) {
        return mayBePassword
                ? new IllegalArgumentException("an option of the URI is not known, and there is a @ behind the ?"
                        + " (is a character in user or password not percent-encoded?)")
                : OptionTable.unknown(KIND, name, OptionTable.names(table));
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
