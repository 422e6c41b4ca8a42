package dev.leveret.benchmarks.fault;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.leveret.testkit.local.LocalRabbitMq;
import dev.leveret.testkit.local.RabbitMqCluster;
import dev.leveret.testkit.proxy.FaultProxy;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A RabbitMQ cluster with a proxy in front of each node. */
final class FaultyCluster implements Target, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FaultyCluster.class);

    /** By then a connection that is to be cut after some bytes has carried them, or is cut without. */
    private static final long LONGEST_WAIT_FOR_BYTE_SECONDS = 5;

    private final RabbitMqCluster cluster;
    private final List<FaultProxy> proxies;

    FaultyCluster(RabbitMqCluster cluster) {
        this.cluster = cluster;
        proxies = cluster.uris().stream().map(FaultProxy::to).toList();
    }

    /** Of the proxies. */
    List<URI> uris() {
        return IntStream.range(0, proxies.size())
                .mapToObj(it -> proxies.get(it).uri(cluster.uris().get(it)))
                .toList();
    }

    @Override
    public Damage inflict(Fault fault, LongConsumer broken) throws Exception {
        int node = pick(fault);
        int connections =
                fault.kind() == Fault.Kind.CUT_AT_BYTE ? 1 : proxies.get(node).connections();
        String where = "node " + (node + 1);
        long began = System.nanoTime();
        switch (fault.kind()) {
            case KILL -> {
                LocalRabbitMq killed = cluster.nodes().get(node);
                killed.kill();
                proxies.get(node).refuse();
                broken.accept(began);
                comeBack(node);
            }
            case PAUSE -> {
                cluster.nodes().get(node).pause();
                broken.accept(began);
                TimeUnit.NANOSECONDS.sleep(fault.hold().toNanos());
                cluster.nodes().get(node).resume();
            }
            case ROLLING_RESTART -> {
                where = "all nodes";
                connections = proxies.stream().mapToInt(FaultProxy::connections).sum();
                for (int i = 0; i < proxies.size(); i++) {
                    long next = System.nanoTime();
                    proxies.get(i).refuse();
                    cluster.nodes().get(i).stop();
                    broken.accept(next);
                    comeBack(i);
                }
            }
            case CUT_ALL -> {
                proxies.get(node).cut(fault.cut());
                broken.accept(began);
            }
            case CUT_AT_BYTE -> broken.accept(cutAtByte(proxies.get(node), fault));
            case BLACK_HOLE -> {
                proxies.get(node).blackHole();
                broken.accept(began);
                TimeUnit.NANOSECONDS.sleep(fault.hold().toNanos());
                proxies.get(node).heal();
            }
        }
        return new Damage(where, connections, System.nanoTime() - began);
    }

    /** One of the nodes to which somebody is connected. */
    private int pick(Fault fault) {
        List<Integer> used = new ArrayList<>();
        for (int i = 0; i < proxies.size(); i++) {
            if (proxies.get(i).connections() > 0) {
                used.add(i);
            }
        }
        return used.isEmpty() ? fault.pick() % proxies.size() : used.get(fault.pick() % used.size());
    }

    private void comeBack(int node) {
        cluster.nodes().get(node).restart();
        proxies.get(node).heal();
        cluster.awaitAllRunning();
    }

    /** The time just before. */
    private static long cutAtByte(FaultProxy proxy, Fault fault) throws Exception {
        CompletableFuture<Void> cut = proxy.cutAfter(fault.direction(), fault.bytes(), fault.cut());
        try {
            cut.get(LONGEST_WAIT_FOR_BYTE_SECONDS, TimeUnit.SECONDS);
            return System.nanoTime();
        } catch (TimeoutException e) {
            LOG.info("Less than {} bytes went by: {}", fault.bytes(), proxy, e);
            cut.cancel(false);
            long now = System.nanoTime();
            proxy.cut(fault.cut());
            return now;
        }
    }

    @Override
    public long messagesIn(List<String> queues) {
        return cluster.nodes()
                .get(0)
                .ctl("list_queues", "--no-table-headers", "name", "messages")
                .lines()
                .map(it -> it.strip().split("\\s+"))
                .filter(it -> it.length == 2 && queues.contains(it[0]))
                .mapToLong(it -> Long.parseLong(it[1]))
                .sum();
    }

    @Override
    public void drain(String queue, FaultClient.Receiver receiver) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(cluster.uris().get(0));
        factory.setAutomaticRecoveryEnabled(false);
        try (Connection connection = factory.newConnection()) {
            Channel channel = connection.createChannel();
            GetResponse message = channel.basicGet(queue, true);
            while (message != null) {
                receiver.onMessage(message.getBody(), message.getEnvelope().isRedeliver());
                message = channel.basicGet(queue, true);
            }
        }
    }

    @Override
    public String description() {
        return "RabbitMQ " + cluster.version() + ", " + cluster.nodes().size() + " nodes";
    }

    @Override
    public void close() {
        proxies.forEach(FaultProxy::close);
    }
}
