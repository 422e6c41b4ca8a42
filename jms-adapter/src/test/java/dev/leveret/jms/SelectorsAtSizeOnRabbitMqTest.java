package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.PullConsumer;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Many messages of which one in a hundred matches. {@code -Dleveret.selectors.messages=50000} has more of them than the build
 * has time for; {@code -Dleveret.selectors.options=&jms.queueType=quorum} is for RabbitMQ 4.3.
 */
class SelectorsAtSizeOnRabbitMqTest {

    private static final int MESSAGES = Integer.getInteger("leveret.selectors.messages", 3_000);
    private static final int ONE_IN = 100;
    private static final String WANTED = "wanted = TRUE";
    private static final String OPTIONS =
            "?jms.selectorHold=60000" + System.getProperty("leveret.selectors.options", "");

    private static boolean isWanted(int n) {
        return n % ONE_IN == ONE_IN - 1;
    }

    private static List<Integer> wanted() {
        return IntStream.range(0, MESSAGES)
                .filter(SelectorsAtSizeOnRabbitMqTest::isWanted)
                .boxed()
                .toList();
    }

    private static void fill(Session session, Queue queue) throws JMSException {
        MessageProducer producer = session.createProducer(queue);
        for (int n = 0; n < MESSAGES; n++) {
            // The last send waits for its confirmation, and with it the others have been taken.
            producer.setDeliveryMode(n < MESSAGES - 1 ? DeliveryMode.NON_PERSISTENT : DeliveryMode.PERSISTENT);
            Message message = session.createTextMessage("m" + n);
            message.setIntProperty("n", n);
            message.setBooleanProperty("wanted", isWanted(n));
            producer.send(message);
        }
        producer.close();
    }

    /** Empties the queue and checks that everything is there, once and in order, that nobody wanted. */
    private static void requireTheRest(Channel channel, Queue queue) throws Exception {
        List<Integer> left = new ArrayList<>();
        int expected = MESSAGES - wanted().size();
        try (PullConsumer consumer =
                channel.pull(ConsumeOptions.of(queue.getQueueName()).withPrefetch(1_000))) {
            while (left.size() < expected) {
                Delivery delivery =
                        consumer.poll(Duration.ofMillis(OnBroker.SOON)).orElseThrow();
                left.add((Integer) delivery.properties().header("n"));
                delivery.ack();
            }
            assertThat(consumer.poll(Duration.ofMillis(200))).isEmpty();
        }
        if (OPTIONS.contains("quorum")) {
            // Which serves first what was returned, whatever its place was.
            left.sort(null);
        }
        assertThat(left)
                .isEqualTo(IntStream.range(0, MESSAGES)
                        .filter(n -> !isWanted(n))
                        .boxed()
                        .toList());
    }

    @Test
    @RequiresRabbitMq
    void oneConsumerGetsAllThatMatchesInOrderAndTheRestStays(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started(OPTIONS).createSession();
            Queue queue = session.createQueue(on.name("size"));
            fill(session, queue);
            MessageConsumer consumer = session.createConsumer(queue, WANTED);
            List<Integer> got = new ArrayList<>();
            for (int i = 0; i < wanted().size(); i++) {
                got.add(consumer.receive(3 * OnBroker.SOON).getIntProperty("n"));
            }
            assertThat(got).isEqualTo(wanted());
            consumer.close();
            requireTheRest(on.channel(), queue);
        }
    }

    @Test
    @RequiresRabbitMq
    void nothingIsLostWhenAnotherProcessThatTakesPartIsKilled(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            Queue queue = session.createQueue(on.name("killed"));
            Process child = child(broker, queue);
            Set<Integer> got = ConcurrentHashMap.newKeySet();
            try (BufferedReader output = child.inputReader()) {
                assertThat(output.readLine()).isEqualTo("consuming");
                fill(session, queue);
                got.addAll(takenBy(output, 5));
                Connection connection = on.started(OPTIONS);
                Set<Integer> unwanted = ConcurrentHashMap.newKeySet();
                for (int i = 0; i < 2; i++) {
                    connection.createSession().createConsumer(queue, WANTED).setMessageListener(message -> {
                        int n = Unchecked.get(() -> message.getIntProperty("n"));
                        (isWanted(n) ? got : unwanted).add(n);
                    });
                }
                got.addAll(takenBy(output, 5));
                // Not by the process itself, which would close its output.
                child.toHandle().destroyForcibly();
                child.waitFor();
                output.lines().forEach(line -> got.add(Integer.parseInt(line)));
                long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
                while (!got.containsAll(wanted()) && System.nanoTime() < deadline) {
                    Thread.sleep(20);
                }
                assertThat(got).containsExactlyInAnyOrderElementsOf(wanted());
                assertThat(unwanted).isEmpty();
                connection.close();
            } finally {
                child.destroyForcibly();
            }
            requireTheRest(on.channel(), queue);
        }
    }

    private static List<Integer> takenBy(BufferedReader output, int count) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add(Integer.valueOf(output.readLine()));
        }
        return numbers;
    }

    private static Process child(Broker broker, Queue queue) throws IOException, JMSException {
        // Surefire's own class path is a jar that it deletes.
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:TieredStopAtLevel=1",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                        "-cp",
                        classPath,
                        SelectorsAtSizeOnRabbitMqTest.class.getName(),
                        broker.uri() + OPTIONS,
                        queue.getQueueName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** The other process: says what it is about to acknowledge, so the last of these may come again elsewhere. */
    public static void main(String[] arguments) throws Exception {
        try (Connection connection = new LeveretConnectionFactory(arguments[0]).createConnection()) {
            connection.start();
            Session session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
            MessageConsumer consumer = session.createConsumer(session.createQueue(arguments[1]), WANTED);
            System.out.println("consuming");
            Message message = consumer.receive();
            while (message != null) {
                Thread.sleep(30);
                System.out.println(message.getIntProperty("n"));
                message.acknowledge();
                message = consumer.receive();
            }
        }
    }
}
