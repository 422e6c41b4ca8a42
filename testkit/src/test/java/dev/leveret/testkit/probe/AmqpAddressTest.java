package dev.leveret.testkit.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmqpAddressTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://u:secret@host:1",
                "amqp:opaque-secret",
                "amqp:///secret",
                "amqp://u:secret@",
                "amqp://u:secret@:5672",
                "amqp://u:secret@host_x:0",
                "amqp://u:secret@host_x:99999",
                "amqp://u:secret@host_x:secret",
                "secret"
            })
    void whatIsNoAmqpAddressIsRefusedWithoutShowingIt(String uri) {
        assertThatThrownBy(() -> AmqpAddress.of(URI.create(uri)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @CsvSource({
        "amqp://host,                      host,      5672,  false, host:5672",
        "AMQPS://host/vhost,               host,      5671,  true,  host:5671",
        "amqp://u:p@host:1234/%2f?a=b,     host,      1234,  false, host:1234",
        "amqp://u:p@rabbit_1:1234,         rabbit_1,  1234,  false, rabbit_1:1234",
        "amqp://u:p%40x@127.0.0.1,         127.0.0.1, 5672,  false, 127.0.0.1:5672",
        "amqp://[::1]:1234,                ::1,       1234,  false, [::1]:1234",
        "amqp://[::1],                     ::1,       5672,  false, [::1]:5672",
    })
    void hostPortAndTransportAreRead(String uri, String host, int port, boolean tls, String text) {
        AmqpAddress address = AmqpAddress.of(URI.create(uri));

        assertThat(address).isEqualTo(new AmqpAddress(host, port, tls)).hasToString(text);
    }

    @Test
    void thePasswordIsNotInItsText() {
        assertThat(AmqpAddress.of(URI.create("amqp://user:secret@host/v"))).hasToString("host:5672");
    }
}
