package dev.leveret.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.CredentialsProvider;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.GetResponse;
import dev.leveret.amqp.api.HandlerErrorPolicy;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.PullConsumer;
import dev.leveret.amqp.api.QueueInfo;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.ReturnedMessage;
import dev.leveret.amqp.api.ShutdownReport;
import dev.leveret.amqp.api.Subscription;
import dev.leveret.amqp.api.TcpOptions;
import dev.leveret.amqp.api.TlsOptions;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.BrokerKind;
import dev.leveret.testkit.Capability;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The Java of docs/coming-from-pika.md; its exceptions are in {@link FromPikaExceptionsTest}. */
class FromPikaTest {

    private static final byte[] BODY = "hello".getBytes();

    private String uri;
    private Connection connection;
    private Channel channel;
    private String queue;

    private void open(Broker broker) {
        uri = broker.uri().toString();
        connection = Amqp.connect(uri);
        channel = connection.openChannel();
        // It is to outlive its consumers.
        queue = channel.declareQueue(QueueSpec.temporary().withAutoDelete(false))
                .name();
    }

    @AfterEach
    void close() {
        if (connection != null) {
            connection.close();
        }
    }

    private Delivery delivered() {
        channel.publish(OutboundMessage.toQueue(queue, BODY));
        return channel.get(queue, false).orElseThrow().delivery();
    }

    private static <T> T next(BlockingQueue<T> events) throws InterruptedException {
        T event = events.poll(10, TimeUnit.SECONDS);
        assertThat(event).isNotNull();
        return event;
    }

    // ---- connections ----------------------------------------------------------------------------------------------

    @EveryBroker
    void connecting(Broker broker) throws Exception {
        String uri = broker.uri().toString();
        ConnectionOptions options = AmqpUri.parse(uri).build();
        // pika: BlockingConnection
        try (Connection connection = Amqp.connect(uri)) {
            // pika: BlockingChannel
            Channel channel = connection.openChannel();
            // end
            assertThat(channel.isOpen()).isTrue();
            String queue = channel.declareQueue(QueueSpec.temporary()).name();
            OutboundMessage message = OutboundMessage.toQueue(queue, BODY);
            // pika: on_publish
            CompletableFuture<Void> confirmed = channel.async().publish(message);
            // end
            confirmed.get(10, TimeUnit.SECONDS);
            // pika: TwistedChannel
            channel.async().publish(message).thenRun(() -> System.out.println("confirmed"));
            // pika: work_queue_maxsize
            ConsumeOptions.of(queue).withBuffer(1000, 16 * 1024 * 1024);
            // pika: ClosableDeferredQueue
            PullConsumer consumer = channel.pull(ConsumeOptions.of(queue));
            // pika: ReceivedMessage
            Optional<Delivery> delivery = consumer.poll(Duration.ofSeconds(5));
            // end
            assertThat(delivery).isPresent();
        }
        // pika: SelectConnection
        CompletableFuture<AsyncConnection> connecting = Amqp.connectAsync(options);
        // end
        connecting.get(10, TimeUnit.SECONDS).close().get(10, TimeUnit.SECONDS);
        List<String> uris = List.of("amqp://localhost:1", "amqp://localhost:2");
        // pika: create_connection
        CompletableFuture<AsyncConnection> workflow =
                Amqp.connectAsync(AmqpUri.parse(uris).build());
        // pika: AMQPConnectionWorkflow.abort
        workflow.cancel(true);
        // end
        assertThat(workflow).isCancelled();
    }

    // ---- parameters -----------------------------------------------------------------------------------------------

