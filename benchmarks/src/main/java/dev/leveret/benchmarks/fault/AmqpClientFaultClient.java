package dev.leveret.benchmarks.fault;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Address;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Recoverable;
import com.rabbitmq.client.RecoveryListener;
import com.rabbitmq.client.impl.ClientVersion;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * RabbitMQ's Java client with automatic recovery, its default, and confirms as its tutorial shows them: a map from
 * sequence number to message that its confirm listener clears.
 */
final class AmqpClientFaultClient implements FaultClient {

    private static final Logger LOG = LoggerFactory.getLogger(AmqpClientFaultClient.class);
    private static final int PREFETCH = 200;

    /** Of the default five seconds: the time is to be the client's, not its pause's. */
    private static final int RECOVERY_INTERVAL_MILLIS = 500;

    private static final int CONNECT_MILLIS = 2_000;
    private static final AMQP.BasicProperties PERSISTENT =
            new AMQP.BasicProperties.Builder().deliveryMode(2).build();

    private final List<URI> uris;
    private final Duration heartbeat;

    AmqpClientFaultClient(List<URI> uris, Duration heartbeat) {
        this.uris = List.copyOf(uris);
        this.heartbeat = heartbeat;
    }

    @Override
    public String name() {
        return "amqp-client " + ClientVersion.VERSION;
    }

    private Connection connect(int index) throws IOException, TimeoutException {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setRequestedHeartbeat(Math.toIntExact(heartbeat.toSeconds()));
        factory.setNetworkRecoveryInterval(RECOVERY_INTERVAL_MILLIS);
        factory.setConnectionTimeout(CONNECT_MILLIS);
        factory.setHandshakeTimeout(CONNECT_MILLIS);
        List<Address> addresses = new ArrayList<>(
                uris.stream().map(it -> new Address(it.getHost(), it.getPort())).toList());
        Collections.rotate(addresses, -index);
        return factory.newConnection(addresses, "fault-bench");
    }

    @Override
    public void declareQuorumQueue(String queue) throws IOException, TimeoutException {
        try (Connection connection = connect(0)) {
            connection.createChannel().queueDeclare(queue, true, false, false, Map.of("x-queue-type", "quorum"));
        }
    }

    @Override
    public Publisher publisher(int index, Runnable forgotten) throws IOException, TimeoutException {
        Connection connection = connect(index);
        Channel channel = connection.createChannel();
        ((Recoverable) connection).addRecoveryListener(new RecoveryListener() {
            @Override
            public void handleRecovery(Recoverable recovered) {
                forgotten.run();
            }

            @Override
            public void handleRecoveryStarted(Recoverable recovering) {
                LOG.debug("Publisher {} recovers", index);
            }
        });
        channel.confirmSelect();
        return new ConfirmingPublisher(connection, channel);
    }

    @Override
    public AutoCloseable consume(int index, String queue, Receiver receiver) throws IOException, TimeoutException {
        Connection connection = connect(index);
        Channel channel = connection.createChannel();
        channel.basicQos(PREFETCH);
        channel.basicConsume(
                queue,
                false,
                (tag, delivery) -> {
                    receiver.onMessage(
                            delivery.getBody(), delivery.getEnvelope().isRedeliver());
                    try {
                        channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                    } catch (AlreadyClosedException e) {
                        LOG.trace("Not acknowledged, will be delivered again", e);
                    }
                },
                tag -> LOG.info("The consumer of {} was cancelled", queue));
        return () -> abort(connection);
    }

    /** {@code close} waits without limit while a node is gone. */
    private static void abort(Connection connection) {
        connection.abort(CONNECT_MILLIS);
    }

    private static final class ConfirmingPublisher implements Publisher {

        private final Connection connection;
        private final Channel channel;
        private final ConcurrentNavigableMap<Long, Verdict> outstanding = new ConcurrentSkipListMap<>();

        ConfirmingPublisher(Connection connection, Channel channel) {
            this.connection = connection;
            this.channel = channel;
            channel.addConfirmListener(
                    (tag, multiple) -> settle(tag, multiple, true), (tag, multiple) -> settle(tag, multiple, false));
        }

        @Override
        public void publish(String queue, byte[] body, Verdict verdict) throws IOException {
            long number = channel.getNextPublishSeqNo();
            outstanding.put(number, verdict);
            try {
                channel.basicPublish("", queue, PERSISTENT, body);
            } catch (IOException | RuntimeException e) {
                outstanding.remove(number, verdict);
                throw e;
            }
        }

        private void settle(long tag, boolean multiple, boolean confirmed) {
            Map<Long, Verdict> settled =
                    multiple ? outstanding.headMap(tag, true) : outstanding.subMap(tag, true, tag, true);
            settled.forEach((number, verdict) -> {
                if (outstanding.remove(number, verdict)) {
                    if (confirmed) {
                        verdict.confirmed();
                    } else {
                        verdict.negative();
                    }
                }
            });
        }

        @Override
        public void close() {
            abort(connection);
        }
    }
}
