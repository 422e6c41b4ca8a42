package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.Topic;
import java.util.List;

class TopicOnBrokersTest {

    @EveryBroker
    void everySubscriberGetsEveryMessage(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            Session other = on.started().createSession();
            Topic topic = session.createTopic(on.name("fan-out"));
            MessageConsumer first = session.createConsumer(topic);
            MessageConsumer second = other.createConsumer(topic);
            MessageProducer producer = session.createProducer(topic);
            for (String body : List.of("a", "b")) {
                producer.send(session.createTextMessage(body));
            }
            for (MessageConsumer consumer : List.of(first, second)) {
                Message message = consumer.receive(OnBroker.SOON);
                assertThat(OnBroker.text(message)).isEqualTo("a");
                assertThat(message.getJMSDestination()).isEqualTo(topic);
                assertThat(OnBroker.next(consumer)).isEqualTo("b");
            }
        }
    }

    @EveryBroker
    void aMessageWithoutSubscribersIsSentAndGone(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            Topic topic = session.createTopic(on.name("lonely"));
            session.createProducer(topic).send(session.createTextMessage("before"));
            MessageConsumer consumer = session.createConsumer(topic);
            session.createProducer(topic).send(session.createTextMessage("after"));
            assertThat(OnBroker.next(consumer)).isEqualTo("after");
            assertThat(consumer.receiveNoWait()).isNull();
        }
    }

    @EveryBroker
    void aPatternSubscribesToAllTopicsThatMatch(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            MessageConsumer consumer = session.createConsumer(session.createTopic(on.name("p") + ".*"));
            Topic matching = session.createTopic(on.name("p") + ".eur");
            session.createProducer(session.createTopic(on.name("q") + ".eur")).send(session.createTextMessage("no"));
            session.createProducer(matching).send(session.createTextMessage("yes"));
            Message message = consumer.receive(OnBroker.SOON);
            assertThat(OnBroker.text(message)).isEqualTo("yes");
            assertThat(message.getJMSDestination()).isEqualTo(matching);
        }
    }

    @EveryBroker
    void aTemporaryTopicReachesItsSubscriber(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            TemporaryTopic topic = session.createTemporaryTopic();
            MessageConsumer consumer = session.createConsumer(topic);
            Session other = on.started().createSession();
            other.createProducer(topic).send(other.createTextMessage("a"));
            assertThat(OnBroker.next(consumer)).isEqualTo("a");
            consumer.close();
            topic.delete();
        }
    }
}
