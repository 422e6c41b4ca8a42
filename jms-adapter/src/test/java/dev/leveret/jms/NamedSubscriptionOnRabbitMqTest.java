package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.RequiresLocalRabbitMq;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import dev.leveret.testkit.local.LocalRabbitMq;
import jakarta.jms.Connection;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Durable, shared, and shared durable subscriptions on a broker without plugins. */
class NamedSubscriptionOnRabbitMqTest {

    private static void send(Session session, Topic topic, String... bodies) throws JMSException {
        MessageProducer producer = session.createProducer(topic);
        for (String body : bodies) {
            producer.send(session.createTextMessage(body));
        }
        producer.close();
    }

    @Test
    @RequiresRabbitMq
    void aDurableSubscriptionGetsWhatIsPublishedWhileNobodyConsumes(Broker broker) throws Exception {
        for (String type : List.of("classic", "quorum")) {
            try (OnBroker on = new OnBroker(broker)) {
                String client = "?jms.queueType=" + type + "&jms.clientId=" + on.name("client");
                Connection first = on.factory(client).createConnection();
                first.start();
                Session session = first.createSession();
                Topic topic = session.createTopic(on.name("t"));
                MessageConsumer consumer = session.createDurableConsumer(topic, "s");
                send(session, topic, "a");
                assertThat(OnBroker.next(consumer)).isEqualTo("a");
                consumer.close();
                send(session, topic, "b");
                first.close();
                Session another = on.started().createSession();
                send(another, topic, "c");

                Connection again = on.started(client);
                Session its = again.createSession();
                consumer = its.createDurableSubscriber(topic, "s");
                assertThat(OnBroker.next(consumer)).isEqualTo("b");
                assertThat(OnBroker.next(consumer)).isEqualTo("c");
                assertThat(consumer.receiveNoWait()).isNull();
                consumer.close();
                its.unsubscribe("s");
                assertThatThrownBy(() -> its.unsubscribe("s")).isInstanceOf(InvalidDestinationException.class);
                send(another, topic, "d");
                consumer = its.createDurableConsumer(topic, "s");
                assertThat(consumer.receiveNoWait()).isNull();
                consumer.close();
                its.unsubscribe("s");
            }
        }
    }

    @Test
    @RequiresRabbitMq
    void anotherTopicOrSelectorDropsWhatTheOldOneHadAndGets(Broker broker) throws Exception {
        for (String type : List.of("classic", "quorum")) {
            try (OnBroker on = new OnBroker(broker)) {
                Session session = on.started("?jms.queueType=" + type + "&jms.clientId=" + on.name("client"))
                        .createSession();
                Topic old = session.createTopic(on.name("old"));
                Topic now = session.createTopic(on.name("new"));
                session.createDurableConsumer(old, "s").close();
                send(session, old, "dropped");
                MessageConsumer consumer = session.createDurableConsumer(now, "s");
                send(session, old, "not subscribed to");
                send(session, now, "a");
                assertThat(OnBroker.next(consumer)).isEqualTo("a");
                assertThat(consumer.receiveNoWait()).isNull();
                consumer.close();
                send(session, now, "dropped");
                consumer = session.createDurableConsumer(now, "s", "JMSPriority > 3", false);
                send(session, now, "b");
                assertThat(OnBroker.next(consumer)).isEqualTo("b");
                assertThat(consumer.receiveNoWait()).isNull();
                consumer.close();
                send(session, now, "kept");
                consumer = session.createDurableConsumer(now, "s", "JMSPriority > 3", false);
                assertThat(OnBroker.next(consumer)).isEqualTo("kept");
                consumer.close();
                session.unsubscribe("s");
            }
        }
    }

    @Test
    @RequiresRabbitMq
    void aConsumerElsewhereKeepsASubscription(Broker broker) throws Exception {
        for (String type : List.of("classic", "quorum")) {
            try (OnBroker on = new OnBroker(broker)) {
                String options = "?jms.checkClientId=false&jms.queueType=" + type + "&jms.clientId=" + on.name("c");
                Session here = on.started(options).createSession();
                // Not started: it counts all the same.
                Session there =
                        on.opened(on.factory(options).createConnection()).createSession();
                Topic topic = here.createTopic(on.name("t"));
                MessageConsumer active = there.createDurableConsumer(topic, "s");
                there.createSharedDurableConsumer(topic, "shared");
                Topic other = here.createTopic(on.name("u"));
                refused(() -> here.createDurableConsumer(topic, "s"), "active consumer");
                refused(() -> here.createDurableConsumer(other, "s"), "active consumer");
                refused(() -> here.unsubscribe("s"), "active consumer");
                refused(() -> here.createSharedDurableConsumer(other, "shared"), "active consumer");
                refused(() -> here.createSharedDurableConsumer(topic, "s"), "not shared");
                refused(() -> here.createDurableConsumer(topic, "shared"), "is shared");
                active.close();
                here.createDurableConsumer(topic, "s").close();
                here.unsubscribe("s");
                here.createSharedDurableConsumer(topic, "shared").close();
                there.close();
                here.unsubscribe("shared");
            }
        }
    }

