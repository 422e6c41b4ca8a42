package dev.leveret.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A JVM of its own with this test's class path: for what can only be seen when a JVM ends, and how. */
public final class ChildJvm implements AutoCloseable {

    private final Process process;
    private final Path output;

    private ChildJvm(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /**
     * Starts a main class.
     *
     * @param scratch empty directory for its work and temporary files
     * @param onClassPath which entries of this class path it gets
     * @param options options of the JVM, then the main class and its arguments
     */
    public static ChildJvm start(Path scratch, Predicate<String> onClassPath, List<String> options) {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(onClassPath)
                .collect(Collectors.joining(File.pathSeparator));
        try {
            Path work = Files.createDirectories(scratch.resolve("work"));
            Path output = scratch.resolve("output");
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Djava.io.tmpdir=" + work,
                    "-cp",
                    classPath));
            command.addAll(options);
            Process process = new ProcessBuilder(command)
                    .directory(work.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            return new ChildJvm(process, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its exit status, or a failure when it does not end in time. */
    public int exitWithin(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("The JVM did not end within " + limit + "; it wrote:\n" + output());
        }
        return process.exitValue();
    }

    /** Waits until it has written a line that begins so, and returns the rest of that line. */
    public String awaitLine(String beginning, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            for (String line : output().lines().toList()) {
                if (line.startsWith(beginning)) {
                    return line.substring(beginning.length());
                }
            }
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new AssertionError("It did not write '" + beginning + "' but:\n" + output());
            }
            Thread.sleep(20);
        }
    }

    public String output() {
        try {
            return new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@code kill -9} does. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        exitWithin(Duration.ofSeconds(10));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
