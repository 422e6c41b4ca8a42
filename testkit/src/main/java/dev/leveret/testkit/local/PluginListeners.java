package dev.leveret.testkit.local;

import java.util.List;
import java.util.Map;

/** Plug-ins that listen on a port: by themselves they would take a well-known one, on every device of the machine. */
final class PluginListeners {

    private static final Map<String, String> LINES = Map.of(
            "rabbitmq_management", "management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = %d",
            "rabbitmq_prometheus", "prometheus.tcp.ip = 127.0.0.1\nprometheus.tcp.port = %d",
            "rabbitmq_stream", "stream.listeners.tcp.1 = 127.0.0.1:%d",
            "rabbitmq_mqtt", "mqtt.listeners.tcp.1 = 127.0.0.1:%d",
            "rabbitmq_stomp", "stomp.listeners.tcp.1 = 127.0.0.1:%d");

    private PluginListeners() {}

    static List<String> among(List<String> plugins) {
        return plugins.stream().filter(LINES::containsKey).distinct().toList();
    }

    static List<String> configLines(Map<String, Integer> ports) {
        return ports.entrySet().stream()
                .filter(it -> LINES.containsKey(it.getKey()))
                .flatMap(it -> String.valueOf(LINES.get(it.getKey()))
                        .formatted(it.getValue())
                        .lines())
                .toList();
    }
}