    @Test
    void parameters() {
        // pika: SSLOptions(context, server_hostname)
        TlsOptions tls = TlsOptions.builder().serverName("mq.example").build();
        // end
        ConnectionOptions.Builder options = ConnectionOptions.builder();
        // pika: host
        options.endpoint("mq.example", 5672);
        // pika: virtual_host
        options.virtualHost("orders");
        // pika: credentials
        options.credentials(Credentials.plain("app", "secret"));
        // pika: channel_max
        options.channelMax(100);
        // pika: frame_max
        options.frameMax(131072);
        // pika: heartbeat
        options.heartbeat(Duration.ofSeconds(30));
        // end
        assertThat(options.build().heartbeat()).hasSeconds(30);
        // pika: heartbeat (callable)
        options.heartbeatFrom(brokers -> brokers.dividedBy(2));
        // pika: ssl_options
        options.tls(tls);
        // pika: connection_attempts
        options.connectAttempts(3);
        // pika: retry_delay
        options.retryDelay(Duration.ofSeconds(2));
        // pika: socket_timeout
        options.connectTimeout(Duration.ofSeconds(10));
        // pika: stack_timeout
        options.connectDeadline(Duration.ofSeconds(15));
        // pika: blocked_connection_timeout
        options.blockedConnectionTimeout(Duration.ofMinutes(5));
        // pika: client_properties
        options.clientProperty("team", "billing");
        // pika: connection_name
        options.connectionName("billing");
        // pika: locale
        options.locale("en_US");
        // pika: tcp_options
        options.tcp(TcpOptions.DEFAULT.withKeepAlive(Duration.ofSeconds(60), Duration.ofSeconds(10), 3));
        // pika: timeout
        options.requestTimeout(Duration.ofSeconds(10));
        // pika: close(timeout)
        options.closeTimeout(Duration.ofSeconds(10));
        // end
        ConnectionOptions built = options.build();
        assertThat(built.endpoints()).containsExactly(new Endpoint("mq.example", 5672));
        assertThat(built.virtualHost()).isEqualTo("orders");
        assertThat(built.channelMax()).isEqualTo(100);
        assertThat(built.frameMax()).isEqualTo(131072);
        assertThat(built.heartbeatChoice().orElseThrow().apply(Duration.ofMinutes(1)))
                .hasSeconds(30);
        assertThat(built.tls().orElseThrow().serverName()).isEqualTo("mq.example");
        assertThat(built.connectAttempts()).isEqualTo(3);
        assertThat(built.blockedConnectionTimeout()).contains(Duration.ofMinutes(5));
        assertThat(built.clientProperties()).containsEntry("team", "billing");
        // pika: repr(parameters)
        assertThat(options.build().toString()).doesNotContain("secret");
    }

    /** What the column "here" of the table of parameters says. */
    @Test
    void defaults() {
        ConnectionOptions defaults = ConnectionOptions.builder().build();
        assertThat(defaults.endpoints()).containsExactly(new Endpoint("localhost", 5672));
        assertThat(AmqpUri.parse("amqps://localhost").build().endpoints())
                .containsExactly(new Endpoint("localhost", 5671));
        assertThat(defaults.virtualHost()).isEqualTo("/");
        assertThat(defaults.credentials()).hasToString("PLAIN(guest, ***)");
        assertThat(defaults.channelMax()).isZero();
        assertThat(defaults.frameMax()).isZero();
        assertThat(defaults.heartbeat()).hasSeconds(60);
        assertThat(defaults.tls()).isEmpty();
        assertThat(defaults.connectAttempts()).isEqualTo(1);
        assertThat(defaults.retryDelay()).hasSeconds(2);
        assertThat(defaults.connectTimeout()).hasSeconds(10);
        assertThat(defaults.connectDeadline()).hasSeconds(60);
        assertThat(defaults.blockedConnectionTimeout()).isEmpty();
        assertThat(defaults.clientProperties()).isEmpty();
        assertThat(defaults.locale()).isEqualTo("en_US");
        assertThat(defaults.tcp()).isEqualTo(TcpOptions.DEFAULT);
        assertThat(defaults.requestTimeout()).hasSeconds(30);
        assertThat(defaults.closeTimeout()).hasSeconds(5);
    }

