package dev.leveret.testkit;

/**
 * One place where a broker may come from; found on the class path by {@link java.util.ServiceLoader}.
 *
 * <p>A source needs a public constructor without arguments and a line in
 * {@code META-INF/services/dev.leveret.testkit.BrokerSource}. Sources are tried in the order of their {@link Place},
 * and of their {@link #rank} within one place.
 */
public interface BrokerSource {

    /** Where brokers come from, in the order in which the places are tried. */
    enum Place {
        /** An address that somebody gave; nothing else is tried then. */
        GIVEN,
        /** A container that is started. */
        DOCKER,
        /** A server installed on this machine, of which a private node is started. */
        LOCAL,
        /** A broker inside this JVM. */
        EMBEDDED
    }

    /**
     * Where this source's brokers come from.
     *
     * @return the place
     */
    Place place();

    /**
     * Its turn among the sources of the same place.
     *
     * @return lower ranks are tried first; this kit's own are 0
     */
    default int rank() {
        return 0;
    }

    /**
     * What it offers, for people: {@code a private rabbitmq-server}.
     *
     * @return a noun phrase
     */
    String name();

    /**
     * Starts a broker, or finds the one that runs, and returns when it serves.
     *
     * <p>The broker must end with the JVM at the latest, and must not keep the JVM alive. Called from any thread; must
     * return or fail within about {@link Settings#startLimit}, and quickly where there is nothing to start.
     *
     * @param settings the settings in force
     * @return a broker of the caller's own
     * @throws BrokerUnavailableException when there is none to be had here
     * @throws BrokerStartException when there is one, but it does not serve; nothing is left of it
     */
    Broker start(Settings settings) throws BrokerUnavailableException;
}
