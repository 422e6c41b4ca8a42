package dev.leveret.amqp.fuzz;

import dev.leveret.amqp.api.AmqpUriFuzz;
import dev.leveret.amqp.json.JsonFuzz;
import dev.leveret.amqp.machine.ConnectionFuzz;
import dev.leveret.amqp.wire.MethodFuzz;
import dev.leveret.amqp.wire.PropertiesFuzz;
import dev.leveret.amqp.wire.TableFuzz;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The fuzz targets and their kept inputs: for each a file of hexadecimal lines, where {@code #} begins a comment.
 *
 * <p>Run as a program it turns these files into the directories that the fuzzer works on ({@code unpack DIRECTORY}) and
 * directories into these files ({@code pack FROM TO}).
 */
public final class FuzzCorpus {

    static final Map<String, Consumer<byte[]>> TARGETS = new TreeMap<>(Map.of(
            "connection", ConnectionFuzz::fuzzerTestOneInput,
            "json", JsonFuzz::fuzzerTestOneInput,
            "method", MethodFuzz::fuzzerTestOneInput,
            "properties", PropertiesFuzz::fuzzerTestOneInput,
            "table", TableFuzz::fuzzerTestOneInput,
            "uri", AmqpUriFuzz::fuzzerTestOneInput));

    private FuzzCorpus() {}

    /** The inputs of one target. */
    static List<byte[]> of(String target) {
        String name = "/fuzz/" + target + ".hex";
        try (InputStream file = Objects.requireNonNull(FuzzCorpus.class.getResourceAsStream(name), name)) {
            return new String(file.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .map(line -> line.replaceAll("#.*", "").strip())
                    .filter(line -> !line.isEmpty())
                    .map(HexFormat.of()::parseHex)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[1]);
        for (String target : TARGETS.keySet()) {
            if (arguments[0].equals("unpack")) {
                unpack(target, Files.createDirectories(directory.resolve(target)));
            } else {
                pack(directory.resolve(target), Path.of(arguments[2]).resolve(target + ".hex"));
            }
        }
    }

    private static void unpack(String target, Path directory) throws IOException {
        int number = 0;
        for (byte[] input : of(target)) {
            Files.write(directory.resolve("kept-" + number++), input);
        }
    }

    private static void pack(Path directory, Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> inputs = Files.list(directory)) {
            for (Path input : (Iterable<Path>) inputs::iterator) {
                lines.add(HexFormat.of().formatHex(Files.readAllBytes(input)));
            }
        }
        lines.sort(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
        lines.removeIf(String::isEmpty);
        Files.write(file, lines, StandardCharsets.US_ASCII);
    }
}
