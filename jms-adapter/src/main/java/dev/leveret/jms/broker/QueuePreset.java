package dev.leveret.jms.broker;

import dev.leveret.amqp.api.QueueSpec;
import java.util.Locale;

/** How a queue is declared that does not exist when it is first used. */
public enum QueuePreset {

    /** Durable, of the type that the virtual host prefers. */
    DEFAULT {
        @Override
        QueueSpec spec(String name) {
            return QueueSpec.of(name);
        }
    },
    /** Durable, on one node. */
    CLASSIC {
        @Override
        QueueSpec spec(String name) {
            return QueueSpec.classic(name);
        }
    },
    /** Replicated. */
    QUORUM {
        @Override
        QueueSpec spec(String name) {
            return QueueSpec.quorum(name);
        }
    };

    abstract QueueSpec spec(String name);

    /**
     * The preset of this name, in any case.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static QueuePreset named(String name) {
        for (QueuePreset preset : values()) {
            if (preset.name().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
                return preset;
            }
        }
        throw new IllegalArgumentException("'" + name + "' is none of default, classic, quorum");
    }
}
