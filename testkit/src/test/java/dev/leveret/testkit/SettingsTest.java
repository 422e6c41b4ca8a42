package dev.leveret.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.testkit.BrokerSource.Place;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    private final Properties properties = new Properties();

    @Test
    void anUnknownChoiceIsRefusedWithTheAllowedOnes() {
        properties.setProperty("leveret.broker", "rabitmq");

        assertThatThrownBy(() -> with(Map.of()).allows(Place.LOCAL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("leveret.broker is 'rabitmq', which is no choice of brokers: "
                        + "allowed are auto, rabbitmq, embedded, docker, local");
    }

    @Test
    void anUnknownChoiceInTheEnvironmentIsRefusedByItsVariable() {
        assertThatThrownBy(() -> with(Map.of("LEVERET_BROKER", "none")).choiceText())
                .hasMessageStartingWith("LEVERET_BROKER is 'none'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "1", "treu"})
    void requiredIsTrueOrFalseAndNothingElse(String text) {
        properties.setProperty("leveret.rabbitmq.required", text);

        assertThatThrownBy(() -> with(Map.of()).rabbitMqRequired())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("leveret.rabbitmq.required is '" + text + "'")
                .hasMessageContaining("true and false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1m", "100000", "1.5"})
    void theStartLimitIsWholeSeconds(String text) {
        properties.setProperty("leveret.broker.start.seconds", text);

        assertThatThrownBy(() -> with(Map.of()).startLimit())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("leveret.broker.start.seconds");
    }

    @Test
    void withoutSettingsEveryPlaceIsAllowedAndNothingRequired() {
        Settings settings = with(Map.of());

        assertThat(Place.values()).allMatch(settings::allows);
        assertThat(settings.rabbitMqRequired()).isFalse();
        assertThat(settings.startLimit()).isEqualTo(Duration.ofSeconds(60));
        assertThat(settings.choiceText()).isEqualTo("leveret.broker=auto");
    }

    @Test
    void aPropertyWinsOverItsVariable() {
        properties.setProperty("leveret.broker.uri", "amqp://property");

        Settings settings = with(Map.of("AMQP_URI", "amqp://variable"));

        assertThat(settings.value("leveret.broker.uri", "AMQP_URI")).contains("amqp://property");
        assertThat(settings.origin("leveret.broker.uri", "AMQP_URI")).contains("leveret.broker.uri");
    }

    @Test
    void aBlankValueIsNotSet() {
        properties.setProperty("leveret.broker", " ");

        assertThat(with(Map.of("LEVERET_BROKER", "")).allows(Place.EMBEDDED)).isTrue();
    }

    @Test
    void valuesAreReadRegardlessOfCaseAndSurroundingSpace() {
        Settings settings = with(Map.of(
                "LEVERET_BROKER", " Embedded ",
                "LEVERET_RABBITMQ_REQUIRED", "TRUE",
                "LEVERET_BROKER_START_SECONDS", " 5 "));

        assertThat(settings.allows(Place.EMBEDDED)).isTrue();
        assertThat(settings.allows(Place.LOCAL)).isFalse();
        assertThat(settings.rabbitMqRequired()).isTrue();
        assertThat(settings.startLimit()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void aPropertySetLaterCounts() {
        Settings settings = with(Map.of());
        properties.setProperty("leveret.broker", "docker");

        assertThat(settings.allows(Place.LOCAL)).isFalse();
    }

    private Settings with(Map<String, String> variables) {
        return new Settings(properties, variables);
    }
}
