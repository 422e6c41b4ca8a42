package dev.leveret.amqp.fuzz;

import dev.leveret.amqp.api.AmqpUriFuzz;
import dev.leveret.amqp.json.JsonFuzz;
import dev.leveret.amqp.machine.ConnectionFuzz;
import dev.leveret.amqp.testing.KeptInputs;
import dev.leveret.amqp.wire.MethodFuzz;
import dev.leveret.amqp.wire.PropertiesFuzz;
import dev.leveret.amqp.wire.TableFuzz;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The fuzz targets of this module; as a program it packs and unpacks their {@link KeptInputs}. */
public final class FuzzCorpus {

    static final Map<String, Consumer<byte[]>> TARGETS = new TreeMap<>(Map.of(
            "connection", ConnectionFuzz::fuzzerTestOneInput,
            "json", JsonFuzz::fuzzerTestOneInput,
            "method", MethodFuzz::fuzzerTestOneInput,
            "properties", PropertiesFuzz::fuzzerTestOneInput,
            "table", TableFuzz::fuzzerTestOneInput,
            "uri", AmqpUriFuzz::fuzzerTestOneInput));

    private FuzzCorpus() {}

    public static void main(String[] arguments) throws IOException {
        KeptInputs.main(TARGETS.keySet(), arguments);
    }
}
