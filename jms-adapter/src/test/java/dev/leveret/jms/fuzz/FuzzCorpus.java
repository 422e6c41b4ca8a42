package dev.leveret.jms.fuzz;

import dev.leveret.amqp.testing.KeptInputs;
import dev.leveret.jms.selector.SelectorFuzz;
import dev.leveret.jms.wire.RabbitMqJmsFuzz;
import dev.leveret.jms.wire.TypedJsonFuzz;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The fuzz targets of this module; as a program it packs and unpacks their {@link KeptInputs}. */
public final class FuzzCorpus {

    static final Map<String, Consumer<byte[]>> TARGETS = new TreeMap<>(Map.of(
            "rabbitmq-jms", RabbitMqJmsFuzz::fuzzerTestOneInput,
            "selector", SelectorFuzz::fuzzerTestOneInput,
            "typed-json", TypedJsonFuzz::fuzzerTestOneInput));

    private FuzzCorpus() {}

    public static void main(String[] arguments) throws IOException {
        KeptInputs.main(TARGETS.keySet(), arguments);
    }
}
