package dev.leveret.amqp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsMapTest {

    /** {@code k=v; k=v}. */
    private static Map<String, String> map(String text) {
        Map<String, String> map = new HashMap<>();
        for (String each : text.split(";")) {
            int equals = each.indexOf('=');
            map.put(
                    each.substring(0, equals).strip(),
                    each.substring(equals + 1).strip());
        }
        return map;
    }

    private static ConnectionOptions read(String text) {
        return ConnectionOptions.from(map(text), "rabbitmq.").build();
    }

    private static String login(ConnectionOptions options) {
        return new String(((Credentials) options.credentials()).response(null), StandardCharsets.UTF_8)
                .substring(1)
                .replace('\0', ':');
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rabbitmq.hots=a | unknown setting 'rabbitmq.hots', did you mean 'rabbitmq.host'?",
                "rabbitmq.use.nio=true | unknown setting 'rabbitmq.use.nio'",
                "rabbitmq.connection.heartbeat=x | setting rabbitmq.connection.heartbeat=x: not a whole number",
                "rabbitmq.heartbeat=1;rabbitmq.connection.heartbeat=1 | set the same",
                "rabbitmq.connection.timeout=1;rabbitmq.connection_timeout=1 | set the same",
                "rabbitmq.connection.timeout=1;rabbitmq.socket-timeout=1 | set the same",
                "rabbitmq.virtual.host=a;rabbitmq.virtual_host=b | is given twice",
                "rabbitmq.uri=amqp://u:s3cret@h;rabbitmq.host=a | beside the setting 'rabbitmq.uri' there is ['rabbitmq.host']",
                "rabbitmq.uri=amqp://u:s3cret@h;rabbitmq.virtual.host=a | 'rabbitmq.virtual.host'",
                "rabbitmq.uri=amqp://u:s3cret@h:x | port",
                "rabbitmq.uri=amqp://u:s3cret@h,amqp://u:s3crets@g | user and password",
                "rabbitmq.addresses=a,b;rabbitmq.port=1 | set the same",
                "rabbitmq.addresses=a,,b | host is empty",
                "rabbitmq.addresses=::1 | brackets",
                "rabbitmq.addresses=a:x | not a number",
                "rabbitmq.port=s3cret | 'rabbitmq.port': the port is not a number",
                "rabbitmq.port=70000 | 1..65535",
                "rabbitmq.client.properties=s3cret | not a dictionary",
            })
    void whatCannotBeIsToldWithItsKeyAndWithoutSecrets(String text, String words) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words)
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void nothingIsALocalBroker() {
        ConnectionOptions options = ConnectionOptions.from(Map.of(), "").build();
        assertThat(options.endpoints()).containsExactly(new Endpoint("localhost", 5672));
        assertThat(login(options)).isEqualTo("guest:guest");
        assertThat(options.virtualHost()).isEqualTo("/");
    }

    @Test
    void otherPrefixesAreOthersBusiness() {
        assertThat(read("rabbitmq.host=a; spring.rabbitmq.host=b; rabbit=c").endpoints())
                .containsExactly(new Endpoint("a", 5672));
        assertThat(ConnectionOptions.from(Map.of("host", "z"), "").build().endpoints())
                .containsExactly(new Endpoint("z", 5672));
    }

    @Test
    void theKeysOfTheJavaClientAreKnown() {
        ConnectionOptions options = read("rabbitmq.host=h; rabbitmq.port=1; rabbitmq.username=u; rabbitmq.password=p;"
                + "rabbitmq.virtual.host=v; rabbitmq.connection.channel.max=7; rabbitmq.connection.frame.max=9000;"
                + "rabbitmq.connection.heartbeat=8; rabbitmq.connection.timeout=1500; rabbitmq.handshake.timeout=1600;"
                + "rabbitmq.channel.rpc.timeout=1700; rabbitmq.client.properties.app.name=x");
        assertThat(options.endpoints()).containsExactly(new Endpoint("h", 1));
        assertThat(login(options)).isEqualTo("u:p");
        assertThat(options.virtualHost()).isEqualTo("v");
        assertThat(options.channelMax()).isEqualTo(7);
        assertThat(options.frameMax()).isEqualTo(9000);
        assertThat(options.heartbeat()).isEqualTo(Duration.ofSeconds(8));
        assertThat(options.connectTimeout()).isEqualTo(Duration.ofMillis(1500));
        assertThat(options.handshakeTimeout()).isEqualTo(Duration.ofMillis(1600));
        assertThat(options.requestTimeout()).isEqualTo(Duration.ofMillis(1700));
        assertThat(options.clientProperties()).isEqualTo(Map.of("app.name", "x"));
    }

    @Test
    void everyOptionOfAUriIsASettingInThreeWaysOfWriting() {
        Map<String, Object> values = new HashMap<>();
        for (OptionTable.Option option : OptionTable.OPTIONS) {
            for (String key : new String[] {
                option.name(), option.name().replace('_', '.'), option.name().replace('_', '-')
            }) {
                assertThat(OptionTable.inMap(OptionTable.OPTIONS, key)).as(key).contains(option);
            }
            values.put(option.name(), "");
        }
        assertThat(values).hasSize(OptionTable.OPTIONS.size());
    }

    @Test
    void valuesMayBeOfTheirOwnType() {
        assertThat(ConnectionOptions.from(Map.of("heartbeat", 5), "").build().heartbeat())
                .isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void severalBrokersAreGivenAsAddressesOrAsUris() {
        assertThat(read("rabbitmq.addresses=a:1, b ,[::1]:2").endpoints())
                .containsExactly(new Endpoint("a", 1), new Endpoint("b", 5672), new Endpoint("::1", 2));
        ConnectionOptions options = read("rabbitmq.uri=amqp://u:p,q@a/v, amqp://u:p,q@b:1/v");
        assertThat(options.endpoints()).containsExactly(new Endpoint("a", 5672), new Endpoint("b", 1));
        assertThat(login(options)).as("a comma in a password parts nothing").isEqualTo("u:p,q");
    }

    @Test
    void propertiesGiveTheirDefaultsToo() {
        Properties defaults = new Properties();
        defaults.setProperty("mq.host", "a");
        Properties properties = new Properties(defaults);
        properties.setProperty("mq.port", "1");
        assertThat(ConnectionOptions.from(properties, "mq.").build().endpoints())
                .containsExactly(new Endpoint("a", 1));
    }

    @Test
    void everyOptionIsInTheDocuments() throws IOException {
        String document = Files.readString(Path.of("../docs/uri.md"));
        String javadoc = Files.readString(Path.of("src/main/java/dev/leveret/amqp/api/AmqpUri.java"));
        for (OptionTable.Option option : OptionTable.OPTIONS) {
            assertThat(document).contains("| `" + option.name() + "` |");
            assertThat(javadoc).contains("<td>{@code " + option.name() + "}</td>");
        }
    }

    @Test
    void furtherOptionsStandInTheSameTable() {
        Map<String, String> taken = new HashMap<>();
        Map<String, Consumer<String>> further = Map.of("my.preFetch", it -> taken.put("preFetch", it));
        ConnectionOptions options = ConnectionOptions.from(Map.of("a.my_prefetch", 7, "a.heartbeat", 5), "a.", further)
                .build();
        assertThat(options.heartbeat()).isEqualTo(Duration.ofSeconds(5));
        assertThat(taken).isEqualTo(Map.of("preFetch", "7"));
        ConnectionOptions.from(Map.of("uri", "amqp://a?my.preFetch=8 amqp://b?my.preFetch=8"), "", further);
        assertThat(taken).isEqualTo(Map.of("preFetch", "8"));
        assertThatThrownBy(() -> ConnectionOptions.from(Map.of("prefetch", 7), "", further))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unknown setting 'prefetch', did you mean 'my.preFetch'?");
        assertThatThrownBy(() -> ConnectionOptions.from(Map.of(), "", Map.of("heartbeat", it -> {})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("already");
    }
}
