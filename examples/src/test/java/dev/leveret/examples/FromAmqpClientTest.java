package dev.leveret.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.GetResponse;
import dev.leveret.amqp.api.HandlerErrorPolicy;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishWindow;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.RecoveryOptions;
import dev.leveret.amqp.api.Subscription;
import dev.leveret.amqp.api.TlsOptions;
import dev.leveret.amqp.api.TopologyEntity;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.proxy.Cut;
import dev.leveret.testkit.proxy.FaultProxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The code of docs/coming-from-amqp-client.md. */
class FromAmqpClientTest {

    private static final byte[] BODY = "hello".getBytes();

    private static <T> T next(BlockingQueue<T> events) throws InterruptedException {
        T event = events.poll(10, TimeUnit.SECONDS);
        assertThat(event).isNotNull();
        return event;
    }

    @Test
    void options() {
        ConnectionOptions.Builder options = ConnectionOptions.builder();
        // amqp-client: setHost
        options.endpoint("mq.example", 5672);
        // amqp-client: newConnection(Address[])
        options.endpoints(List.of(new Endpoint("mq1.example", 5672), new Endpoint("mq2.example", 5672)));
        // amqp-client: setVirtualHost
        options.virtualHost("orders");
        // amqp-client: setUsername
        options.credentials(Credentials.plain("app", "secret"));
        // amqp-client: setSaslConfig
        options.credentials(Credentials.external());
        // amqp-client: useSslProtocol
        options.tls(TlsOptions.defaults());
        // amqp-client: setRequestedHeartbeat
        options.heartbeat(Duration.ofSeconds(60));
        // amqp-client: setRequestedChannelMax
        options.channelMax(100);
        // amqp-client: setRequestedFrameMax
        options.frameMax(131072);
        // amqp-client: setConnectionTimeout
        options.connectTimeout(Duration.ofSeconds(60));
        // amqp-client: setHandshakeTimeout
        options.handshakeTimeout(Duration.ofSeconds(10));
        // amqp-client: setChannelRpcTimeout
        options.requestTimeout(Duration.ofMinutes(10));
        // amqp-client: setMaxInboundMessageBodySize
        options.maxInboundBody(64 * 1024 * 1024);
        // amqp-client: setClientProperties
        options.clientProperty("team", "billing");
        // amqp-client: newConnection(name)
        options.connectionName("billing");
        // amqp-client: setAutomaticRecoveryEnabled
        options.recovery(RecoveryOptions.off());
        // end
        assertThat(options.build().channelMax()).isEqualTo(100);
        assertThat(options.build().credentials()).hasToString("EXTERNAL");
        assertThat(options.build().recovery().enabled()).isFalse();
        // amqp-client: setNetworkRecoveryInterval
        RecoveryOptions recovery = RecoveryOptions.standard().withDelay(Duration.ofMillis(500), Duration.ofSeconds(30));
        // amqp-client: setTopologyRecoveryEnabled
        recovery = recovery.withRestoring(
                entity -> entity instanceof TopologyEntity.Channel || entity instanceof TopologyEntity.Consumer);
        // end
        assertThat(recovery.restoring().test(new TopologyEntity.Channel(1))).isTrue();
        assertThat(recovery.restoring().test(new TopologyEntity.Queue(QueueSpec.of("q"), "q")))
                .isFalse();
        // amqp-client: TopologyRecoveryFilter
        recovery = recovery.withRestoring(entity -> !(entity instanceof TopologyEntity.Exchange));
        // amqp-client: setTopologyRecoveryRetryHandler
        recovery = recovery.withRetryingFor(Duration.ofMinutes(3));
        // end
        assertThat(recovery.retryingFor()).hasMinutes(3);
        // amqp-client: setUri
        ConnectionOptions.Builder parsed = AmqpUri.parse("amqp://app:secret@mq.example/orders");
        // amqp-client: load(Map)
        ConnectionOptions.Builder loaded = ConnectionOptions.from(
                Map.of("rabbitmq.host", "mq.example", "rabbitmq.connection.heartbeat", "30"), "rabbitmq.");
        // end
        assertThat(parsed.build().virtualHost()).isEqualTo("orders");
        assertThat(loaded.build().heartbeat()).hasSeconds(30);
    }

    @EveryBroker
    void recovery(Broker broker) throws Exception {
        BlockingQueue<ConnectionEvent> events = new LinkedBlockingQueue<>();
        try (FaultProxy proxy = FaultProxy.to(broker);
                Connection connection = Amqp.connect(proxy.uri(broker.uri()).toString());
                Channel channel = connection.openChannel()) {
            channel.declareQueue(QueueSpec.temporary());
            // amqp-client: RecoveryListener
            connection.onEvent(event -> {
                if (event instanceof ConnectionEvent.Recovered recovered) {
                    System.out.println(recovered.report());
                }
            });
            // amqp-client: QueueRecoveryListener
            connection.onEvent(event -> {
                if (event instanceof ConnectionEvent.QueueRenamed renamed) {
                    System.out.println(renamed.newName());
                }
            });
            // end
            connection.onEvent(events::add);
            assertThat(proxy.cut(Cut.FIN)).isPositive();
            assertThat(next(events)).isInstanceOf(ConnectionEvent.Lost.class);
            assertThat(next(events)).isInstanceOf(ConnectionEvent.QueueRenamed.class);
            assertThat(next(events)).isInstanceOf(ConnectionEvent.Recovered.class);
        }
    }