    @Test
    void urlOptions() {
        // pika: URLParameters
        ConnectionOptions.Builder options = AmqpUri.parse("amqp://app:secret@mq.example:5672/%2f?heartbeat=30");
        // end
        assertThat(options.build().virtualHost()).isEqualTo("/");
        // pika: ?blocked_connection_timeout
        assertThat(of("blocked_connection_timeout=300").blockedConnectionTimeout())
                .contains(Duration.ofMinutes(5));
        // pika: ?channel_max
        assertThat(of("channel_max=100").channelMax()).isEqualTo(100);
        // pika: ?client_properties
        assertThat(of("client_properties=%7B'team':'billing'%7D").clientProperties())
                .containsEntry("team", "billing");
        // pika: ?connection_attempts
        assertThat(of("connection_attempts=3").connectAttempts()).isEqualTo(3);
        // pika: ?frame_max
        assertThat(of("frame_max=131072").frameMax()).isEqualTo(131072);
        // pika: ?heartbeat
        assertThat(of("heartbeat=30").heartbeat()).hasSeconds(30);
        // pika: ?locale
        assertThat(of("locale=en_US").locale()).isEqualTo("en_US");
        // pika: ?retry_delay
        assertThat(of("retry_delay=0.5").retryDelay()).hasMillis(500);
        // pika: ?socket_timeout
        assertThat(of("socket_timeout=10").connectTimeout()).hasSeconds(10);
        // pika: ?stack_timeout
        assertThat(of("stack_timeout=15").connectDeadline()).hasSeconds(15);
        // pika: ?tcp_options
        assertThat(of("tcp_options=%7B'TCP_KEEPIDLE':60%7D").tcp()).isNotEqualTo(TcpOptions.DEFAULT);
        // pika: ?ssl_options
        assertThat(AmqpUri.parse("amqps://mq.example?cacertfile=/etc/ca.pem&certfile=/etc/app.pem&keyfile=/etc/app.key")
                        .build()
                        .tls())
                .isPresent();
        // pika: ?ssl_options (server_hostname)
        assertThat(AmqpUri.parse("amqps://10.0.0.7?server_name_indication=mq.example")
                        .build()
                        .tls()
                        .orElseThrow()
                        .serverName())
                .isEqualTo("mq.example");
        // end
        assertThatThrownBy(() -> of("ssl_options=%7B%7D")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> of("hartbeat=30")).hasMessageContaining("heartbeat");
    }

    private static ConnectionOptions of(String option) {
        return AmqpUri.parse("amqp://mq.example?" + option).build();
    }

    // ---- credentials ----------------------------------------------------------------------------------------------

    @Test
    void credentials() {
        // pika: PlainCredentials
        Credentials plain = Credentials.plain("app", "secret");
        // pika: ExternalCredentials
        Credentials external = Credentials.external();
        // pika: VALID_TYPES
        CredentialsProvider preferred = CredentialsProvider.inOrder(external, plain);
        // pika: response_for
        byte[] response = plain.response(null);
        // pika: erase_on_connect
        CredentialsProvider vault =
                () -> CompletableFuture.supplyAsync(() -> List.of(Credentials.plain("app", readSecret())));
        // end
        assertThat(preferred).hasToString("[EXTERNAL, PLAIN(app, ***)]");
        assertThat(response).isEqualTo("\0app\0secret".getBytes());
        assertThat(vault.credentials().toCompletableFuture().join()).hasSize(1);
    }

    private static char[] readSecret() {
        return "secret".toCharArray();
    }

    // ---- the connection -------------------------------------------------------------------------------------------

