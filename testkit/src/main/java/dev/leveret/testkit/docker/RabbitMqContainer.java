package dev.leveret.testkit.docker;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.BrokerStartException;
import dev.leveret.testkit.Settings;
import dev.leveret.testkit.probe.AmqpAddress;
import dev.leveret.testkit.probe.BrokerProbe;
import dev.leveret.testkit.probe.ProbedBroker;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.testcontainers.rabbitmq.RabbitMQContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The only class that needs Testcontainers. Testcontainers itself ends the container with the JVM, however that ends.
 */
final class RabbitMqContainer {

    private static final String IMAGE = "rabbitmq:4.1-alpine";
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(10);

    private RabbitMqContainer() {}

    static Broker start(Settings settings) {
        String image = settings.value("leveret.rabbitmq.image", "LEVERET_RABBITMQ_IMAGE")
                .orElse(IMAGE);
        RabbitMQContainer container =
                new RabbitMQContainer(DockerImageName.parse(image).asCompatibleSubstituteFor("rabbitmq"));
        container.withStartupTimeout(settings.startLimit());
        try {
            container.start();
            URI uri = URI.create("amqp://guest:guest@" + container.getHost() + ":" + container.getAmqpPort() + "/%2f");
            AmqpAddress address = AmqpAddress.of(uri);
            return new ProbedBroker(
                    uri,
                    BrokerProbe.ask(address, PROBE_LIMIT),
                    "container of " + image + " at " + address,
                    container::stop);
        } catch (IOException | RuntimeException e) {
            container.stop();
            throw new BrokerStartException("A container of " + image + " did not start: " + e.getMessage(), e);
        }
    }
}
