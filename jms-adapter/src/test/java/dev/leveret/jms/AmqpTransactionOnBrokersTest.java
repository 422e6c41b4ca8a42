package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import jakarta.jms.Connection;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TransactionRolledBackException;
import org.junit.jupiter.api.Test;

/** Transacted sessions whose sends are held by the broker. */
class AmqpTransactionOnBrokersTest {

    private static final String AMQP = "?jms.amqpTransactions=true";

    @EveryBroker
    void whatIsSentIsThereAfterTheCommitAndNotBefore(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Connection connection = on.started(AMQP);
            Session session = connection.createSession(Session.SESSION_TRANSACTED);
            Session other = on.started().createSession();
            Queue in = session.createQueue(on.name("in"));
            Queue out = session.createQueue(on.name("out"));
            other.createProducer(in).send(other.createTextMessage("a"));
            MessageConsumer consumer = session.createConsumer(in);
            MessageConsumer results = other.createConsumer(out);
            MessageProducer producer = session.createProducer(out);
            for (int round = 0; round < 2; round++) {
                if (round == 0) {
                    assertThat(OnBroker.next(consumer)).isEqualTo("a");
                }
                producer.send(session.createTextMessage("x" + round));
                assertThat(results.receiveNoWait()).isNull();
                session.commit();
                assertThat(OnBroker.next(results)).isEqualTo("x" + round);
            }
            assertThat(consumer.receiveNoWait()).isNull();
        }
    }

    @EveryBroker
    void aRollbackAndTheEndOfTheSessionDropWhatWasSent(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Connection connection = on.started(AMQP);
            Session session = connection.createSession(Session.SESSION_TRANSACTED);
            Session other = on.started().createSession();
            Queue out = session.createQueue(on.name("out"));
            MessageConsumer results = other.createConsumer(out);
            MessageProducer producer = session.createProducer(out);
            producer.send(session.createTextMessage("rolled back"));
            session.rollback();
            producer.send(session.createTextMessage("committed"));
            session.commit();
            producer.send(session.createTextMessage("left"));
            session.close();
            assertThat(OnBroker.next(results)).isEqualTo("committed");
            assertThat(results.receiveNoWait()).isNull();
        }
    }

    @Test
    @RequiresRabbitMq
    void whatNoQueueTakesIsToldAndTheInputComesAgain(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Connection connection = on.started(AMQP + "&jms.autoDeclare=false");
            Session session = connection.createSession(Session.SESSION_TRANSACTED);
            Session other = on.started().createSession();
            Queue in = session.createQueue(on.name("in"));
            Queue there = session.createQueue(on.name("there"));
            MessageConsumer results = other.createConsumer(there);
            other.createProducer(in).send(other.createTextMessage("a"));
            MessageConsumer consumer = session.createConsumer(in);
            assertThat(OnBroker.next(consumer)).isEqualTo("a");
            session.createProducer(there).send(session.createTextMessage("x"));
            session.createProducer(session.createQueue(on.name("missing"))).send(session.createTextMessage("y"));
            assertThatThrownBy(session::commit)
                    .isInstanceOf(TransactionRolledBackException.class)
                    .hasMessageContaining("missing")
                    .hasMessageContaining("1 of 2 messages were not sent, 1 were and remain");
            assertThat(OnBroker.next(results)).isEqualTo("x");
            assertThat(OnBroker.next(consumer)).isEqualTo("a");
            session.commit();
            assertThat(results.receiveNoWait()).isNull();
        }
    }

    @EveryBroker
    void aLossRollsItBackAndTheNextOneIsANewOne(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker);
                ThroughProxy cuttable = new ThroughProxy(broker)) {
            Session session = cuttable.started(AMQP).createSession(Session.SESSION_TRANSACTED);
            Session other = on.started().createSession();
            Queue out = session.createQueue(on.name("out"));
            MessageConsumer results = other.createConsumer(out);
            MessageProducer producer = session.createProducer(out);
            producer.send(session.createTextMessage("lost"));
            cuttable.cut();
            producer.send(session.createTextMessage("lost too"));
            assertThatThrownBy(session::commit)
                    .isInstanceOf(TransactionRolledBackException.class)
                    .hasMessageContaining("Nothing was sent");
            producer.send(session.createTextMessage("kept"));
            session.commit();
            assertThat(OnBroker.next(results)).isEqualTo("kept");
            assertThat(results.receiveNoWait()).isNull();
        }
    }
}