    @EveryBroker
    void connection(Broker broker) throws Exception {
        open(broker);
        // pika: Connection.channel
        Channel channel = connection.openChannel();
        // pika: Connection.is_open
        assertThat(connection.isOpen()).isTrue();
        // pika: add_on_connection_blocked_callback
        AutoCloseable listener = connection.onEvent(event -> {
            if (event instanceof ConnectionEvent.Blocked blocked) {
                System.out.println(blocked.reason());
            }
        });
        // pika: remove_callback (connection)
        listener.close();
        // pika: server_capabilities
        assertThat(connection.serverInfo().hasCapability("basic.nack")).isEqualTo(broker.kind() == BrokerKind.RABBITMQ);
        // pika: publisher_confirms_supported
        assertThat(connection.serverInfo().hasCapability("publisher_confirms"))
                .isEqualTo(broker.kind() == BrokerKind.RABBITMQ);
        // pika: server_properties
        assertThat(connection.serverInfo().properties()).containsKey("product");
        // pika: params
        assertThat(connection.negotiated().frameMax()).isPositive();
        // pika: bytes_sent
        System.out.println(connection.diagnostics());
        // pika: add_callback_threadsafe
        channel.publish(OutboundMessage.toQueue(queue, BODY));
        // end
        BlockingQueue<String> order = new LinkedBlockingQueue<>();
        // pika: call_later
        Executor later = CompletableFuture.delayedExecutor(10, TimeUnit.MILLISECONDS);
        later.execute(() -> order.add("later"));
        // end
        assertThat(next(order)).isEqualTo("later");
        // pika: add_on_close_callback
        connection.async().closed().whenComplete((closed, cause) -> order.add("closed"));
        // pika: Connection.close
        ShutdownReport report = connection.shutdown(Duration.ofSeconds(10));
        // pika: abort
        connection.close();
        // end
        assertThat(report).isNotNull();
        assertThat(next(order)).isEqualTo("closed");
        // pika: Connection.is_closed
        assertThat(connection.isOpen()).isFalse();
    }

    @RequiresRabbitMq
    @Test
    void updateSecret(Broker broker) {
        open(broker);
        // pika: update_secret
        connection.updateSecret("new token".getBytes(), "the old one expires");
        // end
        assertThat(connection.isOpen()).isTrue();
    }

    // ---- the channel ----------------------------------------------------------------------------------------------

    @EveryBroker
    void declaring(Broker broker) {
        open(broker);
        String name = "from-pika-" + UUID.randomUUID();
        // pika: exchange_declare
        channel.declareExchange(ExchangeSpec.topic(name).withDurable(true));
        // pika: exchange_declare(passive=True)
        channel.declareExchangePassive(name);
        // pika: ExchangeType
        channel.declareExchange(ExchangeSpec.of(name, "topic"));
        // pika: queue_declare
        QueueInfo declared =
                channel.declareQueue(QueueSpec.of(name).withExclusive(true).withAutoDelete(true));
        // pika: queue_declare("")
        String named = channel.declareQueue(QueueSpec.temporary()).name();
        // pika: queue_declare(passive=True)
        long messages = channel.declareQueuePassive(named).messageCount();
        // pika: queue_bind
        channel.bind(BindingSpec.toQueue(name, queue, "order.*"));
        // pika: queue_unbind
        channel.unbind(BindingSpec.toQueue(name, queue, "order.*"));
        // pika: queue_purge
        long purged = channel.purgeQueue(queue);
        // pika: queue_delete
        channel.deleteQueue(queue, true, true);
        // pika: exchange_delete
        channel.deleteExchange(name, true);
        // end
        assertThat(declared.name()).isEqualTo(name);
        assertThat(messages).isZero();
        assertThat(purged).isZero();
    }

    @EveryBroker(Capability.QUEUE_ARGUMENTS)
    void declaringWithArguments(Broker broker) {
        open(broker);
        // pika: queue_declare(arguments)
        QueueSpec bounded = QueueSpec.temporary().withMaxLength(1000).withArgument("x-expires", 60_000);
        // end
        assertThat(channel.declareQueue(bounded).messageCount()).isZero();
    }

    @EveryBroker(Capability.EXCHANGE_TO_EXCHANGE)
    void bindingExchanges(Broker broker) {
        open(broker);
        String name = "from-pika-" + UUID.randomUUID();
        channel.declareExchange(ExchangeSpec.fanout(name));
        // pika: exchange_bind
        channel.bind(BindingSpec.toExchange("amq.topic", name, "order.#"));
        // pika: exchange_unbind
        channel.unbind(BindingSpec.toExchange("amq.topic", name, "order.#"));
        // end
        channel.deleteExchange(name);
    }

