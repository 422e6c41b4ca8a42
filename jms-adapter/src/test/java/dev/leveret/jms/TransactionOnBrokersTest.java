package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TransactionRolledBackException;

class TransactionOnBrokersTest {

    @EveryBroker
    void aCommitSendsAndAcknowledges(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Connection connection = on.started();
            Session plain = connection.createSession();
            Session session = connection.createSession(Session.SESSION_TRANSACTED);
            Queue in = session.createQueue(on.name("in"));
            Queue out = session.createQueue(on.name("out"));
            plain.createProducer(in).send(plain.createTextMessage("order"));
            MessageConsumer results = plain.createConsumer(out);

            assertThat(OnBroker.next(session.createConsumer(in))).isEqualTo("order");
            session.createProducer(out).send(session.createTextMessage("invoice"));
            assertThat(results.receiveNoWait()).isNull();
            session.commit();

            assertThat(OnBroker.next(results)).isEqualTo("invoice");
            session.close();
            assertThat(plain.createConsumer(in).receiveNoWait()).isNull();
        }
    }

    @EveryBroker
    void aRollbackSendsNothingAndDeliversAgain(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Connection connection = on.started();
            Session session = connection.createSession(Session.SESSION_TRANSACTED);
            Queue in = session.createQueue(on.name("in"));
            Queue out = session.createQueue(on.name("out"));
            MessageProducer producer = session.createProducer(null);
            for (int i = 0; i < 5; i++) {
                producer.send(in, session.createTextMessage("" + i));
            }
            session.commit();
            MessageConsumer consumer = session.createConsumer(in);
            assertThat(OnBroker.next(consumer)).isEqualTo("0");
            assertThat(OnBroker.next(consumer)).isEqualTo("1");
            producer.send(out, session.createTextMessage("never"));
            session.rollback();

            for (int i = 0; i < 5; i++) {
                Message message = consumer.receive(OnBroker.SOON);
                assertThat(OnBroker.text(message)).isEqualTo("" + i);
                assertThat(message.getJMSRedelivered()).isEqualTo(i < 2);
            }
            session.commit();
            assertThat(connection.createSession().createConsumer(out).receiveNoWait())
                    .isNull();
        }
    }

    @EveryBroker
    void closingTheSessionRollsBack(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Connection connection = on.started();
            Session plain = connection.createSession();
            Session session = connection.createSession(Session.SESSION_TRANSACTED);
            Queue queue = session.createQueue(on.name("close"));
            plain.createProducer(queue).send(plain.createTextMessage("a"));
            assertThat(OnBroker.next(session.createConsumer(queue))).isEqualTo("a");
            session.createProducer(queue).send(session.createTextMessage("never"));
            session.close();
            MessageConsumer consumer = plain.createConsumer(queue);
            Message again = consumer.receive(OnBroker.SOON);
            assertThat(OnBroker.text(again)).isEqualTo("a");
            assertThat(again.getJMSRedelivered()).isTrue();
            assertThat(consumer.receiveNoWait()).isNull();
        }
    }

    @EveryBroker
    void aTransactionMayBeLargerThanThePrefetch(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started("?jms.prefetch=5").createSession(Session.SESSION_TRANSACTED);
            Queue queue = session.createQueue(on.name("large"));
            MessageProducer producer = session.createProducer(queue);
            for (int i = 0; i < 32; i++) {
                producer.send(session.createTextMessage("" + i));
            }
            session.commit();
            MessageConsumer consumer = session.createConsumer(queue);
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 32; i++) {
                    assertThat(OnBroker.next(consumer)).isEqualTo("" + i);
                }
                if (round == 0) {
                    session.rollback();
                }
            }
            session.commit();
            assertThat(consumer.receiveNoWait()).isNull();
        }
    }

    @EveryBroker
    void aListenerWorksThroughTransactionsLargerThanThePrefetch(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started("?jms.prefetch=3").createSession(Session.CLIENT_ACKNOWLEDGE);
            Queue queue = session.createQueue(on.name("unacknowledged"));
            MessageProducer producer = session.createProducer(queue);
            for (int i = 0; i < 20; i++) {
                producer.send(session.createTextMessage("" + i));
            }
            Rig.Inbox inbox = new Rig.Inbox();
            session.createConsumer(queue).setMessageListener(inbox::add);
            for (int i = 0; i < 20; i++) {
                assertThat(inbox.next().getText()).isEqualTo("" + i);
            }
        }
    }

    @EveryBroker
    void aSendThatNoQueueTakesRollsBackWhatWasReceived(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Connection connection = on.started();
            Session plain = connection.createSession();
            Session session = on.started("?jms.autoDeclare=false").createSession(Session.SESSION_TRANSACTED);
            Queue in = session.createQueue(on.name("in"));
            plain.createProducer(in).send(plain.createTextMessage("a"));
            MessageConsumer consumer = session.createConsumer(in);
            assertThat(OnBroker.next(consumer)).isEqualTo("a");
            session.createProducer(session.createQueue(on.name("missing"))).send(session.createMessage());
            assertThatThrownBy(session::commit).isInstanceOf(TransactionRolledBackException.class);
            assertThat(OnBroker.next(consumer)).isEqualTo("a");
            session.commit();
        }
    }
}
