package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import jakarta.jms.CompletionListener;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

class CompletionListenerOnBrokersTest {

    private static final class Told implements CompletionListener {

        private final List<String> all = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void onCompletion(Message message) {
            all.add(number(message) + " sent");
        }

        @Override
        public void onException(Message message, Exception exception) {
            all.add(number(message) + " " + exception.getClass().getSimpleName());
        }

        private static String number(Message message) {
            try {
                return message.getStringProperty("number");
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    private static Message numbered(Session session, int number) throws Exception {
        Message message = session.createTextMessage("m" + number);
        message.setIntProperty("number", number);
        return message;
    }

    @EveryBroker
    void closingTheSessionTellsOfAllMessagesInTheirOrder(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Told told = new Told();
            Session session = on.started().createSession();
            Queue queue = session.createQueue(on.name("async"));
            MessageProducer producer = session.createProducer(queue);
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                producer.send(numbered(session, i), told);
                expected.add(i + " sent");
            }
            session.close();
            assertThat(told.all).isEqualTo(expected);

            MessageConsumer consumer = on.started().createSession().createConsumer(queue);
            for (int i = 0; i < 500; i++) {
                assertThat(OnBroker.next(consumer)).isEqualTo("m" + i);
            }
        }
    }

    @EveryBroker
    void aMessageThatNoQueueHasIsToldInItsPlace(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Told told = new Told();
            Session session = on.started("?jms.autoDeclare=false").createSession();
            Queue there = on.started().createSession().createTemporaryQueue();
            MessageProducer producer = session.createProducer(null);
            producer.send(there, numbered(session, 1), told);
            producer.send(session.createQueue(on.name("missing")), numbered(session, 2), told);
            producer.send(there, numbered(session, 3), told);
            producer.close();
            assertThat(told.all).containsExactly("1 sent", "2 InvalidDestinationException", "3 sent");
        }
    }
}
