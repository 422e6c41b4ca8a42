package dev.leveret.amqp.api;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The options of URIs and of maps: one table for both. */
final class OptionTable {

    /** Takes an option's value over. Throws {@link IllegalArgumentException}. */
    interface Setter {
        void set(ConnectionOptions.Builder options, String value);
    }

    /**
     * An option.
     *
     * @param name in a URI, and in a map
     * @param setting what it sets: two options with the same cannot be given together
     * @param aliases further names in a map
     * @param repeatable whether it may be given several times; the values are then joined by commas
     * @param secret whether errors must not quote its value
     */
    record Option(
            String name, String setting, List<String> aliases, boolean repeatable, boolean secret, Setter setter) {}

    static final List<Option> OPTIONS = List.of(
            option("address_order", (it, value) -> it.addressOrder(addressOrder(value))),
            new Option(
                    "auth_mechanism", "auth_mechanism", List.of(), true, false, ConnectionOptions.Builder::mechanisms),
            option("blocked_connection_timeout", (it, value) -> it.blockedConnectionTimeout(seconds(value))),
            option("cacertfile", (it, value) -> it.uriTls().trustCertificates(Path.of(value))),
            option("certfile", (it, value) -> it.uriTls().certificateFile(Path.of(value))),
            option("channel_max", (it, value) -> it.channelMax(number(value)), "connection_channel_max"),
            secret("client_properties", (it, value) -> DictLiteral.parse(value).forEach(it::clientProperty)),
            option("close_timeout", (it, value) -> it.closeTimeout(millis(value))),
            option("confirm_timeout", (it, value) -> it.confirmTimeout(millis(value))),
            option("connect_deadline", (it, value) -> it.connectDeadline(millis(value))),
            option("connection_attempt_delay", (it, value) -> it.connectionAttemptDelay(millis(value))),
            option("connection_attempts", (it, value) -> it.connectAttempts(number(value))),
            option("connection_timeout", (it, value) -> it.connectTimeout(millis(value))),
            option("dns_timeout", (it, value) -> it.dnsTimeout(millis(value))),
            option("frame_max", (it, value) -> it.frameMax(number(value)), "connection_frame_max"),
            option("handshake_timeout", (it, value) -> it.handshakeTimeout(millis(value))),
            option("heartbeat", (it, value) -> it.heartbeat(Duration.ofSeconds(number(value))), "connection_heartbeat"),
            option("keyfile", (it, value) -> it.uriTls().keyFile(Path.of(value))),
            option("locale", ConnectionOptions.Builder::locale),
            option("name", ConnectionOptions.Builder::connectionName),
            // In a map the name belongs to the user's password.
            new Option(
                    "password",
                    "password",
                    List.of("key_password"),
                    false,
                    true,
                    (it, value) -> it.uriTls().keyPassword(value.toCharArray())),
            option("recovery", (it, value) -> it.recovery(recovery(value))),
            option("request_timeout", (it, value) -> it.requestTimeout(millis(value)), "channel_rpc_timeout"),
            option("retry_delay", (it, value) -> it.retryDelay(seconds(value))),
            option("server_name_indication", (it, value) -> it.uriTls().serverName(value)),
            sameAs("connection_timeout", "socket_timeout", (it, value) -> it.connectTimeout(seconds(value))),
            sameAs("connect_deadline", "stack_timeout", (it, value) -> it.connectDeadline(seconds(value))),
            option("tcp_options", (it, value) -> it.tcp(tcp(DictLiteral.parse(value)))),
            option("transport", (it, value) -> it.transport(transport(value))),
            option("verify", (it, value) -> it.uriTls().verify(value)));

    private OptionTable() {}

    private static Option option(String name, Setter setter, String... aliases) {
        return new Option(name, name, List.of(aliases), false, false, setter);
    }

    private static Option secret(String name, Setter setter) {
        return new Option(name, name, List.of(), false, true, setter);
    }

    private static Option sameAs(String setting, String name, Setter setter) {
        return new Option(name, setting, List.of(), false, false, setter);
    }

    // ---- looking options up ---------------------------------------------------------------------------------------

    /**
     * The table with options of the caller's behind its own.
     *
     * @param further what takes the value of each over, by its name
     * @throws IllegalArgumentException if the table has an option of such a name already
     */
    static List<Option> with(Map<String, Consumer<String>> further) {
        List<Option> options = new ArrayList<>(OPTIONS);
        further.forEach((name, taker) -> {
            if (inMap(options, name).isPresent()) {
                throw new IllegalArgumentException("there is an option '" + name + "' already");
            }
            options.add(option(name, (it, value) -> taker.accept(value)));
        });
        return options;
    }

    static Optional<Option> inUri(List<Option> options, String name) {
        return options.stream().filter(it -> it.name.equals(name)).findFirst();
    }

