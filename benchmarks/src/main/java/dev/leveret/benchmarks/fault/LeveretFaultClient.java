package dev.leveret.benchmarks.fault;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.RecoveryOptions;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leveret with recovery as it is by default; and on request with what was not confirmed published again by it. */
final class LeveretFaultClient implements FaultClient {

    private static final Logger LOG = LoggerFactory.getLogger(LeveretFaultClient.class);
    private static final int PREFETCH = 200;
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final long REPLAYED_BYTES = 16 * 1024 * 1024;
    private static final Duration REPLAYED_WITHIN = Duration.ofMinutes(1);
    private static final BasicProperties PERSISTENT =
            BasicProperties.builder().deliveryMode(2).build();

    private final List<URI> uris;
    private final Duration heartbeat;
    private final RecoveryOptions recovery;

    /** @param replay whether what is not confirmed at a loss is published again by the client */
    LeveretFaultClient(List<URI> uris, Duration heartbeat, boolean replay) {
        this.uris = List.copyOf(uris);
        this.heartbeat = heartbeat;
        recovery = replay
                ? RecoveryOptions.standard().withRepublishing(REPLAYED_BYTES, REPLAYED_WITHIN)
                : RecoveryOptions.standard();
    }

    @Override
    public String name() {
        return recovery.republishedBytes() == 0 ? "Leveret" : "Leveret, replaying";
    }

    private Connection connect(int index) {
        List<Endpoint> endpoints = new ArrayList<>(uris.stream()
                .map(it -> new Endpoint(it.getHost(), it.getPort()))
                .toList());
        Collections.rotate(endpoints, -index);
        return Amqp.connect(ConnectionOptions.builder()
                .endpoints(endpoints)
                .heartbeat(heartbeat)
                .connectTimeout(CONNECT)
                .handshakeTimeout(CONNECT)
                .connectionName("fault-bench")
                .recovery(recovery)
                .build());
    }

    @Override
    public void declareQuorumQueue(String queue) {
        try (Connection connection = connect(0)) {
            connection.openChannel().declareQueue(QueueSpec.quorum(queue));
        }
    }

    @Override
    public Publisher publisher(int index, Runnable forgotten) {
        Connection connection = connect(index);
        AsyncChannel channel = connection.openChannel().async();
        return new Publisher() {
            @Override
            public void publish(String queue, byte[] body, Verdict verdict) {
                channel.publish(
                        new OutboundMessage("", queue, false, PERSISTENT, body), result -> tell(result, verdict));
            }

            @Override
            public void close() {
                connection.close();
            }
        };
    }

    private static void tell(PublishResult result, Verdict verdict) {
        if (result instanceof PublishResult.Confirmed) {
            verdict.confirmed();
        } else if (result instanceof PublishResult.Unknown) {
            verdict.unknown();
        } else {
            verdict.negative();
        }
    }

    private static boolean wasRepublished(Delivery delivery) {
        return delivery.properties().header(RecoveryOptions.REPUBLISHED_HEADER) != null;
    }

    @Override
    public AutoCloseable consume(int index, String queue, Receiver receiver) {
        Connection connection = connect(index);
        connection.openChannel().consume(ConsumeOptions.of(queue).withPrefetch(PREFETCH), delivery -> {
            receiver.onMessage(delivery.body(), delivery.redelivered() || wasRepublished(delivery));
            try {
                delivery.ack();
            } catch (AmqpException e) {
                LOG.trace("Not acknowledged, will be delivered again", e);
            }
        });
        return connection::close;
    }
}
