package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class QueueSelectorOnRabbitMqTest {

    /** Sends messages 0 to count - 1, whose property {@code colour} is one of these in turn. */
    private static void send(Session session, Queue queue, int count, String... colours) throws JMSException {
        MessageProducer producer = session.createProducer(queue);
        for (int n = 0; n < count; n++) {
            Message message = session.createTextMessage(colours[n % colours.length] + n);
            message.setStringProperty("colour", colours[n % colours.length]);
            message.setIntProperty("n", n);
            producer.send(message);
        }
        producer.close();
    }

    private static List<String> receive(MessageConsumer consumer, int count) throws JMSException {
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            bodies.add(OnBroker.next(consumer));
        }
        return bodies;
    }

    @Test
    @RequiresRabbitMq
    void whatMatchesIsReceivedAndTheRestStaysInItsOrder(Broker broker) throws Exception {
        for (int mode : new int[] {
            Session.AUTO_ACKNOWLEDGE,
            Session.DUPS_OK_ACKNOWLEDGE,
            Session.CLIENT_ACKNOWLEDGE,
            Session.SESSION_TRANSACTED
        }) {
            try (OnBroker on = new OnBroker(broker)) {
                Session sending = on.started().createSession();
                Queue queue = sending.createQueue(on.name("rest"));
                send(sending, queue, 9, "red", "blue", "green");
                Session session = on.started().createSession(mode);
                MessageConsumer reds = session.createConsumer(queue, "colour = 'red'");
                assertThat(reds.getMessageSelector()).isEqualTo("colour = 'red'");
                assertThat(receive(reds, 2)).containsExactly("red0", "red3");
                Message last = reds.receive(OnBroker.SOON);
                assertThat(reds.receiveNoWait()).isNull();
                if (mode == Session.CLIENT_ACKNOWLEDGE) {
                    last.acknowledge();
                } else if (mode == Session.SESSION_TRANSACTED) {
                    session.commit();
                }
                reds.close();
                MessageConsumer rest = session.createConsumer(queue);
                assertThat(receive(rest, 6)).containsExactly("blue1", "green2", "blue4", "green5", "blue7", "green8");
                assertThat(rest.receiveNoWait()).isNull();
            }
        }
    }

    @Test
    @RequiresRabbitMq
    void whatWasNotAcknowledgedReturnsWhenTheSessionCloses(Broker broker) throws Exception {
        for (int mode : new int[] {Session.CLIENT_ACKNOWLEDGE, Session.SESSION_TRANSACTED}) {
            try (OnBroker on = new OnBroker(broker)) {
                Session sending = on.started().createSession();
                Queue queue = sending.createQueue(on.name("unacknowledged"));
                send(sending, queue, 9, "red", "blue", "green");
                Connection connection = on.started();
                Session session = connection.createSession(mode);
                // Another one's consumer, so that the session does not end the sharing.
                MessageConsumer greens = connection.createSession().createConsumer(queue, "colour = 'green'");
                MessageConsumer reds = session.createConsumer(queue, "colour = 'red'");
                assertThat(receive(reds, 2)).containsExactly("red0", "red3");
                session.close();
                assertThat(receive(greens, 3)).containsExactly("green2", "green5", "green8");
                greens.close();
                MessageConsumer rest = sending.createConsumer(queue);
                assertThat(receive(rest, 6)).containsExactly("red0", "blue1", "red3", "blue4", "red6", "blue7");
            }
        }
    }

    @Test
    @RequiresRabbitMq
    void rolledBackMessagesComeAgainFirst(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession(Session.SESSION_TRANSACTED);
            Queue queue = session.createQueue(on.name("rollback"));
            send(session, queue, 6, "red", "blue");
            session.commit();
            MessageConsumer reds = session.createConsumer(queue, "colour = 'red'");
            assertThat(receive(reds, 2)).containsExactly("red0", "red2");
            session.rollback();
            Message again = reds.receive(OnBroker.SOON);
            assertThat(OnBroker.text(again)).isEqualTo("red0");
            assertThat(again.getJMSRedelivered()).isTrue();
            assertThat(receive(reds, 2)).containsExactly("red2", "red4");
            session.commit();
            assertThat(reds.receiveNoWait()).isNull();
        }
    }

    @Test
    @RequiresRabbitMq
    void consumersOfOneConnectionShareTheQueue(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Connection connection = on.started();
            Session session = connection.createSession();
            Queue queue = session.createQueue(on.name("share"));
            MessageConsumer reds = session.createConsumer(queue, "colour = 'red'");
            MessageConsumer odd = connection.createSession().createConsumer(queue, "n / 2 * 2 <> n");
            send(session, queue, 8, "red", "blue", "blue", "green");
            assertThat(receive(reds, 2)).containsExactly("red0", "red4");
            assertThat(receive(odd, 4)).containsExactly("blue1", "green3", "blue5", "green7");
            // One without selector gets what was held.
            MessageConsumer all = connection.createSession().createConsumer(queue);
            assertThat(receive(all, 2)).containsExactly("blue2", "blue6");
        }
    }

    @Test
    @RequiresRabbitMq
    void consumersOfTwoConnectionsGiveEachOtherWhatTheyDoNotWant(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session one = on.started().createSession();
            Session two = on.started().createSession();
            Queue queue = one.createQueue(on.name("two"));
            MessageConsumer reds = one.createConsumer(queue, "colour = 'red'");
            MessageConsumer blues = two.createConsumer(queue, "colour = 'blue'");
            send(one, queue, 40, "red", "blue");
            assertThat(receive(reds, 20)).allMatch(it -> it.startsWith("red")).doesNotHaveDuplicates();
            assertThat(receive(blues, 20)).allMatch(it -> it.startsWith("blue")).doesNotHaveDuplicates();
        }
    }

    @Test
    @RequiresRabbitMq
    void aListenerGetsWhatMatchesAndMayThrow(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Connection connection = on.started();
            Session session = connection.createSession();
            Queue queue = session.createQueue(on.name("listener"));
            BlockingQueue<String> got = new LinkedBlockingQueue<>();
            session.createConsumer(queue, "colour = 'red'").setMessageListener(message -> {
                String text = Unchecked.get(((TextMessage) message)::getText);
                if (text.equals("red2") && !Unchecked.get(message::getJMSRedelivered)) {
                    throw new IllegalStateException("once");
                }
                got.add(text);
            });
            send(connection.createSession(), queue, 6, "red", "blue");
            for (String expected : List.of("red0", "red2", "red4")) {
                assertThat(got.poll(OnBroker.SOON, TimeUnit.MILLISECONDS)).isEqualTo(expected);
            }
        }
    }

    @Test
    @RequiresRabbitMq
    void aMatchIsFoundBehindManyThatAreNone(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started("?jms.prefetch=3").createSession();
            Queue queue = session.createQueue(on.name("behind"));
            send(session, queue, 300, "blue");
            send(session, queue, 1, "red");
            MessageConsumer reds = session.createConsumer(queue, "colour = 'red'");
            assertThat(OnBroker.text(reds.receiveNoWait())).isEqualTo("red0");
            MessageConsumer greens = session.createConsumer(queue, "colour = 'green'");
            assertThat(greens.receiveNoWait()).isNull();
        }
    }

    @Test
    @RequiresRabbitMq
    void aLargeTransactionTakesMoreThanThePrefetch(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started("?jms.prefetch=3").createSession(Session.SESSION_TRANSACTED);
            Queue queue = session.createQueue(on.name("large"));
            send(session, queue, 60, "red", "blue");
            session.commit();
            MessageConsumer reds = session.createConsumer(queue, "colour = 'red'");
            assertThat(receive(reds, 30)).first().isEqualTo("red0");
            session.commit();
            assertThat(reds.receiveNoWait()).isNull();
        }
    }

    @Test
    @RequiresRabbitMq
    void repliesOnASharedQueueReachWhoAsked(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Queue replies = on.started().createSession().createQueue(on.name("replies"));
            List<MessageConsumer> waiting = new ArrayList<>();
            for (int connection = 0; connection < 2; connection++) {
                Session session = on.started().createSession();
                for (int n = 0; n < 10; n++) {
                    String id = connection + "-" + n;
                    waiting.add(session.createConsumer(replies, "JMSCorrelationID = '" + id + "'"));
                }
            }
            Session replier = on.started().createSession();
            MessageProducer producer = replier.createProducer(replies);
            for (int n = 0; n < 10; n++) {
                for (int connection = 0; connection < 2; connection++) {
                    Message reply = replier.createTextMessage(connection + "-" + n);
                    reply.setJMSCorrelationID(connection + "-" + n);
                    producer.send(reply);
                }
            }
            for (int i = 0; i < 20; i++) {
                assertThat(OnBroker.next(waiting.get(i))).isEqualTo(i / 10 + "-" + i % 10);
            }
        }
    }

    @Test
    @RequiresRabbitMq
    void aConnectionThatWasNotStartedTakesNothing(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Connection stopped = on.opened(on.factory("").createConnection());
            Session session = stopped.createSession();
            Queue queue = session.createQueue(on.name("stopped"));
            MessageConsumer reds = session.createConsumer(queue, "colour = 'red'");
            Session started = on.started().createSession();
            send(started, queue, 2, "red", "blue");
            assertThat(receive(started.createConsumer(queue), 2)).containsExactly("red0", "blue1");
            assertThat(reds.receive(1)).isNull();
        }
    }

    @Test
    @RequiresRabbitMq
    void aTemporaryQueueMayBeSelectedFrom(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            Queue queue = session.createTemporaryQueue();
            send(session, queue, 4, "red", "blue");
            MessageConsumer blues = session.createConsumer(queue, "colour = 'blue'");
            assertThat(receive(blues, 2)).containsExactly("blue1", "blue3");
            blues.close();
            MessageConsumer reds = session.createConsumer(queue, "colour = 'red'");
            assertThat(receive(reds, 2)).containsExactly("red0", "red2");
        }
    }

    @Test
    @RequiresRabbitMq
    void aDeletedQueueEndsItsConsumers(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            Queue queue = session.createQueue(on.name("deleted"));
            MessageConsumer reds = session.createConsumer(queue, "colour = 'red'");
            on.channel().deleteQueue(queue.getQueueName());
            assertThatThrownBy(() -> reds.receive(OnBroker.SOON)).isInstanceOf(JMSException.class);
            reds.close();
            MessageConsumer again = session.createConsumer(queue, "colour = 'red'");
            send(session, queue, 2, "blue", "red");
            assertThat(OnBroker.next(again)).isEqualTo("red1");
        }
    }

    private static boolean countsReturns(Connection connection) {
        return connection.toString().matches(".*RabbitMQ ([0-3]|4\\.[0-2])\\..*");
    }

    @Test
    @RequiresRabbitMq
    void aQuorumQueueIsRefusedWhereReturnsCountAndUnharmedWhereTheyDoNot(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Connection connection = on.started();
            Session session = connection.createSession();
            Queue queue = session.createQueue(on.name("quorum"));
            on.channel().declareQueue(QueueSpec.quorum(queue.getQueueName()).withArgument("x-delivery-limit", 3));
            send(session, queue, 20, "red", "blue");
            if (countsReturns(connection)) {
                assertThatThrownBy(() -> session.createConsumer(queue, "colour = 'red'"))
                        .isInstanceOf(JMSException.class)
                        .hasMessageContaining("is a quorum queue, and this is RabbitMQ")
                        .hasMessageContaining("delivery limit");
            } else {
                for (int round = 0; round < 5; round++) {
                    MessageConsumer greens = session.createConsumer(queue, "colour = 'green'");
                    assertThat(greens.receiveNoWait()).isNull();
                    greens.close();
                }
                MessageConsumer reds = session.createConsumer(queue, "colour = 'red'");
                assertThat(receive(reds, 10)).first().isEqualTo("red0");
                reds.close();
            }
            MessageConsumer rest = session.createConsumer(queue);
            List<String> left = receive(rest, countsReturns(connection) ? 20 : 10);
            assertThat(left).isSortedAccordingTo((a, b) -> number(a) - number(b));
            assertThat(rest.receiveNoWait()).isNull();
        }
    }

    private static int number(String body) {
        return Integer.parseInt(body.replaceAll("\\D", ""));
    }

    @Test
    @RequiresRabbitMq
    void classicQueuesOfAnyMakingAreRecognized(Broker broker) throws Exception {
        List<QueueSpec> queues;
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            Channel channel = on.channel();
            queues = List.of(
                    new QueueSpec(on.name("plain"), true, false, false, Map.of()),
                    new QueueSpec(on.name("transient"), false, false, false, Map.of()),
                    new QueueSpec(on.name("lazy"), true, false, false, Map.of("x-queue-mode", "lazy")),
                    new QueueSpec(on.name("priority"), true, false, false, Map.of("x-max-priority", 9)),
                    new QueueSpec(
                            on.name("more"),
                            true,
                            false,
                            false,
                            Map.of(
                                    "x-message-ttl",
                                    60_000,
                                    "x-expires",
                                    60_000,
                                    "x-dead-letter-exchange",
                                    "it's \"here\"",
                                    "x-single-active-consumer",
                                    true,
                                    "x-max-length-bytes",
                                    5_000_000_000L)));
            for (QueueSpec spec : queues) {
                channel.declareQueue(spec);
                Queue queue = session.createQueue(spec.name());
                MessageConsumer reds = session.createConsumer(queue, "colour = 'red'");
                send(session, queue, 2, "blue", "red");
                assertThat(OnBroker.next(reds)).isEqualTo("red1");
            }
        }
    }

    @Test
    @RequiresRabbitMq
    void aQueueThatWouldEndInAPauseIsRefused(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            Channel channel = on.channel();
            for (QueueSpec spec : List.of(
                    new QueueSpec(on.name("auto-delete"), true, false, true, Map.of()),
                    new QueueSpec(on.name("transient"), false, false, true, Map.of()),
                    new QueueSpec(on.name("expires"), true, false, false, Map.of("x-expires", 5_000)),
                    new QueueSpec(
                            on.name("both"), true, false, false, Map.of("x-max-priority", 9, "x-expires", 5_000)))) {
                channel.declareQueue(spec);
                Queue queue = session.createQueue(spec.name());
                assertThatThrownBy(() -> session.createConsumer(queue, "colour = 'red'"))
                        .isInstanceOf(JMSException.class)
                        .hasMessageContaining("is deleted when it has no consumer");
            }
        }
    }

    @Test
    @RequiresRabbitMq
    void aStreamKeepsWhatIsNotWanted(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            Queue queue = session.createQueue(on.name("stream"));
            on.channel().declareQueue(QueueSpec.stream(queue.getQueueName()));
            MessageConsumer reds = session.createConsumer(queue, "colour = 'red'");
            MessageConsumer blues = session.createConsumer(queue, "colour = 'blue'");
            send(session, queue, 6, "red", "blue", "green");
            assertThat(receive(reds, 2)).containsExactly("red0", "red3");
            assertThat(receive(blues, 2)).containsExactly("blue1", "blue4");
        }
    }
}