    @EveryBroker
    void connectionsAndEntities(Broker broker) throws Exception {
        ConnectionOptions options = AmqpUri.parse(broker.uri()).build();
        String name = "from-amqp-client-" + UUID.randomUUID();
        // amqp-client: newConnection
        Connection connection = Amqp.connect(options);
        // amqp-client: createChannel
        Channel channel = connection.openChannel();
        // amqp-client: queueDeclare(name, durable, exclusive, autoDelete, arguments)
        channel.declareQueue(QueueSpec.of(name).withDurable(true).withExclusive(true));
        // amqp-client: queueDeclare()
        String queue = channel.declareQueue(QueueSpec.temporary()).name();
        // amqp-client: queueDeclarePassive
        channel.declareQueuePassive(queue);
        // amqp-client: exchangeDeclare
        channel.declareExchange(ExchangeSpec.topic(name));
        // amqp-client: queueBind
        channel.bind(BindingSpec.toQueue(name, queue, "order.*"));
        // amqp-client: queueUnbind
        channel.unbind(BindingSpec.toQueue(name, queue, "order.*"));
        // amqp-client: messageCount
        long messages = channel.declareQueuePassive(queue).messageCount();
        // amqp-client: queuePurge
        channel.purgeQueue(queue);
        // amqp-client: queueDelete
        channel.deleteQueue(queue);
        // amqp-client: exchangeDelete
        channel.deleteExchange(name);
        // end
        assertThat(messages).isZero();
        // amqp-client: BlockedListener
        connection.onEvent(event -> {
            if (event instanceof ConnectionEvent.Blocked blocked) {
                System.out.println(blocked.reason());
            }
        });
        // end
        BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        // amqp-client: addShutdownListener
        connection.async().closed().whenComplete((closed, cause) -> ends.add("closed"));
        // amqp-client: Connection.close
        connection.close();
        // end
        assertThat(next(ends)).isEqualTo("closed");
    }

    @EveryBroker
    void publishing(Broker broker) throws Exception {
        try (Connection connection = Amqp.connect(broker.uri().toString());
                Channel channel = connection.openChannel()) {
            String queue = channel.declareQueue(QueueSpec.temporary()).name();
            OutboundMessage message = OutboundMessage.toQueue(queue, BODY);
            // amqp-client: basicPublish
            channel.send(message);
            // amqp-client: waitForConfirmsOrDie
            channel.publish(message);
            // amqp-client: addConfirmListener
            channel.async().publish(message, result -> System.out.println(result));
            // amqp-client: waitForConfirms
            PublishWindow window = channel.publishWindow(100);
            window.publish(message);
            window.flush();
            // amqp-client: addReturnListener
            channel.onReturn(returned -> System.out.println(returned.replyText()));
            // amqp-client: AMQP.BasicProperties.Builder
            BasicProperties properties = BasicProperties.builder()
                    .contentType("text/plain")
                    .persistent(true)
                    .build();
            // end
            channel.publish(message.withProperties(properties));
            assertThat(channel.declareQueuePassive(queue).messageCount()).isEqualTo(5);
        }
    }

    @EveryBroker
    void consuming(Broker broker) throws Exception {
        Executor executor = Runnable::run;
        try (Connection connection = Amqp.connect(broker.uri().toString());
                Channel channel = connection.openChannel()) {
            String queue = channel.declareQueue(QueueSpec.temporary().withAutoDelete(false))
                    .name();
            BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
            // amqp-client: basicConsume
            Subscription consumer = channel.consume(ConsumeOptions.of(queue), delivery -> {
                deliveries.add(delivery);
                // amqp-client: basicAck
                delivery.ack();
            });
            // end
            channel.publish(OutboundMessage.toQueue(queue, BODY));
            assertThat(next(deliveries).body()).isEqualTo(BODY);
            // amqp-client: CancelCallback
            consumer.ended().whenComplete((ended, cause) -> System.out.println("ended: " + cause));
            // amqp-client: basicCancel
            consumer.cancel().join();
            // amqp-client: basicQos
            ConsumeOptions options = ConsumeOptions.of(queue).withPrefetch(5);
            // amqp-client: ExceptionHandler
            options = options.withOnHandlerError(HandlerErrorPolicy.REJECT);
            // amqp-client: setSharedExecutor
            options = options.withExecutor(executor);
            // end
            assertThat(options.prefetch()).isEqualTo(5);
            channel.publish(OutboundMessage.toQueue(queue, BODY));
            // amqp-client: basicGet
            Optional<GetResponse> response = channel.get(queue, false);
            // amqp-client: basicNack
            response.orElseThrow().delivery().nack(true);
            // amqp-client: basicRecover
            channel.recover();
        }
    }

    @Test
    void arguments() {
        // amqp-client: x-queue-type
        QueueSpec orders = QueueSpec.quorum("orders");
        // amqp-client: x-message-ttl
        orders = orders.withMessageTtl(Duration.ofMinutes(1));
        // end
        assertThat(orders.arguments()).containsEntry("x-queue-type", "quorum").containsKey("x-message-ttl");
    }

    @EveryBroker
    void transactions(Broker broker) {
        try (Connection connection = Amqp.connect(broker.uri().toString());
                Channel channel = connection.openChannel()) {
            // amqp-client: txSelect
            channel.txSelect();
            // amqp-client: txCommit
            channel.txCommit();
            // amqp-client: txRollback
            channel.txRollback();
            // amqp-client: asyncRpc
            CompletableFuture<?> declared = channel.async().declareQueue(QueueSpec.temporary());
            // end
            declared.orTimeout(10, TimeUnit.SECONDS).join();
        }
    }
}