    private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String because) {
        assertThatThrownBy(call).isInstanceOf(JMSException.class).hasMessageContaining(because);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @RequiresRabbitMq
    void consumersOfTwoConnectionsShareTheMessages(boolean durable, Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session one = on.started("?jms.prefetch=1").createSession();
            Session two = on.started("?jms.prefetch=1").createSession();
            Topic topic = one.createTopic(on.name("t"));
            String name = on.name("odd / ~%\n name");
            MessageConsumer first =
                    durable ? one.createSharedDurableConsumer(topic, name) : one.createSharedConsumer(topic, name);
            MessageConsumer second =
                    durable ? two.createSharedDurableConsumer(topic, name) : two.createSharedConsumer(topic, name);
            send(one, topic, "a", "b", "c", "d");
            // Each has got one, and gets no more until it has taken that.
            List<String> got = new ArrayList<>(List.of(OnBroker.next(first), OnBroker.next(second)));
            first.close();
            got.add(OnBroker.next(second));
            got.add(OnBroker.next(second));
            assertThat(got).containsExactlyInAnyOrder("a", "b", "c", "d");
            send(one, topic, "e");
            assertThat(OnBroker.next(second)).isEqualTo("e");
            second.close();
            if (!durable) {
                // The broker refuses what it has routed to a queue that is about to end.
                awaitEnd(on, name.replace("/", "%002f").replace("~", "%007e").replace("%\n", "%0025%000a"));
            }
            send(one, topic, "f");
            MessageConsumer third =
                    durable ? two.createSharedDurableConsumer(topic, name) : two.createSharedConsumer(topic, name);
            send(one, topic, "g");
            assertThat(OnBroker.next(third)).isEqualTo(durable ? "f" : "g");
            third.close();
            if (durable) {
                two.unsubscribe(name);
            }
        }
    }

    @Test
    @RequiresRabbitMq
    void aSharedSubscriptionEndsWithItsLastConsumerAndMayThenBeAnother(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            String name = on.name("s");
            Topic topic = session.createTopic(on.name("t"));
            Topic other = session.createTopic(on.name("u"));
            MessageConsumer first = session.createSharedConsumer(topic, name);
            refused(() -> session.createSharedConsumer(other, name), "active consumer");
            first.close();
            MessageConsumer second = session.createSharedConsumer(other, name, "JMSPriority = 4");
            send(session, topic, "no");
            send(session, other, "yes");
            assertThat(OnBroker.next(second)).isEqualTo("yes");
            second.close();
            awaitEnd(on, name);
        }
    }

    /** Waits until nothing is left of a shared subscription of no client identifier; the broker deletes it by the way. */
    private static void awaitEnd(OnBroker on, String name) {
        for (boolean there = true; there; ) {
            try {
                on.channel().declareExchangePassive("jms.shared./" + name);
            } catch (ChannelClosedException e) {
                assertThat(e.replyCode()).isEqualTo(404);
                there = false;
            }
        }
    }

    /** Each round all want the same name, for one of two topics: whoever gets it has messages of its own topic only. */
    @Test
    @RequiresRabbitMq
    void thoseWhoReplaceEachOthersSubscriptionLeaveNothingBehind(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            String name = on.name("s");
            List<Topic> topics = new ArrayList<>();
            List<Session> sessions = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                sessions.add(on.started().createSession());
                topics.add(sessions.get(i).createTopic(on.name("t" + i)));
            }
            ExecutorService threads = Executors.newFixedThreadPool(3);
            try {
                for (int round = 0; round < 5; round++) {
                    List<Callable<Integer>> races = new ArrayList<>();
                    for (int i = 0; i < 3; i++) {
                        int who = i;
                        races.add(() -> {
                            try {
                                sessions.get(who)
                                        .createSharedDurableConsumer(topics.get(who), name)
                                        .close();
                                return who;
                            } catch (JMSException e) {
                                assertThat(e).hasMessageContaining("active consumer");
                                return -1;
                            }
                        });
                    }
                    for (Future<Integer> race : threads.invokeAll(races)) {
                        race.get();
                    }
                    MessageConsumer consumer = sessions.get(0).createSharedDurableConsumer(topics.get(round % 3), name);
                    for (Topic topic : topics) {
                        send(sessions.get(0), topic, topic.getTopicName());
                    }
                    assertThat(OnBroker.next(consumer))
                            .isEqualTo(topics.get(round % 3).getTopicName());
                    assertThat(consumer.receiveNoWait()).isNull();
                    consumer.close();
                }
            } finally {
                threads.shutdown();
            }
            sessions.get(0).unsubscribe(name);
        }
    }

    @Test
    @RequiresRabbitMq
    void noLocalLeavesOutMessagesOfTheClientIdentifierAlsoOfEarlierConnections(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            String client = "?jms.clientId=" + on.name("client");
            Connection first = on.factory(client).createConnection();
            Session session = first.createSession();
            Topic topic = session.createTopic(on.name("t"));
            session.createDurableConsumer(topic, "s", null, true).close();
            send(session, topic, "own");
            first.close();
            send(on.started().createSession(), topic, "another's");
            Session again = on.started(client).createSession();
            MessageConsumer consumer = again.createDurableConsumer(topic, "s", null, true);
            send(again, topic, "own again");
            assertThat(OnBroker.next(consumer)).isEqualTo("another's");
            assertThat(consumer.receiveNoWait()).isNull();
            consumer.close();
            again.unsubscribe("s");
        }
    }

    @Test
    @RequiresRabbitMq
    void aTransactionLargerThanThePrefetchConsumesFromADurableSubscription(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Connection connection = on.started("?jms.prefetch=2&jms.clientId=" + on.name("client"));
            Session session = connection.createSession(Session.SESSION_TRANSACTED);
            Topic topic = session.createTopic(on.name("t"));
            MessageConsumer consumer = session.createDurableConsumer(topic, "s");
            send(session, topic, "a", "b", "c", "d", "e");
            session.commit();
            for (String body : List.of("a", "b", "c", "d", "e")) {
                assertThat(OnBroker.next(consumer)).isEqualTo(body);
            }
            refused(() -> connection.createSession().createDurableConsumer(topic, "s"), "active consumer");
            session.commit();
            consumer.close();
            session.unsubscribe("s");
        }
    }

    @Test
    @RequiresRabbitMq
    void aLostConnectionBringsBackItsConsumersAndNothingThatOthersHaveEnded(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker);
                ThroughProxy line = new ThroughProxy(broker)) {
            String name = on.name("s");
            Session session = line.started("").createSession();
            Topic topic = session.createTopic(on.name("t"));
            Topic other = session.createTopic(on.name("u"));
            MessageConsumer durable = session.createSharedDurableConsumer(topic, name);
            MessageConsumer shared = session.createSharedConsumer(topic, name);
            session.createSharedDurableConsumer(topic, name + "ended").close();
            session.createSharedDurableConsumer(topic, name + "replaced").close();
            Session another = on.started().createSession();
            another.unsubscribe(name + "ended");
            MessageConsumer replaced = another.createSharedDurableConsumer(other, name + "replaced");

            line.cut();

            send(another, topic, "a");
            assertThat(OnBroker.next(durable)).isEqualTo("a");
            assertThat(OnBroker.next(shared)).isEqualTo("a");
            assertThat(replaced.receiveNoWait()).isNull();
            assertThatThrownBy(() -> another.unsubscribe(name + "ended"))
                    .isInstanceOf(InvalidDestinationException.class);
            replaced.close();
            durable.close();
            another.unsubscribe(name + "replaced");
            another.unsubscribe(name);
        }
    }

    @Test
    @RequiresLocalRabbitMq
    void durableSubscriptionsAndDelayedMessagesSurviveARestartOfTheBroker() throws Exception {
        try (LocalRabbitMq node = LocalRabbitMq.start()) {
            String uri = node.uri() + "?jms.clientId=c";
            try (Connection connection = new LeveretConnectionFactory(uri).createConnection()) {
                Session session = connection.createSession();
                Topic topic = session.createTopic("t");
                session.createDurableConsumer(topic, "s").close();
                send(session, topic, "before");
                MessageProducer delayed = session.createProducer(topic);
                delayed.setDeliveryDelay(2_000);
                delayed.send(session.createTextMessage("delayed"));
            }
            node.restart();
            try (Connection connection = new LeveretConnectionFactory(uri).createConnection()) {
                connection.start();
                Session session = connection.createSession();
                MessageConsumer consumer = session.createDurableConsumer(session.createTopic("t"), "s");
                assertThat(List.of(OnBroker.next(consumer), OnBroker.next(consumer)))
                        .containsExactlyInAnyOrder("before", "delayed");
                refused(() -> session.createDurableConsumer(session.createTopic("u"), "s"), "active consumer");
            }
        }
    }
}
