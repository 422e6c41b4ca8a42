package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import dev.leveret.testkit.proxy.Cut;
import dev.leveret.testkit.proxy.Direction;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.TransactionRolledBackException;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A program that sends, one that moves in transactions and one that listens, while the line of all three is cut again and
 * again: every message arrives, and every copy too many has been announced to somebody.
 */
class CutsAtRandomOnRabbitMqTest {

    private static final int CUTS = Integer.getInteger("leveret.jms.cuts", 12);

    private final AtomicInteger sent = new AtomicInteger();

    /** How often each number may have been sent to the first queue, and to the second. */
    private final Map<String, Integer> sends = new ConcurrentHashMap<>();

    private final Map<String, Integer> moves = new ConcurrentHashMap<>();

    /** The identifiers of the messages that the mover and the listener got, by number. */
    private final Map<String, Set<String>> moved = new ConcurrentHashMap<>();

    private final Map<String, Set<String>> heard = new ConcurrentHashMap<>();
    private final Map<String, String> unannounced = new ConcurrentHashMap<>();

    private volatile boolean sending = true;
    private volatile boolean moving = true;

    @ParameterizedTest
    @ValueSource(strings = {"classic", "quorum"})
    @RequiresRabbitMq
    void everyMessageArrivesAndEveryCopyIsAccountedFor(String type, Broker broker) throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try (OnBroker on = new OnBroker(broker);
                ThroughProxy cuttable = new ThroughProxy(broker)) {
            String in = on.name("in");
            String out = on.name("out");
            for (String queue : new String[] {in, out}) {
                on.channel().declareQueue(type.equals("quorum") ? unlimited(queue, broker) : QueueSpec.classic(queue));
            }
            Connection listener = cuttable.started("");
            Session listening = listener.createSession();
            listening.createConsumer(listening.createQueue(out)).setMessageListener(this::hear);
            Session moverSession = cuttable.started("?jms.prefetch=10").createSession(Session.SESSION_TRANSACTED);
            Session senderSession = cuttable.started("").createSession();
            Future<?> sender = threads.submit(() -> send(senderSession, in));
            Future<?> mover = threads.submit(() -> move(moverSession, in, out));
            cutAgainAndAgain(cuttable);
            sending = false;
            sender.get(60, TimeUnit.SECONDS);
            assertThat(sent.get()).isGreaterThan(CUTS);
            awaitAll();
            moving = false;
            mover.get(60, TimeUnit.SECONDS);
            check();
        } finally {
            threads.shutdownNow();
        }
    }

    /** Every cut counts as a failed delivery, so that the usual limit would end the messages that were there often. */
    private static QueueSpec unlimited(String queue, Broker broker) {
        QueueSpec quorum = QueueSpec.quorum(queue);
        return broker.version().startsWith("3.") ? quorum : quorum.withArgument("x-delivery-limit", -1);
    }

    private static void cutAgainAndAgain(ThroughProxy cuttable) throws InterruptedException {
        Random random = new Random();
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < CUTS; i++) {
            never.await(50 + random.nextInt(200), TimeUnit.MILLISECONDS);
            if (random.nextInt(3) == 0) {
                cuttable.proxy.cut(random.nextBoolean() ? Cut.RST : Cut.FIN);
            } else {
                Direction direction = random.nextBoolean() ? Direction.TO_BROKER : Direction.TO_CLIENT;
                cuttable.proxy.cutAfter(direction, 1 + random.nextInt(5_000), Cut.RST);
            }
        }
    }

    private Void send(Session session, String queue) throws JMSException {
        MessageProducer producer = session.createProducer(session.createQueue(queue));
        while (sending) {
            String number = "" + sent.incrementAndGet();
            boolean arrived = false;
            while (!arrived) {
                try {
                    producer.send(session.createTextMessage(number));
                    sends.merge(number, 1, Integer::sum);
                    arrived = true;
                } catch (JMSException e) {
                    if ("OUTCOME_UNKNOWN".equals(e.getErrorCode())) {
                        sends.merge(number, 1, Integer::sum);
                    }
                }
            }
        }
        return null;
    }

    private Void move(Session session, String in, String out) throws JMSException {
        MessageConsumer consumer = session.createConsumer(session.createQueue(in));
        MessageProducer producer = session.createProducer(session.createQueue(out));
        while (moving) {
            Message message = consumer.receive(200);
            if (message == null) {
                continue;
            }
            String number = OnBroker.text(message);
            note(moved, number, message);
            producer.send(session.createTextMessage(number));
            try {
                session.commit();
                moves.merge(number, 1, Integer::sum);
            } catch (TransactionRolledBackException e) {
                // It comes again, and nothing of it is there.
            } catch (JMSException e) {
                moves.merge(number, 1, Integer::sum);
            }
        }
        return null;
    }

    private void hear(Message message) {
        Unchecked.run(() -> note(heard, ((TextMessage) message).getText(), message));
    }

    private void note(Map<String, Set<String>> where, String number, Message message) throws JMSException {
        boolean isNew = where.computeIfAbsent(number, it -> ConcurrentHashMap.newKeySet())
                .add(message.getJMSMessageID());
        if (!isNew && !message.getJMSRedelivered()) {
            unannounced.put(number, message.getJMSMessageID());
        }
    }

    private void awaitAll() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (heard.size() < sent.get() && System.nanoTime() < end) {
            never.await(20, TimeUnit.MILLISECONDS);
        }
    }

    private void check() {
        Set<String> missing = new HashSet<>();
        for (int n = 1; n <= sent.get(); n++) {
            missing.add("" + n);
        }
        missing.removeAll(heard.keySet());
        assertThat(missing).as("sent and never heard").isEmpty();
        assertThat(unannounced).as("came again without being marked").isEmpty();
        moved.forEach((number, ids) -> assertThat(ids.size())
                .as("copies of %s in the first queue", number)
                .isLessThanOrEqualTo(sends.get(number)));
        heard.forEach((number, ids) -> assertThat(ids.size())
                .as("copies of %s in the second queue", number)
                .isLessThanOrEqualTo(moves.getOrDefault(number, 0)));
    }
}
