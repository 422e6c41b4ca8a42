package dev.leveret.amqp.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The kept inputs of fuzz targets: for each target a file of hexadecimal lines among the test resources, where {@code #}
 * begins a comment.
 */
public final class KeptInputs {

    private static final int NEIGHBOURS = 3;

    private KeptInputs() {}

    /** The inputs of one target. */
    public static List<byte[]> of(String target) {
        String name = "/fuzz/" + target + ".hex";
        try (InputStream file = Objects.requireNonNull(KeptInputs.class.getResourceAsStream(name), name)) {
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

    /** Feeds a target each of its inputs and some neighbours of it; fails with the first that it fails at. */
    public static void replay(String target, Consumer<byte[]> fuzz) {
        List<byte[]> inputs = of(target);
        Fuzzing.require(!inputs.isEmpty(), "there are no inputs", target);
        Random random = new Random(26);
        for (byte[] input : inputs) {
            run(target, fuzz, input);
            for (int i = 0; i < NEIGHBOURS && input.length > 2; i++) {
                byte[] neighbour = input.clone();
                neighbour[2 + random.nextInt(input.length - 2)] = (byte) random.nextInt();
                run(target, fuzz, random.nextInt(4) > 0 ? neighbour : Arrays.copyOf(neighbour, input.length - 1));
            }
        }
    }

    private static void run(String target, Consumer<byte[]> fuzz, byte[] input) {
        try {
            fuzz.accept(input);
        } catch (Throwable e) {
            throw new AssertionError(target + " " + HexFormat.of().formatHex(input), e);
        }
    }

    /**
     * Turns the files of these targets into the directories that a fuzzer works on ({@code unpack DIRECTORY}) or directories
     * into files ({@code pack FROM TO}).
     */
    public static void main(Collection<String> targets, String... arguments) throws IOException {
        Path directory = Path.of(arguments[1]);
        for (String target : targets) {
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
