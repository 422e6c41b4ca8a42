package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.Capability;
import dev.leveret.testkit.junit.EveryBroker;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TextMessage;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

class QueueOnBrokersTest {

    @EveryBroker
    void aTextMessageComesBackWithEverythingItHad(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            Queue queue = session.createQueue(on.name("text"));
            TextMessage sent = session.createTextMessage("grüße, 世界 \uD83D\uDC07");
            sent.setBooleanProperty("bool", true);
            sent.setByteProperty("byte", Byte.MIN_VALUE);
            sent.setShortProperty("short", Short.MIN_VALUE);
            sent.setIntProperty("int", Integer.MIN_VALUE);
            sent.setLongProperty("long", Long.MIN_VALUE);
            sent.setFloatProperty("float", Float.MIN_VALUE);
            sent.setDoubleProperty("double", Double.MAX_VALUE);
            sent.setStringProperty("string", "ä");
            sent.setStringProperty("nothing", null);
            sent.setStringProperty("JMSXGroupID", "group");
            sent.setIntProperty("JMSXGroupSeq", 5);
            sent.setJMSCorrelationID("correlation");
            sent.setJMSType("type");
            sent.setJMSReplyTo(session.createTopic("replies"));
            session.createProducer(queue).send(sent, DeliveryMode.PERSISTENT, 7, 0);

            TextMessage back = (TextMessage) session.createConsumer(queue).receive(OnBroker.SOON);

            assertThat(back.getText()).isEqualTo(sent.getText());
            for (Object name : Collections.list((Enumeration<?>) sent.getPropertyNames())) {
                assertThat(back.propertyExists((String) name)).isTrue();
                assertThat(back.getObjectProperty((String) name))
                        .as((String) name)
                        .isEqualTo(sent.getObjectProperty((String) name));
            }
            assertThat(back.getJMSMessageID()).isEqualTo(sent.getJMSMessageID());
            assertThat(back.getJMSTimestamp()).isEqualTo(sent.getJMSTimestamp());
            assertThat(back.getJMSDeliveryTime()).isEqualTo(sent.getJMSDeliveryTime());
            assertThat(back.getJMSCorrelationID()).isEqualTo("correlation");
            assertThat(back.getJMSType()).isEqualTo("type");
            assertThat(back.getJMSReplyTo()).isEqualTo(session.createTopic("replies"));
            assertThat(back.getJMSDestination()).isEqualTo(queue);
            assertThat(back.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
            assertThat(back.getJMSPriority()).isEqualTo(7);
            assertThat(back.getJMSExpiration()).isZero();
            assertThat(back.getJMSRedelivered()).isFalse();
            assertThat(back.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
        }
    }

    @EveryBroker
    void aBytesMessageComesBackOctetByOctet(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            Queue queue = session.createQueue(on.name("bytes"));
            byte[] body = new byte[300_000];
            new Random(1).nextBytes(body);
            BytesMessage sent = session.createBytesMessage();
            sent.writeBytes(body);
            session.createProducer(queue).send(sent);
            session.createProducer(queue).send(session.createMessage());
            MessageConsumer consumer = session.createConsumer(queue);
            assertThat(consumer.receive(OnBroker.SOON).getBody(byte[].class)).isEqualTo(body);
            assertThat(consumer.receive(OnBroker.SOON)).isNotInstanceOfAny(TextMessage.class, BytesMessage.class);
        }
    }

