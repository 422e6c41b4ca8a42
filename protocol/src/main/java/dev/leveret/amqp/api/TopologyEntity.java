package dev.leveret.amqp.api;

/** Something that a connection declared or started, and restores when it has been lost: see {@link RecoveryOptions}. */
public sealed interface TopologyEntity {

    /** What it is and its name, for people: {@code "queue 'orders'"}. */
    String describe();

    /** An exchange that was declared, not looked up. */
    record Exchange(ExchangeSpec spec) implements TopologyEntity {

        @Override
        public String describe() {
            return "exchange '" + spec.name() + "'";
        }
    }

    /**
     * A queue that was declared, not looked up.
     *
     * @param spec as it was declared; without a name if the broker made that up
     * @param name what the broker calls it
     */
    record Queue(QueueSpec spec, String name) implements TopologyEntity {

        /** Whether the broker made its name up, so that it has another one each time it is declared. */
        public boolean isServerNamed() {
            return spec.name().isEmpty();
        }

        @Override
        public String describe() {
            return "queue '" + name + "'";
        }
    }

    /** A binding that was made. */
    record Binding(BindingSpec spec) implements TopologyEntity {

        @Override
        public String describe() {
            return "binding of "
                    + (spec.destinationType() == BindingSpec.DestinationType.QUEUE ? "queue '" : "exchange '")
                    + spec.destination() + "' to '" + spec.source() + "' with key '" + spec.routingKey() + "'";
        }
    }

    /**
     * A consumer.
     *
     * @param channel the number of its channel, as it was when the entity was told of
     */
    record Consumer(int channel, String consumerTag, String queue) implements TopologyEntity {

        @Override
        public String describe() {
            return "consumer '" + consumerTag + "' of '" + queue + "' on channel " + channel;
        }
    }

    /** A channel, with its transactions and its prefetch. */
    record Channel(int number) implements TopologyEntity {

        @Override
        public String describe() {
            return "channel " + number;
        }
    }
}
