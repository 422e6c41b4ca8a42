package dev.leveret.testkit.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs a command to its end, or kills it with all that it started when it takes too long.
 *
 * @param exit its exit status
 * @param output what it wrote, errors included
 */
record BoundedCommand(int exit, String output) {

    private static final Duration KILL_LIMIT = Duration.ofSeconds(5);

    /** Messages name the command only: its arguments may hold a password. */
    static BoundedCommand run(List<String> command, Map<String, String> environment, Path scratch, Duration limit) {
        String name = String.valueOf(Path.of(command.get(0)).getFileName());
        try {
            Path output = Files.createTempFile(scratch, name, ".out");
            try {
                ProcessBuilder builder = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .redirectInput(Path.of("/dev/null").toFile());
                builder.environment().clear();
                builder.environment().putAll(environment);
                Process process = builder.start();
                if (!ended(process, limit)) {
                    throw new NodeCommandException(name + " did not end within " + limit.toSeconds() + " s");
                }
                return new BoundedCommand(process.exitValue(), read(output));
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            throw new NodeCommandException(name + " could not be run: " + e, e);
        }
    }

    private static String read(Path output) throws IOException {
        return new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
    }

    private static boolean ended(Process process, Duration limit) {
        boolean ended = false;
        try {
            ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (!ended) {
                ProcessHandle handle = process.toHandle();
                NodeProcesses.endAll(
                        () -> Stream.concat(Stream.of(handle), handle.descendants())
                                .toList(),
                        KILL_LIMIT);
            }
        }
        return ended;
    }
}
