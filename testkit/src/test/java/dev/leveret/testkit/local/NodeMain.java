package dev.leveret.testkit.local;

import dev.leveret.testkit.Settings;
import java.nio.file.Path;

/** A program that starts a node below a directory and ends in one way or another. */
public final class NodeMain {

    private NodeMain() {}

    /** Takes the directory, and how to end: {@code never} starts and {@code cluster-never} (a script stands for the server), exit, kill. */
    public static void main(String[] arguments) throws Exception {
        Path scratch = Path.of(arguments[0]);
        LocalRabbitMqOptions options = LocalRabbitMqOptions.defaults().baseDirectory(scratch.resolve("base"));
        if (arguments[1].equals("never")) {
            LocalRabbitMq.start(
                    FakeInstallation.serving(
                            scratch.resolve("bin"), "echo yes > " + scratch.resolve("server-runs"), "exec sleep 600"),
                    options);
        }
        if (arguments[1].equals("cluster-never")) {
            RabbitMqCluster.start(
                    FakeInstallation.withEpmd(
                            scratch.resolve("bin"),
                            RabbitMqInstallation.find(Settings.ofProcess()).epmd(),
                            "echo yes > " + scratch.resolve("server-runs"),
                            "exec sleep 600"),
                    2,
                    options);
        }
        LocalRabbitMq node = LocalRabbitMq.start(RabbitMqInstallation.find(Settings.ofProcess()), options);
        System.out.println("node " + node.description());
        switch (arguments[1]) {
            case "exit" -> System.exit(3);
            default -> Thread.sleep(600_000);
        }
    }
}
