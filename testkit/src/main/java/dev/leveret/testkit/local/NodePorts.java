package dev.leveret.testkit.local;

import dev.leveret.testkit.BrokerStartException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.LoggerFactory;

/**
 * The ports of one node, all on the loopback device.
 *
 * @param amqp where it serves
 * @param distribution where Erlang nodes talk to it
 * @param epmd where its port mapper listens, its own or its cluster's
 * @param plugins plug-in to port; and the TLS listener's under {@link TlsListener#NAME}
 */
record NodePorts(int amqp, int distribution, int epmd, Map<String, Integer> plugins) {

    /** Below the ports that systems give to outgoing connections, which could take a port before the node does. */
    private static final int LOWEST = 20_000;

    private static final int HIGHEST = 31_999;
    private static final int TRIES = 1_000;

    /** Chooses ports that are free now; a node that loses one to somebody else does not start and is tried again. */
    static NodePorts free(OptionalInt chosen, List<String> listeningPlugins) {
        if (chosen.isPresent() && !isFree(chosen.getAsInt())) {
            throw new BrokerStartException("RabbitMQ was not started: port " + chosen.getAsInt()
                    + " of 127.0.0.1 is taken. Leave the port out to have a free one.");
        }
        Set<Integer> ports = new LinkedHashSet<>();
        chosen.ifPresent(ports::add);
        fill(ports, 3 + listeningPlugins.size());
        return of(List.copyOf(ports), listeningPlugins);
    }

    /** The same for nodes that share an epmd. */
    static List<NodePorts> freeOfCluster(int nodes, List<String> listeningPlugins) {
        int each = 2 + listeningPlugins.size();
        Set<Integer> ports = new LinkedHashSet<>();
        fill(ports, 1 + nodes * each);
        List<Integer> all = List.copyOf(ports);
        List<NodePorts> result = new ArrayList<>();
        for (int first = 1; first < all.size(); first += each) {
            List<Integer> own = new ArrayList<>(all.subList(first, first + each));
            own.add(2, all.get(0));
            result.add(of(own, listeningPlugins));
        }
        return result;
    }

    private static void fill(Set<Integer> ports, int count) {
        for (int tries = 0; ports.size() < count; tries++) {
            if (tries == TRIES) {
                throw new BrokerStartException(
                        "RabbitMQ was not started: there are no free ports from " + LOWEST + " to " + HIGHEST + ".");
            }
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST + 1);
            if (isFree(port)) {
                ports.add(port);
            }
        }
    }

    private static NodePorts of(List<Integer> ports, List<String> listeningPlugins) {
        Map<String, Integer> plugins = new LinkedHashMap<>();
        for (String plugin : listeningPlugins) {
            plugins.put(plugin, ports.get(3 + plugins.size()));
        }
        return new NodePorts(ports.get(0), ports.get(1), ports.get(2), plugins);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            LoggerFactory.getLogger(NodePorts.class).trace("Port {} is taken", port, e);
            return false;
        }
    }
}