    @EveryBroker
    void messagesComeInTheOrderTheyWereSentWhateverTheirDeliveryMode(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started("?jms.prefetch=7").createSession();
            Queue queue = session.createQueue(on.name("order"));
            MessageProducer producer = session.createProducer(queue);
            for (int i = 0; i < 50; i++) {
                producer.setDeliveryMode(i % 3 == 0 ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT);
                producer.send(session.createTextMessage("" + i));
            }
            MessageConsumer consumer = session.createConsumer(queue);
            for (int i = 0; i < 50; i++) {
                assertThat(OnBroker.next(consumer)).isEqualTo("" + i);
            }
        }
    }

    @EveryBroker
    void aPersistentSendThatNoQueueTakesThrows(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started("?jms.autoDeclare=false").createSession();
            Queue missing = session.createQueue(on.name("missing"));
            assertThatThrownBy(() -> session.createProducer(missing).send(session.createMessage()))
                    .isInstanceOf(InvalidDestinationException.class)
                    .hasMessageContaining(missing.getQueueName());
            assertThatThrownBy(() -> session.createConsumer(missing))
                    .isInstanceOf(InvalidDestinationException.class)
                    .hasMessageContaining(missing.getQueueName());
        }
    }

    @EveryBroker(Capability.CHANNEL_ERRORS)
    void aRefusedConsumerDoesNotHarmTheOthersOfItsSession(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession(Session.CLIENT_ACKNOWLEDGE);
            Queue queue = session.createQueue(on.name("survivor"));
            MessageConsumer consumer = session.createConsumer(queue);
            session.createProducer(queue).send(session.createTextMessage("a"));
            Message received = consumer.receive(OnBroker.SOON);
            TemporaryQueue foreign = on.started().createSession().createTemporaryQueue();
            assertThatThrownBy(() -> session.createConsumer(session.createQueue(foreign.getQueueName())))
                    .isInstanceOf(JMSException.class);
            received.acknowledge();
            session.createProducer(queue).send(session.createTextMessage("b"));
            assertThat(OnBroker.next(consumer)).isEqualTo("b");
        }
    }

    @EveryBroker
    void aNonPersistentMessageThatNoQueueTakesIsToldToTheExceptionListener(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Connection connection = on.started("?jms.autoDeclare=false");
            CompletableFuture<JMSException> reported = new CompletableFuture<>();
            connection.setExceptionListener(reported::complete);
            Session session = connection.createSession();
            MessageProducer producer = session.createProducer(session.createQueue(on.name("missing")));
            producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
            producer.send(session.createTextMessage("lost"));
            assertThat(reported.get(OnBroker.SOON, TimeUnit.MILLISECONDS))
                    .isInstanceOf(InvalidDestinationException.class)
                    .hasMessageContaining(on.name("missing"));
        }
    }

    @EveryBroker(Capability.CONSUMER_CANCEL_NOTIFY)
    void aConsumerWhoseQueueIsDeletedFailsAndIsReported(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Connection connection = on.started();
            CompletableFuture<JMSException> reported = new CompletableFuture<>();
            connection.setExceptionListener(reported::complete);
            Session session = connection.createSession();
            Session listening = connection.createSession();
            MessageConsumer consumer = session.createConsumer(session.createQueue(on.name("deleted")));
            listening.createConsumer(session.createQueue(on.name("deleted"))).setMessageListener(message -> {});
            on.channel().deleteQueue(on.name("deleted"));
            assertThat(reported.get(OnBroker.SOON, TimeUnit.MILLISECONDS)).hasMessageContaining(on.name("deleted"));
            assertThatThrownBy(() -> consumer.receive(OnBroker.SOON)).isInstanceOf(JMSException.class);
            consumer.close();
        }
    }

    @EveryBroker
    void stoppingAndStartingLosesNothingAndRepeatsNothing(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Connection connection = on.started("?jms.prefetch=10");
            Session session = connection.createSession();
            Queue queue = session.createQueue(on.name("pauses"));
            Rig.Inbox inbox = new Rig.Inbox();
            session.createConsumer(queue).setMessageListener(inbox::add);
            Session sending = connection.createSession();
            MessageProducer producer = sending.createProducer(queue);
            for (int i = 0; i < 200; i++) {
                producer.send(sending.createTextMessage("" + i));
                if (i % 10 == 0) {
                    connection.stop();
                    connection.start();
                }
            }
            for (int i = 0; i < 200; i++) {
                Message message = inbox.next();
                assertThat(OnBroker.text(message)).isEqualTo("" + i);
                assertThat(message.getJMSRedelivered()).isFalse();
            }
        }
    }

    @EveryBroker
    void receiveReturnsNullWhenItsTimeIsOver(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            MessageConsumer consumer = session.createConsumer(session.createQueue(on.name("empty")));
            assertThat(consumer.receive(20)).isNull();
            assertThat(consumer.receiveNoWait()).isNull();
        }
    }

    @EveryBroker
    void receiveNoWaitFindsWhatIsThere(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            Queue queue = session.createQueue(on.name("nowait"));
            MessageProducer producer = session.createProducer(queue);
            for (int i = 0; i < 100; i++) {
                producer.send(session.createTextMessage("" + i));
                try (MessageConsumer consumer = session.createConsumer(queue)) {
                    assertThat(OnBroker.text(consumer.receiveNoWait())).isEqualTo("" + i);
                    assertThat(consumer.receiveNoWait()).isNull();
                }
            }
        }
    }

    @EveryBroker
    void whatIsNotAcknowledgedIsRecovered(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession(Session.CLIENT_ACKNOWLEDGE);
            Queue queue = session.createQueue(on.name("recover"));
            MessageProducer producer = session.createProducer(queue);
            for (String body : List.of("a", "b", "c", "d")) {
                producer.send(session.createTextMessage(body));
            }
            MessageConsumer consumer = session.createConsumer(queue);
            consumer.receive(OnBroker.SOON).acknowledge();
            assertThat(OnBroker.next(consumer)).isEqualTo("b");
            assertThat(OnBroker.next(consumer)).isEqualTo("c");

            session.recover();

            Message again = consumer.receive(OnBroker.SOON);
            assertThat(OnBroker.text(again)).isEqualTo("b");
            assertThat(again.getJMSRedelivered()).isTrue();
            assertThat(again.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
            assertThat(OnBroker.next(consumer)).isEqualTo("c");
            assertThat(OnBroker.next(consumer)).isEqualTo("d");
            again.acknowledge();
            session.close();
            assertThat(isEmpty(on, queue)).isTrue();
        }
    }

    @EveryBroker
    void aMessageWhoseListenerThrowsComesAgain(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started("?jms.localRedeliveries=1").createSession();
            Queue queue = session.createQueue(on.name("listener"));
            session.createProducer(queue).send(session.createTextMessage("a"));
            Rig.Inbox inbox = new Rig.Inbox();
            session.createConsumer(queue).setMessageListener(message -> {
                inbox.add(message);
                if (inbox.rest().size() < 3) {
                    throw new IllegalArgumentException("the test wants it so");
                }
            });
            assertThat(inbox.next().getJMSRedelivered()).isFalse();
            assertThat(inbox.next().getJMSRedelivered()).as("from here").isTrue();
            assertThat(inbox.next().getJMSRedelivered()).as("from the broker").isTrue();
        }
    }

    @EveryBroker
    void closingTheConnectionReleasesWhatIsNotAcknowledged(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Connection first = on.started();
            Session session = first.createSession(Session.CLIENT_ACKNOWLEDGE);
            Queue queue = session.createQueue(on.name("release"));
            MessageProducer producer = session.createProducer(queue);
            for (String body : List.of("a", "b", "c")) {
                producer.send(session.createTextMessage(body));
            }
            assertThat(OnBroker.next(session.createConsumer(queue))).isEqualTo("a");
            first.close();

            Session second = on.started().createSession();
            MessageConsumer consumer = second.createConsumer(queue);
            Message again = consumer.receive(OnBroker.SOON);
            assertThat(OnBroker.text(again)).isEqualTo("a");
            assertThat(again.getJMSRedelivered()).isTrue();
            assertThat(OnBroker.next(consumer)).isEqualTo("b");
            assertThat(OnBroker.next(consumer)).isEqualTo("c");
        }
    }

    @EveryBroker
    void aStoppedConnectionHoldsItsMessages(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Connection connection = on.started();
            Session session = connection.createSession();
            Queue queue = session.createQueue(on.name("stop"));
            MessageConsumer consumer = session.createConsumer(queue);
            connection.stop();
            session.createProducer(queue).send(session.createTextMessage("a"));
            assertThat(consumer.receive(50)).isNull();
            connection.start();
            assertThat(OnBroker.next(consumer)).isEqualTo("a");
        }
    }

    @EveryBroker
    void aConnectionThatIsNotStartedTakesNothingFromOthers(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Connection idle = on.opened(on.factory("").createConnection());
            Session idleSession = idle.createSession();
            Queue queue = idleSession.createQueue(on.name("idle"));
            idleSession.createConsumer(queue);
            Session busy = on.started().createSession();
            busy.createProducer(queue).send(busy.createTextMessage("a"));
            assertThat(OnBroker.next(busy.createConsumer(queue))).isEqualTo("a");
        }
    }

    @EveryBroker
    void aTemporaryQueueServesRequestAndReply(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session requester = on.started().createSession();
            Session replier = on.started().createSession();
            Queue requests = requester.createQueue(on.name("requests"));
            TemporaryQueue replies = requester.createTemporaryQueue();
            MessageConsumer replyConsumer = requester.createConsumer(replies);
            MessageConsumer requestConsumer = replier.createConsumer(requests);

            TextMessage request = requester.createTextMessage("ping");
            request.setJMSReplyTo(replies);
            requester.createProducer(requests).send(request);
            Message received = requestConsumer.receive(OnBroker.SOON);
            assertThat(received.getJMSReplyTo()).isEqualTo(replies);
            TextMessage reply = replier.createTextMessage("pong");
            reply.setJMSCorrelationID(received.getJMSMessageID());
            replier.createProducer(null).send(received.getJMSReplyTo(), reply);

            Message answer = replyConsumer.receive(OnBroker.SOON);
            assertThat(OnBroker.text(answer)).isEqualTo("pong");
            assertThat(answer.getJMSCorrelationID()).isEqualTo(request.getJMSMessageID());
            replyConsumer.close();
            replies.delete();
            assertThatThrownBy(() -> replier.createProducer(replies).send(reply))
                    .isInstanceOf(InvalidDestinationException.class);
        }
    }

    @EveryBroker(Capability.MESSAGE_EXPIRATION)
    void anExpiredMessageIsNotDelivered(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            Queue queue = session.createQueue(on.name("expiry"));
            MessageProducer producer = session.createProducer(queue);
            producer.send(session.createTextMessage("short"), DeliveryMode.PERSISTENT, 4, 1);
            Message kept = session.createTextMessage("long");
            producer.send(kept, DeliveryMode.PERSISTENT, 4, 600_000);
            assertThat(kept.getJMSExpiration()).isEqualTo(kept.getJMSTimestamp() + 600_000);
            while (System.currentTimeMillis() <= kept.getJMSTimestamp() + 1) {
                Thread.onSpinWait();
            }
            Message received = session.createConsumer(queue).receive(OnBroker.SOON);
            assertThat(OnBroker.text(received)).isEqualTo("long");
            assertThat(received.getJMSExpiration()).isEqualTo(kept.getJMSExpiration());
        }
    }

    @EveryBroker(Capability.QUORUM_QUEUES)
    void aQuorumQueueIsMadeWhereOneIsAskedFor(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started("?jms.queueType=quorum&jms.localRedeliveries=0")
                    .createSession(Session.CLIENT_ACKNOWLEDGE);
            Queue queue = session.createQueue(on.name("quorum"));
            session.createProducer(queue).send(session.createTextMessage("a"));
            MessageConsumer consumer = session.createConsumer(queue);
            assertThat(consumer.receive(OnBroker.SOON).getIntProperty("JMSXDeliveryCount"))
                    .isEqualTo(1);
            session.recover();
            assertThat(consumer.receive(OnBroker.SOON).getIntProperty("JMSXDeliveryCount"))
                    .isEqualTo(2);
            session.recover();
            Message third = consumer.receive(OnBroker.SOON);
            assertThat(third.getIntProperty("JMSXDeliveryCount")).isEqualTo(3);
            third.acknowledge();
        }
    }

    @EveryBroker(Capability.QUORUM_QUEUES)
    void closingASessionCountsNothingAgainstWhatItHasNotSeenAndKeepsTheOrder(Broker broker) throws Exception {
        assumeThat(isAtLeast43(broker))
                .as("before RabbitMQ 4.3 every return counts")
                .isTrue();
        try (OnBroker on = new OnBroker(broker)) {
            Connection connection = on.started("?jms.queueType=quorum");
            Session sending = connection.createSession();
            Queue queue = sending.createQueue(on.name("unseen"));
            MessageProducer producer = sending.createProducer(queue);
            for (String body : List.of("a", "b", "c")) {
                producer.send(sending.createTextMessage(body));
            }
            for (int round = 1; round <= 4; round++) {
                Session session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
                Message first = session.createConsumer(queue).receive(OnBroker.SOON);
                assertThat(OnBroker.text(first)).isEqualTo("a");
                assertThat(first.getIntProperty("JMSXDeliveryCount")).isEqualTo(round);
                session.close();
            }
            MessageConsumer consumer = connection.createSession().createConsumer(queue);
            assertThat(OnBroker.next(consumer)).isEqualTo("a");
            for (String body : List.of("b", "c")) {
                Message innocent = consumer.receive(OnBroker.SOON);
                assertThat(OnBroker.text(innocent)).isEqualTo(body);
                assertThat(innocent.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
                assertThat(innocent.getJMSRedelivered()).isFalse();
            }
        }
    }

    @EveryBroker(Capability.QUORUM_QUEUES)
    void closingAConsumerCountsNothingAgainstManyThatItHasNotSeen(Broker broker) throws Exception {
        assumeThat(isAtLeast43(broker))
                .as("before RabbitMQ 4.3 every return counts")
                .isTrue();
        int count = 100;
        try (OnBroker on = new OnBroker(broker)) {
            Connection connection = on.started("?jms.queueType=quorum&jms.prefetch=" + count);
            Session session = connection.createSession();
            Queue queue = session.createQueue(on.name("many"));
            MessageProducer producer = session.createProducer(queue);
            for (int i = 0; i < count; i++) {
                producer.send(session.createTextMessage("m" + i));
            }
            MessageConsumer first = session.createConsumer(queue);
            assertThat(first.receive(OnBroker.SOON)).isNotNull();
            first.close();
            MessageConsumer second = session.createConsumer(queue);
            for (int i = 1; i < count; i++) {
                Message message = second.receive(OnBroker.SOON);
                assertThat(OnBroker.text(message)).isEqualTo("m" + i);
                assertThat(message.getIntProperty("JMSXDeliveryCount"))
                        .as("m%d", i)
                        .isEqualTo(1);
            }
        }
    }

    private static boolean isAtLeast43(Broker broker) {
        String[] version = broker.version().split("\\.");
        return Integer.parseInt(version[0]) * 100 + Integer.parseInt(version[1]) >= 403;
    }

    private static boolean isEmpty(OnBroker on, Queue queue) throws JMSException {
        return on.channel().get(queue.getQueueName(), true).isEmpty();
    }
}
