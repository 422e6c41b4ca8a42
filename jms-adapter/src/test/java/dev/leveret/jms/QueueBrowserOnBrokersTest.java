package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.jms.message.JmsMessage;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageNotWriteableException;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QueueBrowserOnBrokersTest {

    private static void send(Session session, Queue queue, int messages) throws JMSException {
        for (int i = 0; i < messages; i++) {
            TextMessage message = session.createTextMessage("m" + i);
            message.setIntProperty("n", i);
            session.createProducer(queue).send(message);
        }
    }

    /** What other brokers' queues are cannot be found out. */
    private static String allowed(OnBroker on) {
        return "jms.browseAnyQueue=" + !on.isRabbitMq();
    }

    private static List<String> texts(QueueBrowser browser) throws JMSException {
        List<String> texts = new ArrayList<>();
        for (Enumeration<?> all = browser.getEnumeration(); all.hasMoreElements(); ) {
            texts.add(((TextMessage) all.nextElement()).getText());
        }
        return texts;
    }

    @EveryBroker
    void messagesStayInTheirPlacesHoweverOftenTheyAreLookedAt(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started("?" + allowed(on)).createSession();
            Queue queue = session.createQueue(on.name("browsed"));
            QueueBrowser browser = session.createBrowser(queue);
            assertThat(texts(browser)).isEmpty();
            send(session, queue, 100);
            List<String> all = texts(browser);
            assertThat(all).hasSize(100).startsWith("m0", "m1").endsWith("m99");
            assertThat(texts(browser)).isEqualTo(all);
            assertThat(texts(session.createBrowser(queue, "n BETWEEN 3 AND 5"))).containsExactly("m3", "m4", "m5");
            MessageConsumer consumer = session.createConsumer(queue);
            for (String text : all) {
                assertThat(OnBroker.next(consumer)).isEqualTo(text);
            }
            assertThat(texts(browser)).isEmpty();
        }
    }

    @EveryBroker
    void anEnumerationHasAsManyAsAreAllowed(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session =
                    on.started("?jms.browserMaxMessages=3&" + allowed(on)).createSession();
            Queue queue = session.createQueue(on.name("long"));
            send(session, queue, 5);
            assertThat(texts(session.createBrowser(queue))).containsExactly("m0", "m1", "m2");
        }
    }

    @EveryBroker
    void whatAnotherConsumerHasIsNotSeen(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Connection connection = on.started("?jms.prefetch=1&" + allowed(on));
            Session taking = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
            Session session = connection.createSession();
            Queue queue = session.createQueue(on.name("shared"));
            send(session, queue, 3);
            assertThat(OnBroker.next(taking.createConsumer(queue))).isEqualTo("m0");
            // Some brokers have sent it more than its prefetch.
            assertThat(texts(session.createBrowser(queue))).doesNotContain("m0").endsWith("m2");
            taking.close();
            assertThat(texts(session.createBrowser(queue))).containsExactly("m0", "m1", "m2");
        }
    }

    @EveryBroker
    void aMessageThatIsLookedAtIsReadOnly(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started("?" + allowed(on)).createSession();
            Queue queue = session.createQueue(on.name("read-only"));
            send(session, queue, 1);
            TextMessage message =
                    (TextMessage) session.createBrowser(queue).getEnumeration().nextElement();
            assertThat(message).isInstanceOf(JmsMessage.class);
            assertThat(message.getJMSDestination()).isEqualTo(queue);
            assertThatThrownBy(() -> message.setText("x")).isInstanceOf(MessageNotWriteableException.class);
            message.acknowledge();
            assertThat(texts(session.createBrowser(queue))).containsExactly("m0");
        }
    }

    @Test
    @RequiresRabbitMq
    void aQuorumQueueIsBrowsedWhereThatDoesNotCount(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started("?jms.queueType=quorum").createSession();
            Queue queue = session.createQueue(on.name("quorum"));
            send(session, queue, 50);
            QueueBrowser browser = session.createBrowser(queue);
            boolean free = isRabbitMq43(on);
            if (free) {
                for (int i = 0; i < 30; i++) {
                    assertThat(texts(browser))
                            .hasSize(50)
                            .startsWith("m0", "m1")
                            .endsWith("m49");
                }
            } else {
                assertThatThrownBy(browser::getEnumeration).hasMessageContaining("jms.browseAnyQueue");
                Session any = on.started("?jms.browseAnyQueue=true").createSession();
                assertThat(texts(any.createBrowser(queue)))
                        .hasSize(50)
                        .startsWith("m0", "m1")
                        .endsWith("m49");
            }
            MessageConsumer consumer = session.createConsumer(queue);
            for (int i = 0; i < 50; i++) {
                Message message = consumer.receive(OnBroker.SOON);
                assertThat(OnBroker.text(message)).isEqualTo("m" + i);
                assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(free ? 1 : 2);
            }
        }
    }

    @Test
    @RequiresRabbitMq
    void aQueueThatDeletesItselfIsLeftAlone(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started("?jms.browseAnyQueue=true").createSession();
            String name = on.name("self-deleting");
            on.channel().declareQueue(new QueueSpec(name, true, false, true, Map.of()));
            Queue queue = session.createQueue(name);
            send(session, queue, 1);
            QueueBrowser browser = session.createBrowser(queue);
            assertThatThrownBy(browser::getEnumeration).hasMessageContaining("is deleted when it has no consumer");
            assertThat(OnBroker.next(session.createConsumer(queue))).isEqualTo("m0");
        }
    }

    private static boolean isRabbitMq43(OnBroker on) {
        String[] version = on.version().split("\\.");
        int major = Integer.parseInt(version[0]);
        return major > 4 || (major == 4 && Integer.parseInt(version[1]) >= 3);
    }
}
