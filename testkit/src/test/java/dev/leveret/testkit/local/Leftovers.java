package dev.leveret.testkit.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Looks for what a node may leave behind. */
final class Leftovers {

    private Leftovers() {}

    /** All processes of all nodes below a directory, even those that are nobody's child any more. */
    static List<ProcessHandle> processes(Path base) throws IOException {
        try (Stream<Path> entries = Files.list(base)) {
            return entries.flatMap(it -> NodeProcesses.carrying(it.toAbsolutePath()).stream())
                    .toList();
        }
    }

    static void assertNoFiles(Path base) throws IOException {
        try (Stream<Path> entries = Files.list(base)) {
            assertThat(entries).as("left in %s", base).isEmpty();
        }
    }

    static void awaitEnd(List<ProcessHandle> processes, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (processes.stream().anyMatch(NodeProcesses::isRunning)) {
            assertThat(System.nanoTime())
                    .as(
                            "running still: %s",
                            processes.stream().filter(NodeProcesses::isRunning).toList())
                    .isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    /** Waits until somebody has written to a file. */
    static Path awaitFile(Path file, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!Files.exists(file) || isEmpty(file)) {
            assertThat(System.nanoTime()).as("%s is not there", file).isLessThan(deadline);
            Thread.sleep(20);
        }
        return file;
    }

    private static boolean isEmpty(Path file) {
        return file.toFile().length() == 0;
    }
}
