package dev.leveret.testkit.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what JVMs that were killed left behind: directories of nodes whose lock nobody holds any more, and processes
 * of theirs, should their guard have been killed as well. Where in doubt, things stay.
 */
final class AbandonedNodes {

    private static final Logger LOG = LoggerFactory.getLogger(AbandonedNodes.class);
    private static final Duration KILL_LIMIT = Duration.ofSeconds(5);

    private AbandonedNodes() {}

    static void remove(Path base) {
        // Opening and closing our own lock file would give up our own lock: that is how POSIX locks work.
        String ours = NodeDirectory.PREFIX + ProcessHandle.current().pid() + "-";
        List<Path> nodes;
        try (Stream<Path> entries = Files.list(base)) {
            nodes = entries.filter(Files::isDirectory)
                    .filter(it -> String.valueOf(it.getFileName()).startsWith(NodeDirectory.PREFIX))
                    .filter(it -> !String.valueOf(it.getFileName()).startsWith(ours))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("Cannot look for abandoned nodes in {}", base, e);
            return;
        }
        nodes.forEach(AbandonedNodes::removeIfAbandoned);
    }

    private static void removeIfAbandoned(Path node) {
        Path lockFile = NodeDirectory.lockFile(node);
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                NodeProcesses.endAll(() -> NodeProcesses.carrying(node), KILL_LIMIT);
                NodeDirectory.deleteTree(node);
                Files.deleteIfExists(lockFile);
                LOG.debug("Removed {}, whose JVM is gone", node);
            }
        } catch (IOException | UncheckedIOException | OverlappingFileLockException e) {
            // Somebody else's node, or somebody else is removing it too.
            LOG.debug("Left {} alone", node, e);
        }
    }
}