    @EveryBroker
    void publishing(Broker broker) throws Exception {
        open(broker);
        OutboundMessage message = OutboundMessage.toQueue(queue, BODY);
        // pika: basic_publish
        channel.publish(OutboundMessage.of("amq.direct", "order.42", BODY).withMandatory(false));
        // pika: confirm_delivery
        channel.publish(message);
        // pika: basic_publish without confirm_delivery
        channel.send(message);
        // end
        BlockingQueue<ReturnedMessage> returned = new LinkedBlockingQueue<>();
        // pika: add_on_return_callback
        AutoCloseable listener = channel.onReturn(returned::add);
        // end
        channel.send(OutboundMessage.of("amq.direct", "nobody", BODY).withMandatory(true));
        // pika: ReturnedMessage
        assertThat(next(returned).replyText()).isNotEmpty();
        // end
        listener.close();
        BlockingQueue<PublishResult> results = new LinkedBlockingQueue<>();
        // pika: confirm_delivery(ack_nack_callback)
        channel.async().publish(message, result -> results.add(result));
        // end
        assertThat(next(results)).isEqualTo(PublishResult.Confirmed.INSTANCE);
    }

    @EveryBroker
    void consuming(Broker broker) throws Exception {
        open(broker);
        BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
        // pika: basic_qos
        ConsumeOptions orders = ConsumeOptions.of(queue).withPrefetch(5);
        // pika: basic_consume
        Subscription consumer = channel.consume(orders, delivery -> {
            deliveries.add(delivery);
            delivery.ack();
        });
        // end
        channel.publish(OutboundMessage.toQueue(queue, BODY));
        assertThat(next(deliveries).body()).isEqualTo(BODY);
        // pika: consumer_tags
        assertThat(consumer.consumerTag()).isNotEmpty();
        // pika: add_on_cancel_callback
        consumer.ended().whenComplete((ended, cause) -> System.out.println("ended: " + cause));
        // pika: basic_cancel
        consumer.cancel().join();
        // end
        assertThat(consumer.ended()).succeedsWithin(Duration.ofSeconds(10));
        // pika: basic_consume(auto_ack, exclusive, consumer_tag, arguments)
        channel.consume(
                ConsumeOptions.of(queue)
                        .withAutoAck(true)
                        .withExclusive(true)
                        .withConsumerTag("orders")
                        .withPriority(10),
                deliveries::add);
        // end
        channel.publish(OutboundMessage.toQueue(queue, BODY));
        assertThat(next(deliveries).autoAcknowledged()).isTrue();
    }

    @EveryBroker
    void settling(Broker broker) {
        open(broker);
        Delivery delivery = delivered();
        // pika: basic_ack
        delivery.ack();
        // end
        delivery = delivered();
        // pika: basic_ack(multiple=True)
        delivery.ackMultiple();
        // end
        delivery = delivered();
        // pika: basic_nack
        delivery.nack(false);
        // end
        delivery = delivered();
        // pika: basic_nack(multiple=True)
        delivery.nackMultiple(false);
        // end
        delivery = delivered();
        // pika: basic_reject
        delivery.reject(false);
        // end
        channel.publish(OutboundMessage.toQueue(queue, BODY));
        // pika: basic_get
        Optional<GetResponse> response = channel.get(queue, false);
        // end
        assertThat(response).isPresent();
        // pika: basic_recover
        channel.recover();
        // end
        // pika: Channel.is_open
        assertThat(channel.isOpen()).isTrue();
        // pika: channel_number
        assertThat(channel.number()).isPositive();
        // pika: add_on_close_callback (channel)
        channel.async().closed().whenComplete((closed, cause) -> System.out.println("closed: " + cause));
        // pika: Channel.close
        channel.close();
        // end
        assertThat(channel.isOpen()).isFalse();
    }

    @EveryBroker
    void globalQos(Broker broker) {
        open(broker);
        // pika: basic_qos(global_qos=True)
        channel.qos(50);
        // end
        assertThat(channel.isOpen()).isTrue();
    }

