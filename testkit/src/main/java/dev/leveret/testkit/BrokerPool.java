package dev.leveret.testkit;

import dev.leveret.testkit.BrokerSource.Place;
import dev.leveret.testkit.NoBrokerException.Attempt;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries the sources in their order, and remembers for the life of the JVM what each of them gave or why it gave
 * nothing: a start takes seconds, a failing one up to a minute, and every test class asks.
 */
final class BrokerPool {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerPool.class);
    private static final Demand ANY = new Demand("broker", EnumSet.allOf(Place.class), false);
    private static final Demand RABBITMQ =
            new Demand("RabbitMQ", EnumSet.of(Place.GIVEN, Place.DOCKER, Place.LOCAL), true);
    private static final Demand OWN_RABBITMQ =
            new Demand("RabbitMQ of its own", EnumSet.of(Place.DOCKER, Place.LOCAL), true);
    private static final Demand EMBEDDED = new Demand("embedded broker", EnumSet.of(Place.EMBEDDED), false);

    private final Settings settings;
    private final List<BrokerSource> sources;
    private final Map<BrokerSource, Outcome> outcomes = new HashMap<>(); // guarded by this

    BrokerPool(Settings settings, Iterable<BrokerSource> sources) {
        this.settings = settings;
        this.sources = StreamSupport.stream(sources.spliterator(), false)
                .sorted(Comparator.comparing(BrokerSource::place).thenComparing(BrokerSource::rank))
                .toList();
    }

    /** What somebody asks for: from which places, and whether only RabbitMQ will do. */
    private record Demand(String wanted, Set<Place> places, boolean rabbitMqOnly) {
        boolean accepts(Broker broker) {
            return !rabbitMqOnly || broker.isRabbitMq();
        }
    }

    /** What became of a source: a broker, or why there is none and whether that is a fault or an absence. */
    private sealed interface Outcome {}

    private record Started(Broker broker) implements Outcome {}

    private record Absent(BrokerUnavailableException why) implements Outcome {}

    private record Failed(BrokerStartException why) implements Outcome {}

    Broker any() {
        return first(chosen(ANY), this::remembered);
    }

    Broker rabbitMq() {
        return first(chosen(RABBITMQ), this::remembered);
    }

    /** Whoever demands the embedded broker by name gets it, whatever the choice for others is. */
    Broker embedded() {
        return first(EMBEDDED, this::remembered);
    }

    Broker startRabbitMq() {
        return first(chosen(OWN_RABBITMQ), this::start);
    }

    Broker startEmbedded() {
        return first(EMBEDDED, this::start);
    }

    BrokerOffer anyOffer() {
        try {
            return new BrokerOffer.Running(any());
        } catch (NoBrokerException e) {
            return new BrokerOffer.Missing("broker", e.reason());
        }
    }

    BrokerOffer rabbitMqOffer() {
        try {
            return new BrokerOffer.Running(rabbitMq());
        } catch (NoBrokerException e) {
            if (settings.rabbitMqRequired()) {
                throw e;
            }
            return new BrokerOffer.Missing("RabbitMQ", e.reason());
        }
    }

    List<BrokerOffer> each() {
        return List.of(new BrokerOffer.Running(embedded()), rabbitMqOffer());
    }

    private Demand chosen(Demand demand) {
        Set<Place> places = EnumSet.copyOf(demand.places());
        places.removeIf(it -> !settings.allows(it));
        return new Demand(demand.wanted(), places, demand.rabbitMqOnly());
    }

    private Broker first(Demand demand, Function<BrokerSource, Outcome> how) {
        List<Attempt> attempts = new ArrayList<>();
        for (BrokerSource source : sources) {
            if (!demand.places().contains(source.place())) {
                continue;
            }
            Outcome outcome = how.apply(source);
            if (outcome instanceof Started started && demand.accepts(started.broker())) {
                return started.broker();
            }
            attempts.add(attempt(source, outcome));
            if (source.place() == Place.GIVEN && !(outcome instanceof Absent)) {
                // Whoever names a broker means that one and no other.
                break;
            }
        }
        throw new NoBrokerException(demand.wanted(), settings.choiceText(), attempts);
    }

    private Attempt attempt(BrokerSource source, Outcome outcome) {
        if (outcome instanceof Absent absent) {
            return new Attempt(
                    source.name(), absent.why().reason(), absent.why().remedy());
        }
        if (outcome instanceof Failed failed) {
            if (source.place() == Place.GIVEN) {
                // Skipping tests because of a mistyped address would look like success.
                throw new BrokerStartException(String.valueOf(failed.why().getMessage()), failed.why());
            }
            return new Attempt(source.name(), String.valueOf(failed.why().getMessage()), "");
        }
        String found = ((Started) outcome).broker().description();
        return new Attempt(source.name(), "it is not RabbitMQ but " + found, "give the address of a RabbitMQ");
    }

    private synchronized Outcome remembered(BrokerSource source) {
        Outcome known = outcomes.get(source);
        if (known != null) {
            return known;
        }
        Outcome outcome = share(start(source));
        // What an interrupt cut short, such as a test's time limit, says nothing about the next try.
        if (!(outcome instanceof Failed && Thread.currentThread().isInterrupted())) {
            outcomes.put(source, outcome);
        }
        return outcome;
    }

    private static Outcome share(Outcome outcome) {
        return outcome instanceof Started started ? new Started(new SharedBroker(started.broker())) : outcome;
    }

    private Outcome start(BrokerSource source) {
        try {
            Broker broker = source.start(settings);
            LOG.info("Using {}", broker);
            return new Started(broker);
        } catch (BrokerUnavailableException e) {
            LOG.debug("No {}: {}", source.name(), e.reason());
            return new Absent(e);
        } catch (BrokerStartException e) {
            if (source.place() != Place.GIVEN) {
                LOG.warn("Going on without {}: {}", source.name(), e.getMessage());
            }
            return new Failed(e);
        }
    }
}
