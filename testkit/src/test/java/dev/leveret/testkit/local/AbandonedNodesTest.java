package dev.leveret.testkit.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.testkit.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a JVM that could not clean up, and what becomes of it. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class AbandonedNodesTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    private Path scratch;

    private Path base;

    @BeforeEach
    void makeBase() throws IOException {
        base = Files.createDirectory(scratch.resolve("base"));
    }

    @Test
    void aKilledJvmTakesItsNodeWithIt() throws Exception {
        try (ChildJvm jvm = startNode("never")) {
            Leftovers.awaitFile(scratch.resolve("server-runs"), LIMIT);
            List<ProcessHandle> processes = Leftovers.processes(base);
            assertThat(processes).as("guard, epmd, server").hasSizeGreaterThanOrEqualTo(3);

            jvm.kill();

            Leftovers.awaitEnd(processes, LIMIT);
        }
        AbandonedNodes.remove(base);
        Leftovers.assertNoFiles(base);
    }

    @Test
    void aGuardKilledWithItsJvmLeavesTheRestToTheNextStart() throws Exception {
        List<ProcessHandle> processes;
        try (ChildJvm jvm = startNode("never")) {
            Leftovers.awaitFile(scratch.resolve("server-runs"), LIMIT);
            processes = Leftovers.processes(base);
            for (ProcessHandle process : processes) {
                if (process.info().commandLine().orElse("").contains("guard.sh")) {
                    process.destroyForcibly();
                }
            }
            jvm.kill();
        }
        AbandonedNodes.remove(base);

        Leftovers.awaitEnd(processes, Duration.ofSeconds(1));
        Leftovers.assertNoFiles(base);
    }

    @Test
    void aNodeOfAJvmThatLivesIsLeftAlone() throws Exception {
        try (ChildJvm jvm = startNode("never")) {
            Leftovers.awaitFile(scratch.resolve("server-runs"), LIMIT);
            List<ProcessHandle> processes = Leftovers.processes(base);

            AbandonedNodes.remove(base);

            assertThat(processes).isNotEmpty().allMatch(NodeProcesses::isRunning);
            jvm.kill();
        }
        AbandonedNodes.remove(base);
        Leftovers.assertNoFiles(base);
    }

    @Test
    void aNodeOfThisJvmIsLeftAloneAndKeepsItsLock() throws IOException {
        NodeDirectory ours = NodeDirectory.create(base);

        AbandonedNodes.remove(base);

        assertThat(ours.path()).isDirectory();
        ours.delete();
        ours.delete();
        Leftovers.assertNoFiles(base);
    }

    @Test
    void whatHasNoLockIsLeftAlone() throws IOException {
        Path stranger = Files.createDirectory(base.resolve("leveret-rabbitmq-1-stranger"));

        AbandonedNodes.remove(base);
        AbandonedNodes.remove(base.resolve("no-such-directory"));

        assertThat(stranger).isDirectory();
    }

    private ChildJvm startNode(String when) throws IOException {
        return ChildJvm.start(
                Files.createDirectory(scratch.resolve("jvm")),
                it -> !it.contains("logback"),
                List.of(NodeMain.class.getName(), scratch.toString(), when));
    }
}
