package dev.leveret.examples.spring;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.Topology;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The connection and what hangs on it. The application does not start without the broker. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LeveretProperties.class)
class LeveretConfiguration {

    /** Recovers by itself. Spring closes it, after {@link OrderConsumer} has brought its work to an end. */
    @Bean
    Connection leveretConnection(LeveretProperties properties, @Value("${spring.application.name}") String name) {
        Connection connection = Amqp.connect(
                AmqpUri.parse(properties.uri()).connectionName(name).build());
        connection.declare(new Topology(List.of(), List.of(QueueSpec.of(properties.queue())), List.of()));
        return connection;
    }

    /** For whoever publishes: any number of threads may share it. */
    @Bean
    Channel publishing(Connection leveretConnection) {
        return leveretConnection.openChannel();
    }

    /** {@code /actuator/health} is down while the connection is being recovered, and when a channel was closed for good. */
    @Bean
    HealthIndicator leveretHealthIndicator(Connection leveretConnection, Channel publishing, OrderConsumer consumer) {
        return () -> {
            boolean up = leveretConnection.isOpen() && publishing.isOpen() && consumer.isConsuming();
            return (up ? Health.up() : Health.down())
                    .withDetail("connection", leveretConnection.isOpen() ? "open" : "not open")
                    .withDetail("broker", leveretConnection.serverInfo().toString())
                    .build();
        };
    }
}
