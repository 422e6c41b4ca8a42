package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.jms.broker.AutoDeclare;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionSettingsTest {

    /** {@code k=v; k=v}. */
    private static ConnectionSettings settings(String text) {
        Map<String, String> map = new HashMap<>();
        for (String each : text.split(";")) {
            int equals = each.indexOf('=');
            map.put(
                    each.substring(0, equals).strip(),
                    each.substring(equals + 1).strip());
        }
        return ConnectionSettings.of(map);
    }

    /** {@code user:password@endpoint/vhost}. */
    private static String described(String text) {
        ConnectionOptions amqp = settings(text).options().amqp();
        String[] plain =
                new String(((Credentials) amqp.credentials()).response(null), StandardCharsets.UTF_8).split("\0", -1);
        return plain[1] + ":" + plain[2] + "@" + amqp.endpoints().get(0) + "/" + amqp.virtualHost()
                + (amqp.tls().isPresent() ? " tls" : "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "host=h | guest:guest@h:5672//",
                "host=h; port=1 | guest:guest@h:1//",
                "port=1 | guest:guest@localhost:1//",
                "host=::1; port=1 | guest:guest@[::1]:1//",
                "host=h; ssl=true | guest:guest@h:5671// tls",
                "ssl=true; cacertfile=/no/such.pem; host=h | guest:guest@h:5671// tls",
                "username=u; password=p:@/?#% | u:p:@/?#%@localhost:5672//",
                "virtualHost=a/b c | guest:guest@localhost:5672/a/b c",
                "uri=amqp://u:p@h:1/v | u:p@h:1/v",
                "uri=amqp://u:p@h:1/v; username=x; password=y | x:y@h:1/v",
                "uri=amqp://u:p@h:1/v; username=x | x:@h:1/v",
                "uri=amqp://u:p@h:1/v; password=y | u:y@h:1/v",
                "uri=amqp://h; password=y | guest:y@h:5672//",
                "uri=amqp://u:p@h:1/v; host=g | u:p@g:1/v",
                "uri=amqp://u:p@h:1/v; port=2 | u:p@h:2/v",
                "uri=amqp://u:p@[::1]/v; port=2 | u:p@[::1]:2/v",
                "uri=amqp://u:p@h:1/v?heartbeat=5; virtualHost=w | u:p@h:1/w",
                "uri=amqps://h; ssl=false | guest:guest@h:5672//",
                "URI=amqp://h; User-Name=u; PASS_WORD=p | u:p@h:5672//",
            })
    void whatStandsBesideTheUriWinsOverIt(String text, String expected) {
        assertThat(described(text)).isEqualTo(expected);
    }

    @Test
    void optionsAreTakenBesideTheUriAndInIt() {
        JmsConnectionOptions options = settings(
                        "uri=amqp://h?heartbeat=5&jms.prefetch=7&jms.clientId=a; jms.prefetch=8; connection_timeout=100")
                .options();
        assertThat(options.amqp().heartbeat()).hasSeconds(5);
        assertThat(options.amqp().connectTimeout()).isEqualTo(Duration.ofMillis(100));
        assertThat(options.prefetch()).isEqualTo(8);
        assertThat(options.clientId()).contains("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"jms.autoDeclare", "autoDeclare", "auto-declare", "jms.auto_declare", "AUTODECLARE"})
    void theProvidersOwnAreKnownInManyWaysOfWriting(String name) {
        assertThat(ConnectionSettings.NONE.with(name, "passive").options().autoDeclare())
                .isEqualTo(AutoDeclare.PASSIVE);
    }

    @Test
    void severalBrokersAreSeveralUris() {
        ConnectionOptions amqp = settings("uri=amqp://a/v,amqp://b:1/v; username=u; password=p; virtualHost=w")
                .options()
                .amqp();
        assertThat(amqp.endpoints()).containsExactly(new Endpoint("a", 5672), new Endpoint("b", 1));
        assertThat(amqp.virtualHost()).isEqualTo("w");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "prefech=5 | unknown setting 'prefech', did you mean 'jms.prefetch'?",
                "heartbeet=5 | did you mean 'heartbeat'?",
                "prefetch=0 | not in 1..65535",
                "heartbeat=x | not a whole number",
                "ssl=maybe | neither true nor false",
                "port=s3cret | port in the URI is not a number",
                "uri=http://u:s3cret@h | amqp://",
                "uri=amqp://u:s3cret@h?jms.prefetch=0 | not in 1..65535",
                "uri=amqp://u:s3cret@h:x | port",
                "client_properties=s3cret | not a dictionary",
            })
    void whatCannotBeIsToldWhenItIsSetAndWithoutSecrets(String text, String words) {
        assertThatThrownBy(() -> settings(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words)
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void whatDoesNotFitTogetherIsToldInTheEnd() {
        assertThatThrownBy(() -> settings("uri=amqp://h; cacertfile=/ca.pem").options())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("amqps://");
        assertThatThrownBy(() -> settings("certfile=/a.pem; ssl=true").options())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("private key");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "uri=amqp://u:s3cret@h | true | false",
                "uri=amqp://u:s3cret@h,amqp://u:s3cret@g | true | false",
                "uri=amqp://u@h | false | false",
                "username=u; password=s3cret | true | false",
                "uri=amqps://h?certfile=a&keyfile=b&password=s3cret | false | true",
                "key_password=s3cret; keyfile=a; certfile=b | false | true",
                "client.properties.token=s3cret | false | true",
                "uri=amqp://h?client_properties={'a':'s3cret'} | false | true",
                "prefetch=5 | false | false",
            })
    void noSecretIsShown(String text, boolean password, boolean others) {
        ConnectionSettings settings = settings(text.replace("{", "%7B").replace("}", "%7D"));
        assertThat(settings.hasPassword()).isEqualTo(password);
        assertThat(settings.hasOtherSecrets()).isEqualTo(others);
        assertThat(settings.toString()).doesNotContain("s3cret");
    }
}
