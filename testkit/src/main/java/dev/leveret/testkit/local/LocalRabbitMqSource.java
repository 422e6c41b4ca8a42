package dev.leveret.testkit.local;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.BrokerSource;
import dev.leveret.testkit.BrokerUnavailableException;
import dev.leveret.testkit.Settings;

/** A private node of the installed RabbitMQ. */
public final class LocalRabbitMqSource implements BrokerSource {

    /** Found by the service loader. */
    public LocalRabbitMqSource() {}

    @Override
    public Place place() {
        return Place.LOCAL;
    }

    @Override
    public String name() {
        return "a private rabbitmq-server";
    }

    @Override
    public Broker start(Settings settings) throws BrokerUnavailableException {
        return LocalRabbitMq.start(
                RabbitMqInstallation.find(settings),
                LocalRabbitMqOptions.defaults().startLimit(settings.startLimit()));
    }
}
