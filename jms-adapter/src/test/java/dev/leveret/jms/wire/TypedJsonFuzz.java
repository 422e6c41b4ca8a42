package dev.leveret.jms.wire;

import dev.leveret.amqp.testing.Fuzzing;
import java.nio.charset.StandardCharsets;

/** Fuzz target: any text as the body of a map or stream message. */
public final class TypedJsonFuzz {

    private TypedJsonFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        Fuzzing.withinMemoryFor(data.length, () -> read(new String(data, StandardCharsets.UTF_8)));
    }

    private static void read(String text) {
        TypedJsonReader.map(text).map(TypedJsonWriter::ofMap).ifPresent(written -> {
            String again =
                    TypedJsonReader.map(written).map(TypedJsonWriter::ofMap).orElse("nothing");
            Fuzzing.require(again.equals(written), "is another map when it is read again", written);
        });
        TypedJsonReader.list(text).map(TypedJsonWriter::ofList).ifPresent(written -> {
            String again =
                    TypedJsonReader.list(written).map(TypedJsonWriter::ofList).orElse("nothing");
            Fuzzing.require(again.equals(written), "is another list when it is read again", written);
        });
    }
}
