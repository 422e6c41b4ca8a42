package dev.leveret.testkit.local;

import dev.leveret.testkit.BrokerStartException;
import dev.leveret.testkit.BrokerStopException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * The directory of one node, which only its user may enter.
 *
 * <p>Beside it lies a file of the same name and {@code .lock}, which this JVM holds locked from before the directory is
 * made until after it is deleted: a directory whose lock is free has lost its JVM.
 */
final class NodeDirectory {

    static final String PREFIX = "leveret-rabbitmq-";

    private final Path path;
    private final FileChannel lock;

    private NodeDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    static NodeDirectory create(Path base) {
        String name = PREFIX + ProcessHandle.current().pid() + "-"
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        Path path = base.toAbsolutePath().resolve(name);
        NodeDirectory directory = new NodeDirectory(path, locked(lockFile(path)));
        try {
            Files.createDirectory(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            return directory;
        } catch (IOException e) {
            directory.delete();
            throw cannotBeMade(path, e);
        }
    }

    private static FileChannel locked(Path file) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                throw new IOException(file + " is locked already");
            }
            return channel;
        } catch (IOException e) {
            throw cannotBeMade(file, e);
        }
    }

    private static BrokerStartException cannotBeMade(Path path, IOException e) {
        return new BrokerStartException(
                "RabbitMQ was not started: nothing can be written to " + path.getParent() + ": " + e, e);
    }

    static Path lockFile(Path directory) {
        return directory.resolveSibling(directory.getFileName() + ".lock");
    }

    Path path() {
        return path;
    }

    /** A name that no other node on this machine has. */
    String nodeName() {
        return path.getFileName() + "@localhost";
    }

    /** Deletes the directory and gives up the lock; nothing happens the second time. */
    void delete() {
        try {
            deleteTree(path);
            Files.deleteIfExists(lockFile(path));
            lock.close();
        } catch (IOException | UncheckedIOException e) {
            throw new BrokerStopException(path + " cannot be deleted: " + e, e);
        }
    }

    static void deleteTree(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> walk = Files.walk(tree)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path one : all) {
            Files.deleteIfExists(one);
        }
    }
}
