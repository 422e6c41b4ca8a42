package dev.leveret.testkit.local;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The environment of a node and of the commands that talk to it: nothing of what the user's own RabbitMQ is configured
 * with, everything in the node's directory, everything on the loopback device.
 */
final class NodeEnvironment {

    private static final String LOOPBACK_ONLY = "-kernel inet_dist_use_interface {127,0,0,1}";

    private NodeEnvironment() {}

    static Map<String, String> of(String name, NodeFiles files, NodePorts ports, Path epmd) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.keySet().removeIf(NodeEnvironment::isForeign);
        Path bin = epmd.getParent();
        if (bin != null) {
            // Scripts call erl by name; it lives beside epmd when PATH has neither.
            environment.merge("PATH", bin.toString(), (path, own) -> path + ":" + own);
        }
        environment.putAll(Map.of(
                NodeProcesses.MARK,
                files.directory().toString(),
                "HOME",
                files.directory().toString(),
                "LANG",
                "C.UTF-8",
                "LC_ALL",
                "C.UTF-8",
                "ERL_EPMD_ADDRESS",
                "127.0.0.1",
                "ERL_EPMD_PORT",
                Integer.toString(ports.epmd()),
                "ERL_CRASH_DUMP_BYTES",
                "0"));
        environment.putAll(Map.of(
                "RABBITMQ_NODENAME", name,
                "RABBITMQ_CONF_ENV_FILE", files.file("no-such-file").toString(),
                "RABBITMQ_CONFIG_FILE", files.file("rabbitmq.conf").toString(),
                "RABBITMQ_ADVANCED_CONFIG_FILE", files.file("advanced.config").toString(),
                "RABBITMQ_ENABLED_PLUGINS_FILE", files.file("enabled_plugins").toString(),
                "RABBITMQ_MNESIA_BASE", files.file("data").toString(),
                "RABBITMQ_LOG_BASE", files.file("log").toString(),
                "RABBITMQ_PID_FILE", files.pid().toString(),
                "RABBITMQ_DIST_PORT", Integer.toString(ports.distribution())));
        environment.putAll(Map.of(
                "RABBITMQ_CTL_DIST_PORT_MIN",
                "0",
                "RABBITMQ_CTL_DIST_PORT_MAX",
                "0",
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                LOOPBACK_ONLY,
                "RABBITMQ_CTL_ERL_ARGS",
                LOOPBACK_ONLY));
        return environment;
    }

    private static boolean isForeign(String name) {
        // With NOTIFY_SOCKET the script would believe that systemd started it.
        return name.startsWith("RABBITMQ_")
                || name.startsWith("ERL_")
                || name.startsWith("LEVERET_")
                || name.equals("NOTIFY_SOCKET");
    }
}
