package dev.leveret.amqp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmqpUriTest {

    private static final String DEFAULT = "guest:guest@localhost:5672 /";

    private static String parsed(String uri) {
        return describe(AmqpUri.parse(uri).build());
    }

    /** {@code user:password@host:port vhost}. */
    private static String describe(ConnectionOptions options) {
        String[] plain = new String(((Credentials) options.credentials()).response(null), StandardCharsets.UTF_8)
                .split("\0", -1);
        return plain[1] + ":" + plain[2] + "@" + options.endpoints().get(0) + " " + options.virtualHost();
    }

    // ---- what is refused ------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "localhost:5672", "http://localhost", "amqp:localhost", "amqp+ssl://h"})
    void whatDoesNotBeginWithAmqpIsRefused(String uri) {
        assertThatThrownBy(() -> AmqpUri.parse(uri)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cacertfile=ca.pem",
                "certfile=a.pem&keyfile=a.key",
                "password=s3cret",
                "verify=verify_none",
                "verify=verify_peer",
                "server_name_indication=h"
            })
    void optionsOfTlsAreRefusedWithoutTls(String options) {
        assertThatThrownBy(() -> AmqpUri.parse("amqp://h?" + options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("amqps://");
    }

    @ParameterizedTest
    @CsvSource({
        "certfile=a.pem, private key",
        "keyfile=a.key, client certificate",
        "verify=none, verify_peer",
        "auth_mechanism=SCRAM, external",
        "auth_mechanism=, external",
        "'auth_mechanism=plain,', external",
    })
    void whatDoesNotFitTogetherOrIsNotKnownIsRefused(String options, String words) {
        assertThatThrownBy(() -> AmqpUri.parse("amqps://h?" + options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "amqp://user:s3cret#@host",
                "amqp://user:s3cret/x@host",
                "amqp://user:s3cret?x@host",
                "amqp://host#fragment",
                "amqp://user:s3cret@host:port",
                "amqp://user:s3cret@host:70000",
                "amqp://user:s3cret@host:-1",
                "amqp://user:s3cret%@host",
                "amqp://user:s3cret%4@host",
                "amqp://user:s3cret%zz@host",
                "amqp://user:s3cret%ff@host",
                "amqp://user:s3cret@host/a/b",
                "amqp://user:s3cret@host/%",
                "amqp://user:s3cret@host?heartbeat=x",
                "amqp://user:s3cret@host?heartbeat=-1",
                "amqp://user:s3cret@host?heartbeat=65536",
                "amqp://user:s3cret@host?frame_max=4096",
                "amqp://user:s3cret@host?channel_max=70000",
                "amqp://user:s3cret@host?connection_timeout=0",
                "amqp://user:s3cret@host?heartbeat",
                "amqp://user:s3cret@host?=5",
                "amqp://user:s3cret@host?heartbeat=5&heartbeat=6",
                "amqp://user:s3cret@host?heartbeet=5",
                "amqp://user:1?s3cret@host",
                "amqp://user:1?s3cret=x@host",
                "amqp://user:1?x&s3cret=x@host",
                "amqp://user:1/s3cret/x@host",
                "amqp://user:s3cret@host?heartbeat=5&s3cret",
                "amqp://user:s3cret@host?client_properties={'token':+'s3cret'}",
                "amqp://user:s3cret@host?client_properties=s3cret",
                "amqp://us er:s3cret@host",
                "amqp://user:s3cret@[::1",
                "amqps://user:s3cret@host?certfile=x",
                "amqps://host?password=s3cret&password=s3cret",
                "amqps://host?password=x&s3cret",
                "amqps://host?certfile=x&password=s3cret",
                "amqp://host?password=s3cret"
            })
    void noRefusalShowsThePassword(String uri) {
        assertThatThrownBy(() -> AmqpUri.parse(uri).build()).satisfies(failure -> {
            assertThat(failure).isInstanceOf(IllegalArgumentException.class);
            for (Throwable each = failure; each != null; each = each.getCause()) {
                assertThat(each.toString()).doesNotContain("s3cret");
            }
        });
    }

    @Test
    void anUnknownOptionIsRefusedWithTheNearestAndAllKnownOnes() {
        assertThatThrownBy(() -> AmqpUri.parse("amqp://h?heartbeet=5"))
                .hasMessageContaining("'heartbeet'")
                .hasMessageContaining("did you mean 'heartbeat'?")
                .hasMessageContaining("(known: address_order, auth_mechanism, ")
                .hasMessageContaining("verify)");
        assertThatThrownBy(() -> AmqpUri.parse("amqp://h?depth=2"))
                .hasMessageContaining("'depth'")
                .hasMessageNotContaining("did you mean");
    }

    @ParameterizedTest
    @CsvSource({
        "connection_timeout=1&socket_timeout=1, 'connection_timeout' and 'socket_timeout' set the same",
        "stack_timeout=1&connect_deadline=1, 'stack_timeout' and 'connect_deadline' set the same",
        "retry_delay=1&retry_delay=1, 'retry_delay' is given twice",
        "socket_timeout=-1, number of seconds",
        "socket_timeout=1e3, number of seconds",
        "socket_timeout=0, not positive",
        "connection_timeout=0.5, whole number",
        "connection_attempts=0, 1..1000",
        "connection_attempts=99999999999, whole number",
        "address_order=random, shuffled",
        "tcp_options={'TCP_USER_TIMEOUT':1}, heartbeats",
        "tcp_options={'TCP_KEEPIDEL':1}, did you mean 'TCP_KEEPIDLE'",
        "tcp_options={'TCP_KEEPIDLE':'x'}, not a whole number",
        "tcp_options={'TCP_KEEPCNT':-1}, 0..127",
        "tcp_options=TCP_KEEPIDLE, not a dictionary",
    })
    void whatAnOptionCannotBeIsTold(String query, String words) {
        String encoded = query.replace("{", "%7B").replace("}", "%7D");
        assertThatThrownBy(() -> AmqpUri.parse("amqp://h?" + encoded))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }

    @ParameterizedTest
    @CsvSource({
        "amqp://h/w, virtual host",
        "amqp://u:s3cret@h/v, user and password",
        "amqp://h/v?heartbeat=1, options",
        "amqps://h/v, scheme",
    })
    void urisOfOneConnectionDifferInHostAndPortOnly(String other, String words) {
        assertThatThrownBy(() -> AmqpUri.parse(List.of("amqp://h/v", other)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words)
                .hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> AmqpUri.parse(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void severalUrisAreSeveralEndpoints() {
        ConnectionOptions options = AmqpUri.parse(List.of("amqp://u:p@a/v?heartbeat=3", "amqp://u:p@b:1/v?heartbeat=3"))
                .build();
        assertThat(options.endpoints()).containsExactly(new Endpoint("a", 5672), new Endpoint("b", 1));
        assertThat(options.heartbeat()).isEqualTo(Duration.ofSeconds(3));
        assertThat(options.virtualHost()).isEqualTo("v");
    }

    @Test
    void anOptionOutOfRangeIsNamed() {
        assertThatThrownBy(() -> AmqpUri.parse("amqp://h?frame_max=4096"))
                .hasMessageContaining("frame_max=4096")
                .hasMessageContaining("8192");
    }

    // ---- what is accepted: RabbitMQ's specification of AMQP URIs, appendix A
    // -------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "amqp://user:pass@host:10000/vhost, user:pass@host:10000 vhost",
        "amqp://user%61:%61pass@ho%61st:10000/v%2fhost, usera:apass@hoast:10000 v/host",
        "amqp://, guest:guest@localhost:5672 /",
        "amqp://:@/, :@localhost:5672 ''",
        "amqp://user@, user:guest@localhost:5672 /",
        "amqp://user:pass@, user:pass@localhost:5672 /",
        "amqp://host, guest:guest@host:5672 /",
        "amqp://:10000, guest:guest@localhost:10000 /",
        "amqp:///vhost, guest:guest@localhost:5672 vhost",
        "amqp://host/, guest:guest@host:5672 ''",
        "amqp://host/%2F, guest:guest@host:5672 /",
        "amqp://[::1], guest:guest@[::1]:5672 /",
    })
    void theExamplesOfTheSpecificationAreUnderstood(String uri, String expected) {
        assertThat(parsed(uri)).isEqualTo(expected.replace("''", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "AMQP://host, guest:guest@host:5672 /",
        "' amqp://host ', guest:guest@host:5672 /",
        "amqp://[::1]:5673/v, guest:guest@[::1]:5673 v",
        "amqp://[fe80::1%25eth0]:1, guest:guest@[fe80::1%eth0]:1 /",
        "amqp://my_host:1, guest:guest@my_host:1 /",
        "amqp://u:p%40ss%3A%2F%3F%23%25@h, u:p@ss:/?#%@h:5672 /",
        "amqp://u:a+b@h, u:a+b@h:5672 /",
        "amqp://u:p:q@h, u:p:q@h:5672 /",
        "amqp://u%C3%BC:%E2%82%AC@h, u\u00fc:\u20ac@h:5672 /",
        "amqp://h:, guest:guest@h:5672 /",
        "amqp://h/v%20w, guest:guest@h:5672 v w",
    })
    void percentEncodingAndOddHostsAreUnderstood(String uri, String expected) {
        assertThat(parsed(uri)).isEqualTo(expected);
    }

    @Test
    void optionsAreTakenOver() {
        ConnectionOptions options = AmqpUri.parse(
                        "amqp://h?heartbeat=7&connection_timeout=1500&channel_max=9&frame_max=8192&name=my%20app")
                .build();
        assertThat(options.heartbeat()).isEqualTo(Duration.ofSeconds(7));
        assertThat(options.connectTimeout()).isEqualTo(Duration.ofMillis(1500));
        assertThat(options.channelMax()).isEqualTo(9);
        assertThat(options.frameMax()).isEqualTo(8192);
        assertThat(options.connectionName()).isEqualTo("my app");
    }

    @Test
    void everyOptionIsTakenOverInItsUnit() {
        ConnectionOptions options = AmqpUri.parse(
                        "amqp://h?address_order=SHUFFLED&transport=epoll&connection_attempts=4&retry_delay=0.5"
                                + "&socket_timeout=1.5&stack_timeout=20&connection_attempt_delay=100&dns_timeout=700"
                                + "&handshake_timeout=800&request_timeout=900&close_timeout=1000&confirm_timeout=1100&locale=de_DE"
                                + "&client_properties=%7B'team':'a%20b','n':7%7D"
                                + "&tcp_options=%7B'TCP_KEEPIDLE':30,'TCP_KEEPINTVL':5,'TCP_KEEPCNT':3%7D")
                .build();
        assertThat(options.addressOrder()).isEqualTo(AddressOrder.SHUFFLED);
        assertThat(options.transport()).isEqualTo(Transport.EPOLL);
        assertThat(options.connectAttempts()).isEqualTo(4);
        assertThat(options.retryDelay()).isEqualTo(Duration.ofMillis(500));
        assertThat(options.connectTimeout()).isEqualTo(Duration.ofMillis(1500));
        assertThat(options.connectDeadline()).isEqualTo(Duration.ofSeconds(20));
        assertThat(options.connectionAttemptDelay()).isEqualTo(Duration.ofMillis(100));
        assertThat(options.dnsTimeout()).isEqualTo(Duration.ofMillis(700));
        assertThat(options.handshakeTimeout()).isEqualTo(Duration.ofMillis(800));
        assertThat(options.requestTimeout()).isEqualTo(Duration.ofMillis(900));
        assertThat(options.closeTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(options.confirmTimeout()).isEqualTo(Duration.ofMillis(1100));
        assertThat(options.locale()).isEqualTo("de_DE");
        assertThat(options.clientProperties()).isEqualTo(Map.of("team", "a b", "n", 7));
        assertThat(options.tcp())
                .isEqualTo(new TcpOptions(true, true, Duration.ofSeconds(30), Duration.ofSeconds(5), 3));
        assertThat(AmqpUri.parse("amqp://h?connect_deadline=5000").build().connectDeadline())
                .isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void whatIsLeftOutHasTheDefault() {
        ConnectionOptions parsed = AmqpUri.parse("amqp://localhost?").build();
        ConnectionOptions defaults = ConnectionOptions.builder().build();
        assertThat(describe(parsed)).isEqualTo(DEFAULT).isEqualTo(describe(defaults));
        assertThat(parsed.heartbeat()).isEqualTo(defaults.heartbeat());
        assertThat(parsed.frameMax()).isEqualTo(defaults.frameMax());
    }

    @Test
    void aUriObjectIsAsGood() {
        assertThat(describe(AmqpUri.parse(URI.create("amqp://u:p@h:1/v")).build()))
                .isEqualTo("u:p@h:1 v");
    }

    // ---- TLS and mechanisms ---------------------------------------------------------------------------------------

    @Test
    void amqpsIsTlsWithAllChecksOnItsOwnPort() {
        ConnectionOptions options = AmqpUri.parse("amqps://mq.example").build();
        assertThat(options.endpoints()).containsExactly(new Endpoint("mq.example", 5671));
        TlsOptions tls = options.tls().orElseThrow();
        assertThat(tls.trustsEverything()).isFalse();
        assertThat(tls.acceptsAnyHost()).isFalse();
        assertThat(AmqpUri.parse("amqps://").build().endpoints()).containsExactly(new Endpoint("localhost", 5671));
        assertThat(AmqpUri.parse("AMQPS://h:5999").build().endpoints()).containsExactly(new Endpoint("h", 5999));
        assertThat(AmqpUri.parse("amqp://h").build().tls()).isEmpty();
    }

    @Test
    void theOptionsOfTlsAreRabbitMqs() {
        TlsOptions tls = AmqpUri.parse(
                        "amqps://h?cacertfile=/ca%20dir/ca.pem&certfile=/c.pem&keyfile=/c.key&password=s3cret"
                                + "&verify=verify_peer&server_name_indication=other.example")
                .build()
                .tls()
                .orElseThrow();
        assertThat(tls.serverName()).isEqualTo("other.example");
        assertThat(tls)
                .hasToString("TlsOptions[trust=/ca dir/ca.pem, client certificate=/c.pem, serverName='other.example',"
                        + " [TLSv1.3, TLSv1.2]]");
        assertThat(AmqpUri.parse("amqps://h?cacertfile=ca.pem&verify=verify_none")
                        .build()
                        .tls()
                        .orElseThrow()
                        .trustsEverything())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "auth_mechanism=external, EXTERNAL",
        "auth_mechanism=amqplain&auth_mechanism=plain, 'AMQPLAIN(u, ***) PLAIN(u, ***)'",
        "'auth_mechanism=EXTERNAL,ANONYMOUS', EXTERNAL ANONYMOUS",
    })
    void mechanismsComeInTheOrderGiven(String option, String mechanisms) throws Exception {
        CredentialsProvider provider =
                AmqpUri.parse("amqp://u:p@h?" + option).build().credentials();
        assertThat(String.join(
                        " ",
                        provider.credentials().toCompletableFuture().get().stream()
                                .map(Object::toString)
                                .toList()))
                .isEqualTo(mechanisms);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "amqp://user:12/secret@host/vhost",
                "amqp://user:12/secret@host",
                "amqp://user:p@ss/secret@host",
                "amqp://user:12?secret=x@host",
                "amqp://user:1?heartbeat=secret@host",
            })
    void aPasswordWithASlashOrQuestionMarkIsNotTakenForSomethingToBeShown(String uri) {
        assertThatThrownBy(() -> AmqpUri.parse(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("percent-encode / and ?")
                .hasMessageNotContaining("secret");
    }

    @Test
    void furtherOptionsStandBesideTheKnownOnes() {
        Map<String, String> taken = new HashMap<>();
        Map<String, Consumer<String>> further = Map.of("my.size", it -> {
            if (it.equals("s3cret")) {
                throw new IllegalArgumentException("not a size");
            }
            taken.put("my.size", it);
        });
        assertThat(AmqpUri.parse("amqp://h?my.size=a%20b&heartbeat=7", further)
                        .build()
                        .heartbeat())
                .hasSeconds(7);
        assertThat(taken).isEqualTo(Map.of("my.size", "a b"));
        refused("amqp://h?my.sise=1", further, "unknown URI option 'my.sise', did you mean 'my.size'?");
        refused("amqp://h?my.size=1&my.size=2", further, "'my.size' is given twice");
        refused("amqp://h?my.size=s3cret", further, "URI option my.size=s3cret: not a size");
        refused("amqp://h", Map.of("heartbeat", it -> {}), "there is an option 'heartbeat' already");
    }

    private static void refused(String uri, Map<String, Consumer<String>> further, String words) {
        assertThatThrownBy(() -> AmqpUri.parse(uri, further))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }

    @ParameterizedTest
    @CsvSource({
        "amqp://u:s3cret@h:1/v%2fw?heartbeat=5,                         amqp://u@h:1/v%2fw?heartbeat=5",
        "amqps://u:s3cr%40et@h?password=s3cret&verify=verify_none,      amqps://u@h?verify=verify_none",
        "amqp://u@h?client_properties=%7B'a':'s3cret'%7D&my.option=1,   amqp://u@h?my.option=1",
        "amqp://u@h?cl%69ent_properties=%7B'a':'s3cret'%7D,             amqp://u@h",
        "amqp://:s3cret@[::1]:5672,                                     amqp://@[::1]:5672",
        "amqp://,                                                       amqp://",
        "amqp://h/,                                                     amqp://h/",
    })
    void aUriCanBeShownWithoutItsSecrets(String uri, String shown) {
        assertThat(AmqpUri.withoutSecrets(uri)).isEqualTo(shown);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "amqp://user:12/secret@host/vhost",
                "amqp://user:12?x=secret@host",
                "amqp://user:sec#ret@host",
                "user:secret"
            })
    void whatCannotBeTakenApartIsNotShown(String uri) {
        assertThatThrownBy(() -> AmqpUri.withoutSecrets(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("sec");
    }
}
