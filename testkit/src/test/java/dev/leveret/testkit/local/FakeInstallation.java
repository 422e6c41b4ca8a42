package dev.leveret.testkit.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Small scripts that stand for RabbitMQ's. */
final class FakeInstallation {

    /** What RabbitMQ writes to its log when it is up. */
    static final String SAY_UP =
            "echo 'Server startup complete; 0 plugins started.' >> \"$RABBITMQ_LOG_BASE/node.log\"";

    private FakeInstallation() {}

    /** A server that does this; its epmd just waits. */
    static RabbitMqInstallation serving(Path directory, String... lines) {
        return new RabbitMqInstallation(
                script(directory.resolve("rabbitmq-server"), lines),
                script(directory.resolve("rabbitmqctl"), "exit 0"),
                script(directory.resolve("epmd"), "exec sleep 600"));
    }

    /** The same with a real epmd. */
    static RabbitMqInstallation withEpmd(Path directory, Path epmd, String... lines) {
        RabbitMqInstallation fake = serving(directory, lines);
        return new RabbitMqInstallation(fake.server(), fake.ctl(), epmd);
    }

    static Path script(Path file, String... lines) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
            return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
