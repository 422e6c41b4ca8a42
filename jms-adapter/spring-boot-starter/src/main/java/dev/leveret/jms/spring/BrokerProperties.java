package dev.leveret.jms.spring;

import dev.leveret.jms.LeveretConnectionFactory;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * What the application's properties say about the broker.
 *
 * <p>All of {@code leveret.jms.*} is the connection factory's. If it has neither {@code uri} nor {@code host}, these of
 * {@code spring.rabbitmq.*} are taken over, each unless there is one of its own: {@code addresses} or {@code host} and
 * {@code port}, {@code username}, {@code password}, {@code virtual-host}, {@code ssl.enabled}.
 */
final class BrokerProperties {

    private static final String OURS = "leveret.jms";
    private static final String RABBIT = "spring.rabbitmq.";

    /** In Netty 4.2, and not before. */
    private static final String NETTY_4_2 = "io.netty.channel.MultiThreadIoEventLoopGroup";

    private BrokerProperties() {}

    /**
     * A factory of what they say.
     *
     * @throws IllegalArgumentException if they say what is not known or cannot be
     */
    static LeveretConnectionFactory factory(Environment environment) {
        requireNetty(BrokerProperties.class.getClassLoader());
        Map<String, String> settings = new HashMap<>(Binder.get(environment)
                .bind(OURS, Bindable.mapOf(String.class, String.class))
                .orElse(Map.of()));
        if (Set.of("uri", "host").stream().noneMatch(settings::containsKey)) {
            addRabbit(environment, settings);
        }
        return LeveretConnectionFactory.of(settings);
    }

    private static void addRabbit(Environment environment, Map<String, String> settings) {
        String addresses = environment.getProperty(RABBIT + "addresses");
        if (addresses == null || addresses.isBlank()) {
            add(environment, "host", settings, "host");
            add(environment, "port", settings, "port");
        } else {
            settings.put(
                    "uri",
                    Arrays.stream(addresses.split(","))
                            .map(String::strip)
                            .map(it -> it.contains("://") ? it : "amqp://" + it)
                            .collect(Collectors.joining(",")));
        }
        add(environment, "username", settings, "username");
        add(environment, "password", settings, "password");
        add(environment, "virtual-host", settings, "virtual-host");
        add(environment, "ssl.enabled", settings, "ssl");
    }

    private static void add(Environment environment, String theirs, Map<String, String> settings, String ours) {
        String value = environment.getProperty(RABBIT + theirs);
        if (value != null) {
            settings.putIfAbsent(ours, value);
        }
    }

    /** Spring Boot 3 has Maven and Gradle take an older Netty than Leveret asks for, which fails in odd ways later. */
    static void requireNetty(ClassLoader loader) {
        if (!ClassUtils.isPresent(NETTY_4_2, loader)) {
            throw new IllegalStateException("Leveret needs Netty 4.2, and Spring Boot 3 has an older one in its place:"
                    + " set the property netty.version of the build to 4.2.18.Final or later");
        }
    }
}
