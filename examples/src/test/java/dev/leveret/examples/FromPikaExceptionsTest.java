package dev.leveret.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ConnectFailedException;
import dev.leveret.amqp.api.ConnectFailedException.Phase;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionBlockedException;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.ConsumerCancelledException;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.GetResponse;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.Overflow;
import dev.leveret.amqp.api.PublishException;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.SettlementException;
import dev.leveret.amqp.api.Subscription;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.Capability;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The table of exceptions in docs/coming-from-pika.md: each is met here. */
class FromPikaExceptionsTest {

    private static final OutboundMessage TO_NOBODY =
            OutboundMessage.of("amq.direct", "nobody", new byte[1]).withMandatory(true);

    private static Throwable causeOf(CompletableFuture<?> future) {
        Throwable failure =
                catchThrowable(() -> future.orTimeout(20, TimeUnit.SECONDS).join());
        return failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
    }

    /** Why a connection to a broker ended that did something after the handshake. */
    private static Throwable end(Consumer<FakeBroker> deed, Consumer<ConnectionOptions.Builder> more) {
        FakeBroker broker = new FakeBroker().handshake().polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            ConnectionOptions.Builder options = server.options();
            more.accept(options);
            Connection connection = Amqp.connect(options.build());
            server.act(broker, deed);
            return causeOf(connection.async().closed());
        }
    }

    private static Throwable refusal(FakeBroker broker) {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            return catchThrowable(() -> Amqp.connect(server.uri()));
        }
    }

    // ---- connecting -----------------------------------------------------------------------------------------------

    @Test
    void nobodyListens() {
        Throwable failure = catchThrowable(() -> Amqp.connect("amqp://localhost:1"));
        // pika: AMQPError
        assertThat(failure instanceof AmqpException).isTrue();
        // pika: AMQPConnectionError
        assertThat(failure instanceof ConnectFailedException failed
                        && !failed.attempts().isEmpty())
                .isTrue();
        ConnectFailedException.Attempt attempt =
                ((ConnectFailedException) failure).attempts().get(0);
        // pika: AMQPConnectorSocketConnectError
        assertThat(attempt.phase() == Phase.TCP).isTrue();
        // pika: AMQPConnectionWorkflowFailed
        for (ConnectFailedException.Attempt each : ((ConnectFailedException) failure).attempts()) {
            System.out.println(each);
        }
    }

    @Test
    void theAttemptIsGivenUp() {
        CompletableFuture<?> connecting =
                Amqp.connectAsync(AmqpUri.parse("amqp://localhost:1").build());
        connecting.cancel(true);
        // pika: ConnectionOpenAborted
        assertThat(connecting.isCancelled()).isTrue();
    }

    @Test
    void thePeerSpeaksSomethingElse() {
        FakeBroker old = new FakeBroker()
                .header()
                .raw((byte) 'A', (byte) 'M', (byte) 'Q', (byte) 'P', (byte) 0, (byte) 0, (byte) 8, (byte) 0);
        ConnectFailedException failure = (ConnectFailedException) refusal(old.drop());
        ConnectFailedException.Attempt attempt = failure.attempts().get(0);
        // pika: IncompatibleProtocolError
        assertThat(attempt.phase() == Phase.PROTOCOL).isTrue();
    }

    @Test
    void theBrokerHangsUpOverTheCredentials() {
        FakeBroker broker =
                new FakeBroker().start().expect(ConnectionMethod.StartOk.class).drop();
        Throwable failure = refusal(broker);
        // pika: ProbableAuthenticationError
        assertThat(failure instanceof AuthenticationException).isTrue();
    }

    @Test
    void theBrokerNeverAnswers() {
        FakeBroker mute = new FakeBroker().header().stall();
        try (FakeBrokerServer server = FakeBrokerServer.start(mute)) {
            ConnectionOptions options = server.options()
                    .handshakeTimeout(Duration.ofMillis(100))
                    .connectDeadline(Duration.ofMillis(200))
                    .build();
            Throwable failure = catchThrowable(() -> Amqp.connect(options));
            // pika: AMQPConnectorStackTimeout
            assertThat(failure instanceof ConnectFailedException).isTrue();
        }
    }

    @EveryBroker
    void wrongPassword(Broker broker) {
        ConnectionOptions.Builder options =
                AmqpUri.parse(broker.uri()).credentials(Credentials.plain("guest", "not the password"));
        Throwable failure = catchThrowable(() -> Amqp.connect(options.build()));
        // pika: AuthenticationError
        assertThat(failure instanceof AuthenticationException).isTrue();
    }

    @EveryBroker
    void missingVirtualHost(Broker broker) {
        ConnectFailedException failure = catchThrowableOfType(
                ConnectFailedException.class,
                () -> Amqp.connect(
                        AmqpUri.parse(broker.uri()).virtualHost("there-is-none").build()));
        ConnectFailedException.Attempt attempt = failure.attempts().get(0);
        // pika: ProbableAccessDeniedError
        assertThat(attempt.phase() == Phase.OPEN).isTrue();
    }

    // ---- the end of connections -----------------------------------------------------------------------------------

    @Test
    void theBrokerDies() {
        Throwable failure = end(FakeBroker::hangUp, options -> {});
        // pika: StreamLostError
        assertThat(failure instanceof ConnectionLostException).isTrue();
    }

    @Test
    void theBrokerFallsSilent() {
        Throwable failure = end(broker -> {}, options -> options.heartbeat(Duration.ofSeconds(1)));
        // pika: AMQPHeartbeatTimeout
        assertThat(failure instanceof ConnectionLostException).isTrue();
    }

    @Test
    void theBrokerClosesTheConnection() {
        Throwable failure =
                end(it -> it.say(0, new ConnectionMethod.Close(320, "CONNECTION_FORCED", 0, 0)), options -> {});
        // pika: ConnectionClosedByBroker
        assertThat(failure instanceof ConnectionClosedException closed && closed.byBroker())
                .isTrue();
        // pika: ConnectionClosed
        assertThat(failure instanceof ConnectionClosedException closed && closed.replyCode() == 320)
                .isTrue();
    }

    @Test
    void theBrokerBreaksTheProtocol() {
        Throwable failure = end(it -> it.sayRaw(new byte[] {1, 0, 0, 0, 0, 0, 0, 0}), options -> {});
        // pika: ProtocolSyntaxError
        assertThat(failure instanceof ConnectionClosedException closed && !closed.byBroker())
                .isTrue();
    }

    @Test
    void theBrokerBlocksForTooLong() {
        Throwable failure = end(
                it -> it.say(0, new ConnectionMethod.Blocked("low on memory")),
                options -> options.blockedConnectionTimeout(Duration.ofMillis(50)));
        // pika: ConnectionBlockedTimeout
        assertThat(failure instanceof ConnectionBlockedException).isTrue();
    }

    @EveryBroker
    void theConnectionIsClosedHere(Broker broker) {
        Connection connection = Amqp.connect(broker.uri().toString());
        connection.close();
        Throwable failure = catchThrowable(connection::openChannel);
        // pika: ConnectionClosedByClient
        assertThat(failure instanceof ConnectionClosedException closed && !closed.byBroker())
                .isTrue();
        // pika: ConnectionWrongStateError
        assertThat(failure instanceof ConnectionClosedException).isTrue();
    }

    @EveryBroker
    void tooManyChannels(Broker broker) {
        try (Connection connection =
                Amqp.connect(AmqpUri.parse(broker.uri()).channelMax(1).build())) {
            connection.openChannel();
            Throwable failure = catchThrowable(connection::openChannel);
            // pika: NoFreeChannels
            assertThat(failure instanceof IllegalStateException).isTrue();
        }
    }

    // ---- channels -------------------------------------------------------------------------------------------------

    @EveryBroker
    void theChannelIsClosed(Broker broker) {
        try (Connection connection = Amqp.connect(broker.uri().toString())) {
            Channel channel = connection.openChannel();
            Throwable failure = catchThrowable(() -> channel.declareQueuePassive("missing-" + UUID.randomUUID()));
            // pika: ChannelClosedByBroker
            assertThat(failure instanceof ChannelClosedException closed && closed.byBroker())
                    .isTrue();
            // pika: ChannelClosed
            assertThat(failure instanceof ChannelClosedException closed && closed.replyCode() == 404)
                    .isTrue();
            // pika: AMQPChannelError
            assertThat(failure instanceof ChannelClosedException).isTrue();
            // end
            Channel other = connection.openChannel();
            other.close();
            failure = catchThrowable(() -> other.declareQueue(QueueSpec.temporary()));
            // pika: ChannelWrongStateError
            assertThat(failure instanceof ChannelClosedException).isTrue();
            // pika: ChannelClosedByClient
            assertThat(failure instanceof ChannelClosedException closed && !closed.byBroker())
                    .isTrue();
        }
    }

    @EveryBroker
    void callsThatMakeNoSense(Broker broker) {
        try (Connection connection = Amqp.connect(broker.uri().toString());
                Channel channel = connection.openChannel()) {
            String queue = channel.declareQueue(QueueSpec.temporary()).name();
            ConsumeOptions tagged = ConsumeOptions.of(queue).withConsumerTag("orders");
            channel.consume(tagged, delivery -> {});
            Throwable failure = catchThrowable(() -> channel.consume(tagged, delivery -> {}));
            // pika: DuplicateConsumerTag
            assertThat(failure instanceof IllegalStateException).isTrue();
            // end
            failure = catchThrowable(() -> channel.declareQueue(QueueSpec.of("q".repeat(256))));
            // pika: ShortStringTooLong
            assertThat(failure instanceof IllegalArgumentException).isTrue();
            // end
            failure = catchThrowable(() -> BasicProperties.builder()
                    .headers(Map.of("key", new Object()))
                    .build());
            // pika: UnsupportedAMQPFieldException
            assertThat(failure instanceof IllegalArgumentException).isTrue();
            // end
            CompletableFuture<Void> reentrant = new CompletableFuture<>();
            channel.async().publish(OutboundMessage.toQueue(queue, new byte[0]), result -> {
                try {
                    channel.purgeQueue(queue);
                    reentrant.complete(null);
                } catch (RuntimeException e) {
                    reentrant.completeExceptionally(e);
                }
            });
            failure = causeOf(reentrant);
            // pika: ReentrancyError
            assertThat(failure instanceof IllegalStateException).isTrue();
            // pika: DuplicateGetOkCallback
            CompletableFuture<Optional<GetResponse>> first = channel.async().get(queue, true);
            CompletableFuture<Optional<GetResponse>> second = channel.async().get(queue, true);
            // end
            CompletableFuture.allOf(first, second)
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join();
        }
    }

    @EveryBroker
    void aDeliveryIsSettledTwice(Broker broker) {
        try (Connection connection = Amqp.connect(broker.uri().toString());
                Channel channel = connection.openChannel()) {
            String queue = channel.declareQueue(QueueSpec.temporary()).name();
            channel.publish(OutboundMessage.toQueue(queue, new byte[1]));
            var delivery = channel.get(queue, false).orElseThrow().delivery();
            delivery.ack();
            Throwable failure = catchThrowable(delivery::ack);
            // pika: PRECONDITION_FAILED - unknown delivery tag
            assertThat(failure instanceof SettlementException).isTrue();
        }
    }

    @EveryBroker(Capability.CONSUMER_CANCEL_NOTIFY)
    void theQueueIsDeleted(Broker broker) {
        try (Connection connection = Amqp.connect(broker.uri().toString());
                Channel channel = connection.openChannel()) {
            String queue = channel.declareQueue(QueueSpec.temporary()).name();
            Subscription consumer = channel.consume(ConsumeOptions.of(queue), delivery -> {});
            channel.deleteQueue(queue);
            Throwable failure = causeOf(consumer.ended());
            // pika: ConsumerCancelled
            assertThat(failure instanceof ConsumerCancelledException).isTrue();
        }
    }

    /** The embedded broker refuses such a message with {@code basic.nack}. */
    @RequiresRabbitMq
    @Test
    void nobodyTakesTheMessage(Broker broker) {
        try (Connection connection = Amqp.connect(broker.uri().toString());
                Channel channel = connection.openChannel()) {
            PublishException failure = catchThrowableOfType(PublishException.class, () -> channel.publish(TO_NOBODY));
            // pika: UnroutableError
            assertThat(failure.result() instanceof PublishResult.Returned).isTrue();
        }
    }

    @RequiresRabbitMq
    @Test
    void theQueueIsFull(Broker broker) {
        try (Connection connection = Amqp.connect(broker.uri().toString());
                Channel channel = connection.openChannel()) {
            String queue = channel.declareQueue(
                            QueueSpec.temporary().withMaxLength(1).withOverflow(Overflow.REJECT_PUBLISH))
                    .name();
            OutboundMessage message = OutboundMessage.toQueue(queue, new byte[1]);
            channel.publish(message);
            PublishException failure = catchThrowableOfType(PublishException.class, () -> channel.publish(message));
            // pika: NackError
            assertThat(failure.result() instanceof PublishResult.Nacked).isTrue();
        }
    }

    @Test
    void theBrokerDoesNotAnswerARequest() {
        FakeBroker mute = new FakeBroker().handshake().polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(mute)) {
            Connection connection = Amqp.connect(
                    server.options().requestTimeout(Duration.ofMillis(100)).build());
            server.act(mute, it -> it.otherwise((broker, arrived) -> {}));
            Throwable failure = catchThrowable(connection::openChannel);
            // pika: TimeoutError
            assertThat(failure instanceof AmqpTimeoutException).isTrue();
            server.act(mute, FakeBroker::hangUp);
        }
    }
}
