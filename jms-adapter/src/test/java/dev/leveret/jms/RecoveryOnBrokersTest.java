package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import dev.leveret.testkit.proxy.Cut;
import dev.leveret.testkit.proxy.FaultProxy;
import jakarta.jms.Connection;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.Topic;
import jakarta.jms.TransactionRolledBackException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What programs find after their connection was cut, on real brokers. */
class RecoveryOnBrokersTest {

    private static void send(Session session, jakarta.jms.Destination to, String... bodies) throws JMSException {
        MessageProducer producer = session.createProducer(to);
        for (String body : bodies) {
            producer.send(session.createTextMessage(body));
        }
        producer.close();
    }

    private static List<?> look(QueueBrowser browser) throws JMSException {
        Enumeration<?> messages = browser.getEnumeration();
        return Collections.list(messages);
    }

    @EveryBroker
    void consumersListenersAndSubscriptionsGoOn(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker);
                ThroughProxy cuttable = new ThroughProxy(broker)) {
            Connection connection = cuttable.started("");
            BlockingQueue<JMSException> told = new LinkedBlockingQueue<>();
            connection.setExceptionListener(told::add);
            Session session = connection.createSession();
            Queue queue = session.createQueue(on.name("queue"));
            Queue listened = session.createQueue(on.name("listened"));
            Topic topic = session.createTopic(on.name("topic"));
            MessageConsumer consumer = session.createConsumer(queue);
            MessageConsumer subscriber = session.createConsumer(topic);
            Rig.Inbox inbox = new Rig.Inbox();
            connection.createSession().createConsumer(listened).setMessageListener(inbox::add);
            Session other = on.started().createSession();
            for (int round = 0; round < 3; round++) {
                send(other, queue, "q" + round);
                send(other, listened, "l" + round);
                send(other, topic, "t" + round);
                assertThat(OnBroker.next(consumer)).isEqualTo("q" + round);
                assertThat(inbox.next().getText()).isEqualTo("l" + round);
                assertThat(OnBroker.next(subscriber)).isEqualTo("t" + round);
                // So that what was acknowledged is so before the cut.
                send(session, queue, "again" + round);
                assertThat(OnBroker.next(consumer)).isEqualTo("again" + round);
                assertThat(consumer.receiveNoWait()).isNull();
                cuttable.cut();
            }
            assertThat(told).isEmpty();
        }
    }

    @EveryBroker
    void whatWasNotAcknowledgedComesAgainMarkedAsRedelivered(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker);
                ThroughProxy cuttable = new ThroughProxy(broker)) {
            Session session = cuttable.started("").createSession(Session.CLIENT_ACKNOWLEDGE);
            Queue queue = session.createQueue(on.name("unacknowledged"));
            send(session, queue, "a", "b", "c");
            MessageConsumer consumer = session.createConsumer(queue);
            Message first = consumer.receive(OnBroker.SOON);
            cuttable.cut();
            assertThatThrownBy(first::acknowledge)
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("they come again");
            for (String body : List.of("a", "b", "c")) {
                Message again = consumer.receive(OnBroker.SOON);
                assertThat(OnBroker.text(again)).isEqualTo(body);
                assertThat(again.getJMSRedelivered()).isTrue();
                assertThat(again.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
                again.acknowledge();
            }
            assertThat(consumer.receiveNoWait()).isNull();
        }
    }

    @EveryBroker
    void aTransactionThatWasCutRollsBackAndCanBeDoneAgain(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker);
                ThroughProxy cuttable = new ThroughProxy(broker)) {
            Session session = cuttable.started("").createSession(Session.SESSION_TRANSACTED);
            Queue in = session.createQueue(on.name("in"));
            Queue out = session.createQueue(on.name("out"));
            send(session, in, "a");
            session.commit();
            MessageConsumer consumer = session.createConsumer(in);
            assertThat(OnBroker.next(consumer)).isEqualTo("a");
            send(session, out, "x");
            cuttable.cut();
            assertThatThrownBy(session::commit).isInstanceOf(TransactionRolledBackException.class);
            assertThat(OnBroker.next(consumer)).isEqualTo("a");
            send(session, out, "y");
            session.commit();
            Session other = on.started().createSession();
            MessageConsumer results = other.createConsumer(out);
            assertThat(OnBroker.next(results)).isEqualTo("y");
            assertThat(results.receiveNoWait()).isNull();
            assertThat(consumer.receiveNoWait()).isNull();
        }
    }

    @EveryBroker
    void aSendWaitsForTheConnectionAndFailsWhenItDoesNotComeInTime(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker);
                ThroughProxy cuttable = new ThroughProxy(broker)) {
            Session patient = cuttable.started("").createSession();
            Session hasty = cuttable.started("?jms.outageWait=50").createSession();
            Queue queue = patient.createQueue(on.name("sends"));
            send(patient, queue, "before");
            send(hasty, queue, "before too");
            cuttable.proxy.refuse();
            cuttable.proxy.cut(Cut.RST);
            cuttable.await(ConnectionEvent.Lost.class);
            cuttable.await(ConnectionEvent.Lost.class);
            assertThatThrownBy(() -> send(hasty, queue, "never"))
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("nothing was sent");
            Thread sending = new Thread(() -> Unchecked.run(() -> send(patient, queue, "after")));
            sending.start();
            Rig.awaitWaiting(sending);
            cuttable.proxy.heal();
            sending.join(OnBroker.SOON);
            MessageConsumer consumer = on.started().createSession().createConsumer(queue);
            for (String body : List.of("before", "before too", "after")) {
                assertThat(OnBroker.next(consumer)).isEqualTo(body);
            }
            assertThat(consumer.receiveNoWait()).isNull();
        }
    }

    @EveryBroker
    void aTemporaryQueueKeepsItsNameAndRequestsAreAnsweredAfterwards(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker);
                ThroughProxy cuttable = new ThroughProxy(broker)) {
            Session requester = cuttable.started("").createSession();
            Queue requests = requester.createQueue(on.name("requests"));
            TemporaryQueue replies = requester.createTemporaryQueue();
            MessageConsumer answers = requester.createConsumer(replies);
            Session replier = on.started().createSession();
            MessageConsumer asked = replier.createConsumer(requests);
            for (int i = 0; i < 3; i++) {
                Message request = requester.createTextMessage("ask" + i);
                request.setJMSReplyTo(replies);
                requester.createProducer(requests).send(request);
                Message got = asked.receive(OnBroker.SOON);
                send(replier, got.getJMSReplyTo(), "answer" + i);
                assertThat(OnBroker.next(answers)).isEqualTo("answer" + i);
                cuttable.cut();
                // Of the other connection's queue the broker may be still about to let go.
                send(requester, replies, "there again");
                assertThat(OnBroker.next(answers)).isEqualTo("there again");
            }
            answers.close();
            replies.delete();
            assertThatThrownBy(() -> send(requester, replies, "gone")).isInstanceOf(JMSException.class);
            cuttable.cut();
            assertThatThrownBy(() -> send(requester, replies, "gone")).isInstanceOf(JMSException.class);
        }
    }

    @Test
    @RequiresRabbitMq
    void whatASelectorHeldComesAgainAndGoesToWhomItMatches(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker);
                ThroughProxy cuttable = new ThroughProxy(broker)) {
            Session session = cuttable.started("").createSession();
            Queue queue = session.createQueue(on.name("selected"));
            MessageConsumer reds = session.createConsumer(queue, "colour = 'red'");
            MessageProducer producer = session.createProducer(queue);
            for (int n = 0; n < 40; n++) {
                Message message = session.createTextMessage((n % 2 == 0 ? "red" : "blue") + n);
                message.setStringProperty("colour", n % 2 == 0 ? "red" : "blue");
                producer.send(message);
                if (n % 2 == 0) {
                    assertThat(OnBroker.next(reds)).isEqualTo("red" + n);
                }
                if (n % 10 == 5) {
                    assertThat(reds.receiveNoWait()).isNull();
                    cuttable.cut();
                }
            }
            assertThat(reds.receiveNoWait()).isNull();
            reds.close();
            MessageConsumer rest = session.createConsumer(queue);
            for (int n = 1; n < 40; n += 2) {
                assertThat(OnBroker.next(rest)).isEqualTo("blue" + n);
            }
            assertThat(rest.receiveNoWait()).isNull();
        }
    }

    @Test
    @RequiresRabbitMq
    void aBrowserLooksAgainAfterALoss(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker);
                ThroughProxy cuttable = new ThroughProxy(broker)) {
            Session session = cuttable.started("").createSession();
            Queue queue = session.createQueue(on.name("browsed"));
            send(session, queue, "a", "b");
            QueueBrowser browser = session.createBrowser(queue);
            assertThat(look(browser)).hasSize(2);
            cuttable.proxy.cut(Cut.RST);
            assertThat(look(browser)).hasSize(2);
            MessageConsumer consumer = session.createConsumer(queue);
            assertThat(OnBroker.next(consumer)).isEqualTo("a");
            assertThat(OnBroker.next(consumer)).isEqualTo("b");
        }
    }

    @Test
    @RequiresRabbitMq
    void theClientIdentifierIsHeldAgain(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker);
                ThroughProxy cuttable = new ThroughProxy(broker)) {
            String id = on.name("client");
            cuttable.started("?jms.clientId=" + id);
            cuttable.cut();
            assertThatThrownBy(() -> on.factory("?jms.clientId=" + id).createConnection())
                    .isInstanceOf(InvalidClientIDException.class);
        }
    }

    @EveryBroker
    void anotherEndpointIsTakenWhenTheFirstIsGone(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker);
                FaultProxy second = FaultProxy.to(broker);
                ThroughProxy cuttable = new ThroughProxy(broker)) {
            Connection connection = cuttable.factory("", new Endpoint("127.0.0.1", second.port()))
                    .createConnection();
            connection.start();
            Session session = connection.createSession();
            Queue queue = session.createQueue(on.name("failover"));
            MessageConsumer consumer = session.createConsumer(queue);
            assertThat(second.accepted()).isZero();
            cuttable.proxy.refuse();
            cuttable.cut();
            assertThat(second.accepted()).isPositive();
            send(session, queue, "a");
            assertThat(OnBroker.next(consumer)).isEqualTo("a");
            connection.close();
        }
    }

    @EveryBroker
    void withoutRecoveryTheConnectionEnds(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker);
                ThroughProxy cuttable = new ThroughProxy(broker)) {
            Connection connection = cuttable.started("?recovery=off");
            BlockingQueue<JMSException> told = new LinkedBlockingQueue<>();
            connection.setExceptionListener(told::add);
            Session session = connection.createSession();
            MessageConsumer consumer = session.createConsumer(session.createQueue(on.name("off")));
            cuttable.proxy.cut(Cut.RST);
            assertThatThrownBy(() -> consumer.receive(OnBroker.SOON)).isInstanceOf(JMSException.class);
            assertThat(told.poll(OnBroker.SOON, TimeUnit.MILLISECONDS)).isNotNull();
        }
    }
}
