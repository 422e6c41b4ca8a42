package dev.leveret.testkit.docker;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.BrokerSource;
import dev.leveret.testkit.BrokerUnavailableException;
import dev.leveret.testkit.Settings;
import java.nio.file.Path;
import java.util.Optional;

/** A RabbitMQ container of its own, where Testcontainers is on the class path and a Docker engine answers. */
public final class ContainerSource implements BrokerSource {

    private final Path home;

    /** Found by the service loader. */
    public ContainerSource() {
        this(Path.of(System.getProperty("user.home", "/")));
    }

    ContainerSource(Path home) {
        this.home = home;
    }

    @Override
    public Place place() {
        return Place.DOCKER;
    }

    @Override
    public String name() {
        return "a RabbitMQ container";
    }

    @Override
    public Broker start(Settings settings) throws BrokerUnavailableException {
        Optional<String> missing = DockerEngine.missing(settings, home);
        if (missing.isPresent()) {
            throw new BrokerUnavailableException(missing.get(), "start Docker");
        }
        try {
            return RabbitMqContainer.start(settings);
        } catch (NoClassDefFoundError e) {
            throw new BrokerUnavailableException(
                    "Testcontainers is not on the class path (" + e.getMessage() + ")",
                    "add org.testcontainers:testcontainers-rabbitmq to the test's dependencies");
        }
    }
}
