package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.leveret.amqp.api.PublishResult;
import dev.leveret.jms.testing.FakeChannel;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.ResourceAllocationException;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProducerTest {

    private final Rig rig = new Rig();
    private Connection connection;
    private Session session;
    private MessageProducer producer;
    private MessageProducer anonymous;

    @BeforeEach
    void openSession() throws JMSException {
        connection = rig.factory.createConnection();
        session = connection.createSession();
        producer = session.createProducer(session.createQueue("q"));
        anonymous = session.createProducer(null);
    }

    @Test
    void sendingSetsTheHeadersThatAreTheProviders() throws JMSException {
        Message message = session.createMessage();
        message.setJMSDeliveryMode(DeliveryMode.NON_PERSISTENT);
        message.setJMSPriority(9);
        message.setJMSExpiration(5);
        message.setJMSMessageID("ID:mine");
        message.setJMSRedelivered(true);
        message.setJMSCorrelationID("kept");

        producer.send(message);

        assertThat(message.getJMSDestination()).hasToString("queue://q");
        assertThat(message.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
        assertThat(message.getJMSPriority()).isEqualTo(4);
        assertThat(message.getJMSExpiration()).isZero();
        assertThat(message.getJMSMessageID()).startsWith("ID:").isNotEqualTo("ID:mine");
        assertThat(message.getJMSTimestamp()).isCloseTo(System.currentTimeMillis(), within(10_000L));
        assertThat(message.getJMSDeliveryTime()).isEqualTo(message.getJMSTimestamp());
        assertThat(message.getJMSRedelivered()).isFalse();
        assertThat(message.getJMSCorrelationID()).isEqualTo("kept");
    }

    @Test
    void everySendHasAnIdentifierOfItsOwn() throws JMSException {
        Message message = session.createMessage();
        producer.send(message);
        String first = message.getJMSMessageID();
        anonymous.send(session.createQueue("q"), message);
        assertThat(message.getJMSMessageID()).isNotEqualTo(first);
    }

    @Test
    void identifierAndTimestampCanBeLeftOut() throws JMSException {
        producer.setDisableMessageID(true);
        producer.setDisableMessageTimestamp(true);
        Message message = session.createMessage();
        producer.send(message);
        assertThat(message.getJMSMessageID()).isNull();
        assertThat(message.getJMSTimestamp()).isZero();
        assertThat(rig.amqp.lastMessage().properties().messageId()).isNull();
        assertThat(rig.amqp.lastMessage().properties().timestamp()).isNull();
        assertThat(producer.getDisableMessageID()).isTrue();
        assertThat(producer.getDisableMessageTimestamp()).isTrue();
    }

    @Test
    void theProducersSettingsCountAndThoseOfTheCallMore() throws JMSException {
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        producer.setPriority(7);
        producer.setTimeToLive(60_000);
        Message message = session.createMessage();
        producer.send(message);
        assertThat(message.getJMSPriority()).isEqualTo(7);
        assertThat(message.getJMSExpiration()).isEqualTo(message.getJMSTimestamp() + 60_000);
        assertThat(rig.amqp.lastMessage().properties().persistent()).isFalse();

        producer.send(message, DeliveryMode.PERSISTENT, 2, 0);
        assertThat(message.getJMSPriority()).isEqualTo(2);
        assertThat(message.getJMSExpiration()).isZero();
        assertThat(rig.amqp.lastMessage().properties().persistent()).isTrue();
        assertThat(producer.getPriority()).isEqualTo(7);
    }

    @Test
    void aLifeLongerThanTimeItselfDoesNotOverflow() throws JMSException {
        Message message = session.createMessage();
        producer.send(message, DeliveryMode.PERSISTENT, 4, Long.MAX_VALUE);
        assertThat(message.getJMSExpiration()).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 3, 99})
    void otherDeliveryModesAreRefused(int mode) {
        assertThatThrownBy(() -> producer.setDeliveryMode(mode)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> producer.send(session.createMessage(), mode, 4, 0))
                .isInstanceOf(JMSException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 10})
    void prioritiesOutsideZeroToNineAreRefused(int priority) {
        assertThatThrownBy(() -> producer.setPriority(priority)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> producer.send(session.createMessage(), DeliveryMode.PERSISTENT, priority, 0))
                .isInstanceOf(JMSException.class);
    }

    @Test
    void aNegativeTimeToLiveIsRefused() {
        assertThatThrownBy(() -> producer.setTimeToLive(-1)).isInstanceOf(JMSException.class);
    }

    @Test
    void aProducerOfOneDestinationSendsToNoOther() throws JMSException {
        Queue queue = session.createQueue("q");
        Message message = session.createMessage();
        assertThatThrownBy(() -> producer.send(queue, message)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> producer.send(queue, message, DeliveryMode.PERSISTENT, 4, 0))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aProducerOfNoDestinationMustBeToldOne() throws JMSException {
        Message message = session.createMessage();
        assertThatThrownBy(() -> anonymous.send(message)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> anonymous.send(message, DeliveryMode.PERSISTENT, 4, 0))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> anonymous.send(null, message)).isInstanceOf(InvalidDestinationException.class);
        assertThat(anonymous.getDestination()).isNull();
        assertThat(producer.getDestination()).isEqualTo(session.createQueue("q"));
    }

    @Test
    void noMessageIsAFormatError() {
        assertThatThrownBy(() -> producer.send((Message) null)).isInstanceOf(MessageFormatException.class);
    }

    @Test
    void aPersistentSendReturnsWhenTheBrokerHasConfirmedIt() throws Exception {
        rig.amqp.holdConfirms();
        CompletableFuture<Void> send = sendElsewhere("x");
        FakeChannel.Publish publish = awaitPublish();
        assertThat(send).isNotDone();
        publish.confirm();
        send.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aPersistentSendThatTheBrokerRefusesIsAnError() {
        rig.amqp.holdConfirms();
        CompletableFuture<Void> send = sendElsewhere("x");
        awaitPublish().fail(new PublishResult.Nacked());
        assertThatThrownBy(() -> send.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(ResourceAllocationException.class)
                .hasMessageContaining("queue://q");
    }

    @Test
    void whereRefusedMeansUnroutableItIsSaidSo() {
        rig.amqp.holdConfirms();
        CompletableFuture<Void> send = sendElsewhere("x");
        FakeChannel.Publish publish = awaitPublish();
        rig.amqp.queues().remove("q");
        publish.fail(new PublishResult.Nacked());
        assertThatThrownBy(() -> send.get(20, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(InvalidDestinationException.class);
    }

    @Test
    void aPersistentSendOfUnknownOutcomeSaysSo() {
        rig.amqp.holdConfirms();
        CompletableFuture<Void> send = sendElsewhere("x");
        awaitPublish();
        rig.amqp.lose();
        assertThatThrownBy(() -> send.get(20, TimeUnit.SECONDS))
                .cause()
                .isExactlyInstanceOf(JMSException.class)
                .hasMessageContaining("may or may not have reached the broker");
    }

    @Test
    void afterTheBrokerHasClosedTheChannelTheNextSendOpensAnother() throws Exception {
        rig.amqp.holdConfirms();
        CompletableFuture<Void> refused = sendElsewhere("too large");
        awaitPublish();
        rig.amqp.closeChannelOfPublishes(406, "message size 1 is larger than configured max size 0");
        assertThatThrownBy(() -> refused.get(20, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("larger than configured");

        CompletableFuture<Void> send = sendElsewhere("x");
        awaitPublish().confirm();
        send.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aNonPersistentSendIsNotConfirmed() throws JMSException {
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        producer.send(session.createTextMessage("x"));
        assertThat(rig.log.of("send", "publish")).containsExactly("send x");
    }

    @Test
    void aNonPersistentMessageThatIsLostIsToldToTheExceptionListener() throws Exception {
        CompletableFuture<JMSException> reported = new CompletableFuture<>();
        connection.setExceptionListener(reported::complete);
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        producer.send(session.createTextMessage("x"));
        rig.amqp.queues().remove("q");
        producer.send(session.createTextMessage("y"));
        assertThat(reported.get(20, TimeUnit.SECONDS))
                .isInstanceOf(InvalidDestinationException.class)
                .hasMessageContaining("queue://q");
        producer.send(session.createTextMessage("z"));
        assertThat(rig.log.of("declare")).containsExactly("declare q");
    }

    @Test
    void aQueueIsLookedUpOnceAndDeclaredOnlyIfItIsMissing() throws JMSException {
        producer.send(session.createMessage());
        producer.send(session.createMessage());
        assertThat(rig.log.of("passive", "declare")).containsExactly("passive q");
        anonymous.send(session.createQueue("new"), session.createMessage());
        anonymous.send(session.createQueue("new"), session.createMessage());
        assertThat(rig.log.of("passive", "declare")).containsExactly("passive q", "passive new", "declare new");
    }

    @Test
    void aQueueIsDeclaredOfTheTypeThatWasAskedFor() throws JMSException {
        Rig quorum = new Rig("?jms.queueType=quorum");
        Session itsSession = quorum.factory.createConnection().createSession();
        itsSession.createProducer(itsSession.createQueue("new")).send(itsSession.createMessage());
        assertThat(quorum.log.of("declare")).containsExactly("declare new {x-queue-type=quorum}");
    }

    @Test
    void whereNothingIsToBeDeclaredAMissingQueueIsAnInvalidDestination() throws JMSException {
        Rig strict = new Rig("?jms.autoDeclare=false");
        Session itsSession = strict.factory.createConnection().createSession();
        MessageProducer itsProducer = itsSession.createProducer(itsSession.createQueue("missing"));
        assertThatThrownBy(() -> itsProducer.send(itsSession.createMessage()))
                .isInstanceOf(InvalidDestinationException.class)
                .hasMessageContaining("queue://missing");
        assertThat(strict.log.of("passive", "declare")).isEmpty();
        assertThatThrownBy(() -> itsSession.createConsumer(itsSession.createQueue("missing")))
                .isInstanceOf(InvalidDestinationException.class)
                .hasMessageContaining("jms.autoDeclare");
    }

    @Test
    void wherePassiveIsAskedForEverythingIsLookedUpAndNothingDeclared() throws JMSException {
        Rig passive = new Rig("?jms.autoDeclare=passive");
        Session itsSession = passive.factory.createConnection().createSession();
        MessageProducer itsProducer = itsSession.createProducer(itsSession.createQueue("missing"));
        itsProducer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        assertThatThrownBy(() -> itsProducer.send(itsSession.createMessage()))
                .isInstanceOf(InvalidDestinationException.class)
                .hasMessageContaining("queue://missing does not exist, and jms.autoDeclare is passive");
        assertThatThrownBy(() -> itsSession.createConsumer(itsSession.createQueue("missing")))
                .isInstanceOf(InvalidDestinationException.class)
                .hasMessageContaining("jms.autoDeclare is passive");
        itsSession.createProducer(itsSession.createQueue("q")).send(itsSession.createMessage());
        itsSession.createProducer(itsSession.createTopic("t")).send(itsSession.createMessage());
        assertThat(passive.log.of("passive-exchange")).containsExactly("passive-exchange jms.durable.topic");
        assertThat(passive.log.of("declare", "declare-exchange")).isEmpty();
    }

    @Test
    void wherePassiveIsAskedForAMissingTopicExchangeIsToldAtTheFirstUse() throws JMSException {
        Rig passive = new Rig("?jms.autoDeclare=passive");
        passive.amqp.refuseExchanges(404);
        Session itsSession = passive.factory.createConnection().createSession();
        assertThatThrownBy(() ->
                        itsSession.createProducer(itsSession.createTopic("t")).send(itsSession.createMessage()))
                .isInstanceOf(InvalidDestinationException.class)
                .hasMessageContaining("jms.durable.topic");
    }

    @Test
    void aQueueDeletedBehindOurBackIsDeclaredAtTheNextTry() throws JMSException {
        producer.send(session.createMessage());
        rig.amqp.queues().remove("q");
        assertThatThrownBy(() -> producer.send(session.createMessage()))
                .isInstanceOf(InvalidDestinationException.class);
        producer.send(session.createMessage());
        assertThat(rig.log.of("declare")).containsExactly("declare q");
    }

    @Test
    void aTopicNeedsNoSubscriber() throws JMSException {
        anonymous.send(session.createTopic("prices.eur"), session.createMessage());
        anonymous.send(session.createTopic("prices.eur"), session.createMessage());
        assertThat(rig.log.of("declare-exchange")).containsExactly("declare-exchange jms.durable.topic topic");
        assertThat(rig.amqp.lastMessage().exchange()).isEqualTo("jms.durable.topic");
        assertThat(rig.amqp.lastMessage().routingKey()).isEqualTo("prices.eur");
        assertThat(rig.amqp.lastMessage().mandatory()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 406})
    void anExchangeThatIsNotOursToDeclareIsUsedAsItIs(int refusal) throws JMSException {
        rig.amqp.refuseExchanges(refusal);
        anonymous.send(session.createTopic("prices.eur"), session.createTextMessage("x"));
        assertThat(rig.log.of("publish")).containsExactly("publish x");
    }

    @Test
    void aQueueIsReachedThroughTheDefaultExchange() throws JMSException {
        producer.send(session.createMessage());
        assertThat(rig.amqp.lastMessage().exchange()).isEmpty();
        assertThat(rig.amqp.lastMessage().routingKey()).isEqualTo("q");
        assertThat(rig.amqp.lastMessage().mandatory()).isTrue();
    }

    @Test
    void aRequesterOnDirectReplyToIsNeitherDeclaredNorExpectedToBeAQueue() throws JMSException {
        anonymous.send(session.createQueue("amq.rabbitmq.reply-to.g1h2"), session.createMessage());
        assertThat(rig.log.of("passive", "declare")).isEmpty();
        assertThat(rig.amqp.lastMessage().mandatory()).isFalse();
    }

    @Test
    void aMessageOfAnotherProviderIsSentAndToldItsHeaders() throws JMSException {
        TextMessage behind = session.createTextMessage("hello");
        TextMessage foreign = (TextMessage) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {TextMessage.class},
                (proxy, method, args) -> method.invoke(behind, args));
        producer.send(foreign);
        assertThat(foreign.getJMSMessageID()).startsWith("ID:");
        assertThat(foreign.getJMSDestination()).isEqualTo(session.createQueue("q"));
        assertThat(rig.log.of("publish")).containsExactly("publish hello");
    }

    @Test
    void changingAMessageAfterItWasSentChangesNothing() throws JMSException {
        TextMessage message = session.createTextMessage("before");
        message.setIntProperty("n", 1);
        producer.send(message);
        message.setText("after");
        message.setIntProperty("n", 2);
        assertThat(rig.amqp.lastMessage().body()).asString().isEqualTo("before");
        assertThat(rig.amqp.lastMessage().properties().header("n")).isEqualTo(1);
    }

    private CompletableFuture<Void> sendElsewhere(String body) {
        return CompletableFuture.runAsync(() -> {
            try {
                producer.send(session.createTextMessage(body));
            } catch (JMSException e) {
                throw new CompletionException(e);
            }
        });
    }

    private FakeChannel.Publish awaitPublish() {
        while (rig.amqp.publishes().isEmpty()) {
            Thread.onSpinWait();
        }
        return rig.amqp.publishes().get(0);
    }
}