    static Optional<Option> inMap(List<Option> options, String key) {
        String plain = plain(key);
        return options.stream()
                .filter(it -> plain(it.name).equals(plain) || it.aliases.contains(plain))
                .findFirst();
    }

    /** A map's key as the table writes it. */
    static String plain(String key) {
        return key.toLowerCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    static List<String> names(List<Option> options) {
        return options.stream().map(Option::name).toList();
    }

    /** Options that were given, each by a name that is known in its source. */
    static final class Given {

        private final String kind;
        private final List<Option> options;
        private final Map<String, String> names = new HashMap<>();
        private final Map<String, String> values = new HashMap<>();

        /**
         * None yet.
         *
         * @param kind what to call an option in errors
         * @param options those that there are
         */
        Given(String kind, List<Option> options) {
            this.kind = kind;
            this.options = options;
        }

        /** @param name as it was given */
        void add(Option option, String name, String value) {
            String before = names.put(option.setting, name);
            if (before != null && !(option.repeatable && values.containsKey(option.name))) {
                throw new IllegalArgumentException(
                        before.equals(name)
                                ? kind + " '" + name + "' is given twice"
                                : kind + "s '" + before + "' and '" + name + "' set the same: give one of them");
            }
            values.merge(option.name, value, (first, second) -> first + "," + second);
        }

        /** Sets them, in the order of the table. */
        void applyTo(ConnectionOptions.Builder builder) {
            for (Option option : options) {
                String value = values.get(option.name);
                if (value != null) {
                    apply(builder, option, String.valueOf(names.get(option.setting)), value);
                }
            }
        }

        private void apply(ConnectionOptions.Builder builder, Option option, String name, String value) {
            try {
                option.setter.set(builder, value);
            } catch (IllegalArgumentException e) {
                // A value that does not parse may be quoted by the cause.
                throw option.secret
                        ? new IllegalArgumentException(kind + " " + name + ": " + e.getMessage())
                        : new IllegalArgumentException(kind + " " + name + "=" + value + ": " + e.getMessage(), e);
            }
        }
    }

    /** An error that names what is nearest to an unknown name. */
    static IllegalArgumentException unknown(String kind, String name, Collection<String> known) {
        String nearest = known.stream()
                .min(Comparator.comparingInt(it -> editDistance(it, name)))
                .filter(it -> editDistance(it, name) <= 1 + it.length() / 3)
                .map(it -> ", did you mean '" + it + "'?")
                .orElse("");
        return new IllegalArgumentException("unknown " + kind + " '" + name + "'" + nearest + " (known: "
                + String.join(", ", known.stream().sorted().toList()) + ")");
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

    // ---- values ---------------------------------------------------------------------------------------------------

    private static int number(String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a whole number, or too large", e);
        }
    }

    private static Duration millis(String value) {
        return Duration.ofMillis(number(value));
    }

    private static Duration seconds(String value) {
        if (!value.matches("[0-9]{1,9}([.][0-9]{1,9})?")) {
            throw new IllegalArgumentException("not a number of seconds, such as 2 or 0.5");
        }
        return Duration.ofNanos(new BigDecimal(value).movePointRight(9).longValueExact());
    }

    private static RecoveryOptions recovery(String value) {
        return switch (value) {
            case "on" -> RecoveryOptions.standard();
            case "off" -> RecoveryOptions.off();
            default -> throw new IllegalArgumentException("neither on nor off");
        };
    }

    private static AddressOrder addressOrder(String value) {
        return Stream.of(AddressOrder.values())
                .filter(it -> it.name().equalsIgnoreCase(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("neither in_order nor shuffled"));
    }

    private static Transport transport(String value) {
        return Stream.of(Transport.values())
                .filter(it -> it.name().equalsIgnoreCase(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("neither nio nor epoll"));
    }

    private static TcpOptions tcp(Map<String, ?> dict) {
        TcpOptions options = TcpOptions.DEFAULT;
        for (Map.Entry<String, ?> each : dict.entrySet()) {
            if (!(each.getValue() instanceof Integer value)) {
                throw new IllegalArgumentException(each.getKey() + " is not a whole number");
            }
            Duration seconds = Duration.ofSeconds(value);
            Duration idle = options.keepAliveIdle();
            Duration interval = options.keepAliveInterval();
            int probes = options.keepAliveProbes();
            options = switch (each.getKey()) {
                case "TCP_KEEPIDLE" -> options.withKeepAlive(seconds, interval, probes);
                case "TCP_KEEPINTVL" -> options.withKeepAlive(idle, seconds, probes);
                case "TCP_KEEPCNT" -> options.withKeepAlive(idle, interval, value);
                case "TCP_USER_TIMEOUT" ->
                    throw new IllegalArgumentException("TCP_USER_TIMEOUT cannot be set from Java; heartbeats notice a"
                            + " dead peer, TCP_KEEPIDLE and its companions do so below AMQP");
                default ->
                    throw unknown("TCP option", each.getKey(), List.of("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT"));
            };
        }
        return options;
    }
}