    @EveryBroker
    void transactions(Broker broker) {
        open(broker);
        // pika: tx_select
        channel.txSelect();
        // end
        channel.send(OutboundMessage.toQueue(queue, BODY));
        // pika: tx_rollback
        channel.txRollback();
        // end
        channel.send(OutboundMessage.toQueue(queue, BODY));
        // pika: tx_commit
        channel.txCommit();
        // end
        assertThat(channel.declareQueuePassive(queue).messageCount()).isEqualTo(1);
    }

    // ---- what only the BlockingChannel has ------------------------------------------------------------------------

    @EveryBroker
    void pulling(Broker broker) {
        open(broker);
        channel.publish(OutboundMessage.toQueue(queue, BODY));
        int taken = 0;
        // pika: BlockingChannel.consume
        PullConsumer consumer = channel.pull(ConsumeOptions.of(queue));
        for (Delivery delivery : consumer.untilIdle(Duration.ofSeconds(1))) {
            delivery.ack();
            // end
            taken++;
        }
        assertThat(taken).isEqualTo(1);
        // pika: (None, None, None)
        assertThat(consumer.poll(Duration.ZERO)).isEmpty();
        // pika: get_waiting_message_count
        assertThat(consumer.buffered()).isZero();
        // pika: BlockingChannel.cancel
        consumer.close();
        // end
        consumer = channel.pull(ConsumeOptions.of(queue));
        // pika: basic_cancel (returns messages)
        List<Delivery> waiting = consumer.cancel();
        // end
        assertThat(waiting).isEmpty();
    }

    @EveryBroker
    void startConsuming(Broker broker) throws Exception {
        open(broker);
        BlockingQueue<String> texts = new LinkedBlockingQueue<>();
        // pika: exceptions of callbacks
        ConsumeOptions options = ConsumeOptions.of(queue).withOnHandlerError(HandlerErrorPolicy.REQUEUE);
        // end
        Subscription consumer = channel.consume(options, delivery -> {
            delivery.ack();
            // pika: RPC in a callback
            channel.declareQueuePassive(queue);
            // end
            texts.add("handled");
        });
        channel.publish(OutboundMessage.toQueue(queue, BODY));
        assertThat(next(texts)).isEqualTo("handled");
        // pika: stop_consuming
        consumer.cancel();
        // pika: start_consuming
        consumer.ended().join();
        // end
        assertThat(consumer.ended()).isCompleted();
    }

    // ---- messages -------------------------------------------------------------------------------------------------

    @EveryBroker(Capability.MESSAGE_EXPIRATION)
    void messages(Broker broker) {
        open(broker);
        // pika: BasicProperties
        BasicProperties properties = BasicProperties.builder()
                .contentType("application/json")
                .contentEncoding("identity")
                .headers(Map.of("attempt", 1))
                .priority(5)
                .correlationId("42")
                .replyTo("replies")
                .expiration(Duration.ofMinutes(1))
                .messageId("m-1")
                .timestamp(Instant.now())
                .type("order")
                .userId("guest")
                .appId("billing")
                // pika: DeliveryMode
                .persistent(true)
                // end
                .build();
        channel.publish(OutboundMessage.toQueue(queue, BODY).withProperties(properties));
        Delivery delivery = channel.get(queue, true).orElseThrow().delivery();
        assertThat(delivery.properties().contentType()).isEqualTo("application/json");
        assertThat(delivery.properties().persistent()).isTrue();
        // pika: properties.headers
        assertThat(delivery.properties().header("attempt")).isEqualTo(1);
        // pika: method.delivery_tag
        assertThat(delivery.deliveryTag()).isPositive();
        // pika: method.redelivered
        assertThat(delivery.redelivered()).isFalse();
        // pika: method.routing_key
        assertThat(delivery.routingKey()).isEqualTo(queue);
        // pika: body
        assertThat(delivery.body()).isEqualTo(BODY);
    }
}
