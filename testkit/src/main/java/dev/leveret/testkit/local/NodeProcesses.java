package dev.leveret.testkit.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/** Finds and ends processes. */
final class NodeProcesses {

    /** Every process of a node carries the node's directory in its environment. */
    static final String MARK = "LEVERET_NODE";

    private static final Path PROC = Path.of("/proc");
    private static final long POLL_MILLIS = 20;

    private NodeProcesses() {}

    /**
     * Kills all processes that are found, again and again until none is left, since a process may start another one
     * meanwhile.
     *
     * @return those that are still there after the limit
     */
    static Set<ProcessHandle> endAll(Supplier<Collection<ProcessHandle>> found, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        Set<ProcessHandle> seen = new HashSet<>();
        // What /proc says cannot be read while the flag is set; the killing goes on, and the caller is told afterwards.
        boolean interrupted = Thread.interrupted();
        while (true) {
            seen.addAll(found.get());
            seen.removeIf(it -> !isRunning(it));
            if (seen.isEmpty() || System.nanoTime() > deadline) {
                break;
            }
            seen.forEach(ProcessHandle::destroyForcibly);
            interrupted |= pause();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return seen;
    }

    /** True when it was cut short by an interrupt. */
    private static boolean pause() {
        try {
            Thread.sleep(POLL_MILLIS);
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    /** A zombie has ended: that nobody collects it is not ours to mend, and {@link ProcessHandle} calls it alive. */
    static boolean isRunning(ProcessHandle process) {
        return process.isAlive()
                && !read(process.pid(), "stat").map(NodeProcesses::isZombie).orElse(false);
    }

    private static boolean isZombie(String stat) {
        // "pid (name) state ...", and the name may hold anything.
        int name = stat.lastIndexOf(") ");
        return name >= 0 && name + 2 < stat.length() && stat.charAt(name + 2) == 'Z';
    }

    /** The running processes of the node with this directory, wherever they went; only Linux can tell. */
    static List<ProcessHandle> carrying(Path directory) {
        String mark = MARK + "=" + directory;
        return ProcessHandle.allProcesses()
                .filter(it -> read(it.pid(), "environ")
                        .map(environ -> Stream.of(environ.split("\0")).anyMatch(mark::equals))
                        .orElse(false))
                .filter(NodeProcesses::isRunning)
                .toList();
    }

    private static Optional<String> read(long pid, String file) {
        Path path = PROC.resolve(Long.toString(pid)).resolve(file);
        if (!Files.isReadable(path)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            LoggerFactory.getLogger(NodeProcesses.class).trace("{} has ended", pid, e);
            return Optional.empty();
        }
    }
}
