package dev.leveret.testkit;

import java.util.Locale;

/** Broker software that tests tell apart. */
public enum BrokerKind {
    /** RabbitMQ. */
    RABBITMQ("RabbitMQ"),
    /** Apache Qpid Broker-J. */
    QPID_BROKER_J("Qpid Broker-J"),
    /** Any other broker that speaks AMQP 0-9-1. */
    OTHER("AMQP broker");

    private final String label;

    BrokerKind(String label) {
        this.label = label;
    }

    /**
     * Its name as people write it.
     *
     * @return such as {@code RabbitMQ}
     */
    public String label() {
        return label;
    }

    /**
     * The kind that announces itself so.
     *
     * @param product {@code product} of a broker's server-properties
     * @return the kind; {@link #OTHER} when the product is not known
     */
    public static BrokerKind ofProduct(String product) {
        if (product.equals("RabbitMQ")) {
            return RABBITMQ;
        }
        // "Apache Qpid Broker-J Core" today, and older releases wrote "qpid".
        return product.toLowerCase(Locale.ROOT).contains("qpid") ? QPID_BROKER_J : OTHER;
    }
}
