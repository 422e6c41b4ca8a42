package dev.leveret.testkit;

import dev.leveret.testkit.BrokerSource.Place;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * What system properties and environment variables say; a property wins over its variable, and blank means not set.
 *
 * <p>Values are read at each call, so a property set by a running program counts. Values that mean nothing are refused
 * with an {@link IllegalArgumentException} that names the setting and what is allowed.
 */
public final class Settings {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Properties properties;
    private final Map<String, String> variables;

    /**
     * Settings of a test's own.
     *
     * @param properties stands for the system properties
     * @param variables stands for the environment
     */
    public Settings(Properties properties, Map<String, String> variables) {
        this.properties = properties;
        this.variables = variables;
    }

    /**
     * The settings of this process.
     *
     * @return properties and environment of the JVM
     */
    public static Settings ofProcess() {
        return new Settings(System.getProperties(), System.getenv());
    }

    /** A setting somebody made. */
    record Value(String text, String where) {}

    /**
     * One setting.
     *
     * @param property name of the system property
     * @param variable name of the environment variable
     * @return the value, or nothing when neither is set
     */
    public Optional<String> value(String property, String variable) {
        return find(property, variable).map(Value::text);
    }

    /**
     * The name under which a setting was made, for messages that must not show its value.
     *
     * @param property name of the system property
     * @param variable name of the environment variable
     * @return the property's or the variable's name, or nothing when neither is set
     */
    public Optional<String> origin(String property, String variable) {
        return find(property, variable).map(Value::where);
    }

    /**
     * An environment variable that is not a setting of this kit, such as {@code PATH}.
     *
     * @param name name of the variable
     * @return its value, or nothing when it is not set
     */
    public Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).filter(it -> !it.isBlank());
    }

    /**
     * Whether brokers may come from a place.
     *
     * @param place the place
     * @return what {@code leveret.broker} says; true when it is not set
     */
    public boolean allows(Place place) {
        return choice().allows(place);
    }

    /**
     * Whether a test that demands RabbitMQ must fail where there is none.
     *
     * @return what {@code leveret.rabbitmq.required} says; false when it is not set
     */
    public boolean rabbitMqRequired() {
        return find("leveret.rabbitmq.required", "LEVERET_RABBITMQ_REQUIRED")
                .map(Settings::yesOrNo)
                .orElse(false);
    }

    /**
     * How long a broker may take from its start until it serves.
     *
     * @return what {@code leveret.broker.start.seconds} says; 60 s when it is not set
     */
    public Duration startLimit() {
        return find("leveret.broker.start.seconds", "LEVERET_BROKER_START_SECONDS")
                .map(Settings::seconds)
                .orElse(START_LIMIT);
    }

    /**
     * The choice of brokers, for messages.
     *
     * @return such as {@code leveret.broker=auto}
     */
    public String choiceText() {
        return "leveret.broker=" + choice().word();
    }

    private BrokerChoice choice() {
        return find("leveret.broker", "LEVERET_BROKER")
                .map(it -> BrokerChoice.of(it.text(), it.where()))
                .orElse(BrokerChoice.AUTO);
    }

    private Optional<Value> find(String property, String variable) {
        String set = properties.getProperty(property);
        if (set != null && !set.isBlank()) {
            return Optional.of(new Value(set.strip(), property));
        }
        return variable(variable).map(it -> new Value(it.strip(), variable));
    }

    private static boolean yesOrNo(Value value) {
        if (value.text().equalsIgnoreCase("true") || value.text().equalsIgnoreCase("false")) {
            return Boolean.parseBoolean(value.text());
        }
        throw new IllegalArgumentException(value.where() + " is '" + value.text() + "': allowed are true and false");
    }

    private static Duration seconds(Value value) {
        if (value.text().matches("[1-9][0-9]{0,4}")) {
            return Duration.ofSeconds(Long.parseLong(value.text()));
        }
        throw new IllegalArgumentException(
                value.where() + " is '" + value.text() + "': allowed are whole seconds from 1 to 99999");
    }
}
