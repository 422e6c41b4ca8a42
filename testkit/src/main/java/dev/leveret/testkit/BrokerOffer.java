package dev.leveret.testkit;

import java.util.Optional;

/** A broker that runs, or the reason why there is none: what a test needs to run or to be skipped by name. */
public sealed interface BrokerOffer {

    /**
     * Which broker it is about, for people.
     *
     * @return the broker's description, or the name of the one that is missing
     */
    String name();

    /**
     * The broker.
     *
     * @return nothing when there is none
     */
    Optional<Broker> broker();

    /**
     * Why there is none, in one line.
     *
     * @return nothing when there is one
     */
    Optional<String> skipReason();

    /**
     * A broker that runs.
     *
     * @param running the broker; closing it does nothing, since others share it
     */
    record Running(Broker running) implements BrokerOffer {
        @Override
        public String name() {
            return running.description();
        }

        @Override
        public Optional<Broker> broker() {
            return Optional.of(running);
        }

        @Override
        public Optional<String> skipReason() {
            return Optional.empty();
        }
    }

    /**
     * No broker.
     *
     * @param name which one is missing: {@code RabbitMQ}
     * @param reason why, in one line
     */
    record Missing(String name, String reason) implements BrokerOffer {
        @Override
        public Optional<Broker> broker() {
            return Optional.empty();
        }

        @Override
        public Optional<String> skipReason() {
            return Optional.of(reason);
        }
    }
}
