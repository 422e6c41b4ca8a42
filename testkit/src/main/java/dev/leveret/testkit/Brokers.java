package dev.leveret.testkit;

import java.util.List;
import java.util.ServiceLoader;

/**
 * Where tests and examples get a broker from; see the package description for where it is looked for.
 *
 * <pre>{@code
 * URI uri = Brokers.any().uri();             // some broker
 * URI uri = Brokers.rabbitMq().uri();        // RabbitMQ, or NoBrokerException
 * try (Broker own = Brokers.startEmbedded()) // one that nobody else uses
 * }</pre>
 *
 * <p>The first call of a kind starts the broker, which takes up to {@link Settings#startLimit} (60 s), normally 1 to 10
 * s; later calls return it at once. It is ended when the JVM exits, and does not keep the JVM from exiting. All methods
 * may be called from any thread.
 *
 * <p>Beside what each method says, all of them throw {@link IllegalArgumentException} for a setting that means nothing,
 * and {@link BrokerStartException} when an address was given and no broker answers there.
 */
public final class Brokers {

    private static final BrokerPool POOL = new BrokerPool(
            Settings.ofProcess(), ServiceLoader.load(BrokerSource.class, BrokerSource.class.getClassLoader()));

    private Brokers() {}

    /**
     * The shared broker that is easiest to be had: the first of all sources that serves.
     *
     * @return a running broker; closing it does nothing
     * @throws NoBrokerException when no source has one
     */
    public static Broker any() {
        return POOL.any();
    }

    /**
     * The shared RabbitMQ.
     *
     * @return a running RabbitMQ; closing it does nothing
     * @throws NoBrokerException when there is none, or the choice of brokers leaves RabbitMQ out
     */
    public static Broker rabbitMq() {
        return POOL.rabbitMq();
    }

    /**
     * The shared embedded broker, whatever the choice of brokers is.
     *
     * @return a broker in this JVM; closing it does nothing
     * @throws NoBrokerException when it does not start
     */
    public static Broker embedded() {
        return POOL.embedded();
    }

    /**
     * The shared RabbitMQ, or why there is none: for test frameworks that skip.
     *
     * @return the broker or a reason
     * @throws NoBrokerException when there is none and {@code leveret.rabbitmq.required} is set
     */
    public static BrokerOffer rabbitMqOrSkipReason() {
        return POOL.rabbitMqOffer();
    }

    /**
     * Some shared broker as {@link #any}, or why there is none.
     *
     * @return the broker or a reason
     */
    public static BrokerOffer anyOrSkipReason() {
        return POOL.anyOffer();
    }

    /**
     * The shared brokers that a test should pass on: always the embedded one, and RabbitMQ where it can be had.
     *
     * @return the embedded broker, then RabbitMQ or the reason why it is missing
     * @throws NoBrokerException when RabbitMQ is missing and {@code leveret.rabbitmq.required} is set
     */
    public static List<BrokerOffer> each() {
        return POOL.each();
    }

    /**
     * Starts a RabbitMQ that only the caller uses, in a container or from the local installation. To do faulty things
     * to it, start a {@link dev.leveret.testkit.local.LocalRabbitMq} instead.
     *
     * @return a broker to be closed by the caller
     * @throws NoBrokerException when none can be started; an address given is no help here
     */
    public static Broker startRabbitMq() {
        return POOL.startRabbitMq();
    }

    /**
     * Starts an embedded broker that only the caller uses.
     *
     * @return a broker to be closed by the caller
     * @throws NoBrokerException when it does not start
     */
    public static Broker startEmbedded() {
        return POOL.startEmbedded();
    }
}
