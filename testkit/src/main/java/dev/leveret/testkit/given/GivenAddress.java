package dev.leveret.testkit.given;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.BrokerSource;
import dev.leveret.testkit.BrokerStartException;
import dev.leveret.testkit.BrokerUnavailableException;
import dev.leveret.testkit.Settings;
import dev.leveret.testkit.probe.AmqpAddress;
import dev.leveret.testkit.probe.BrokerProbe;
import dev.leveret.testkit.probe.ProbedBroker;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;

/** The broker at {@code leveret.broker.uri} or {@code AMQP_URI}: used as it is, never started and never stopped. */
public final class GivenAddress implements BrokerSource {

    private static final String PROPERTY = "leveret.broker.uri";
    private static final String VARIABLE = "AMQP_URI";
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(10);

    /** Found by the service loader. */
    public GivenAddress() {}

    @Override
    public Place place() {
        return Place.GIVEN;
    }

    @Override
    public String name() {
        return "an address given by " + PROPERTY + " or " + VARIABLE;
    }

    @Override
    public Broker start(Settings settings) throws BrokerUnavailableException {
        String text = settings.value(PROPERTY, VARIABLE)
                .orElseThrow(() -> new BrokerUnavailableException(
                        "neither is set", "set " + VARIABLE + " to the address of a broker that runs"));
        String origin = settings.origin(PROPERTY, VARIABLE).orElse(PROPERTY);
        URI uri = uri(text, origin);
        AmqpAddress address = address(uri, origin);
        try {
            return new ProbedBroker(
                    uri, BrokerProbe.ask(address, PROBE_LIMIT), "at " + address + " given by " + origin, () -> {});
        } catch (IOException e) {
            throw new BrokerStartException(
                    "No broker serves at the address given by " + origin + ": " + address + " " + why(e)
                            + ". Start the broker, or correct or unset " + origin + ".",
                    e);
        }
    }

    private static String why(IOException e) {
        return (e instanceof ConnectException ? "cannot be connected to: " : "") + e.getMessage();
    }

    private static URI uri(String text, String origin) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            // Neither its message nor the exception as a cause: both hold the text, and so the password.
            throw new IllegalArgumentException(
                    origin + " is not a URI: " + e.getReason() + " at index " + e.getIndex() + ".");
        }
    }

    private static AmqpAddress address(URI uri, String origin) {
        try {
            return AmqpAddress.of(uri);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(origin + " is not an AMQP address: " + e.getMessage() + ".", e);
        }
    }
}
