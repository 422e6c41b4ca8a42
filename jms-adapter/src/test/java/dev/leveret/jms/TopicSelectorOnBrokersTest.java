package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.Topic;

class TopicSelectorOnBrokersTest {

    private static void send(Session session, Topic topic, int from, int to) throws Exception {
        MessageProducer producer = session.createProducer(topic);
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        for (int n = from; n < to; n++) {
            Message message = session.createTextMessage("m" + n);
            message.setIntProperty("n", n);
            producer.send(message);
        }
    }

    @EveryBroker
    void aSubscriberGetsWhatMatchesHoweverMuchIsBefore(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started("?jms.prefetch=3").createSession(Session.CLIENT_ACKNOWLEDGE);
            Topic topic = session.createTopic(on.name("few"));
            MessageConsumer some = session.createConsumer(topic, "n BETWEEN 200 AND 299 AND n / 10 * 10 = n");
            MessageConsumer all = session.createConsumer(topic);
            send(session, topic, 0, 300);
            for (int n = 200; n < 300; n += 10) {
                assertThat(OnBroker.next(some)).isEqualTo("m" + n);
            }
            assertThat(some.receiveNoWait()).isNull();
            for (int n = 0; n < 300; n++) {
                assertThat(OnBroker.next(all)).isEqualTo("m" + n);
            }
            session.recover();
            assertThat(OnBroker.next(some)).isEqualTo("m200");
        }
    }

    @EveryBroker
    void receiveNoWaitLooksBehindWhatItDoesNotWant(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started("?jms.prefetch=1").createSession();
            Topic topic = session.createTopic(on.name("behind"));
            MessageConsumer last = session.createConsumer(topic, "n = 99");
            MessageConsumer barrier = session.createConsumer(topic, "n = 99");
            send(session, topic, 0, 100);
            assertThat(OnBroker.next(barrier)).isEqualTo("m99");
            assertThat(OnBroker.text(last.receiveNoWait())).isEqualTo("m99");
        }
    }

    @EveryBroker
    void noLocalLeavesOutOneConnectionsOwn(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            Topic topic = session.createTopic(on.name("no-local"));
            MessageConsumer foreign = session.createConsumer(topic, null, true);
            MessageConsumer all = session.createConsumer(topic);
            Session other = on.started().createSession();
            // Persistent ones, which are confirmed, so that one is there before the other is sent.
            session.createProducer(topic).send(session.createTextMessage("m0"));
            other.createProducer(topic).send(other.createTextMessage("m1"));
            assertThat(OnBroker.next(foreign)).isEqualTo("m1");
            assertThat(foreign.receiveNoWait()).isNull();
            assertThat(OnBroker.next(all)).isEqualTo("m0");
            assertThat(OnBroker.next(all)).isEqualTo("m1");
        }
    }
}
