package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.proxy.Cut;
import dev.leveret.testkit.proxy.Direction;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TransactionRolledBackException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Cuts the line in the midst of commits, at one byte after another of what they send and what they hear: no input is lost,
 * no commit is told done that was not, and every copy too many has been announced.
 */
class CommitIsCutOnBrokersTest {

    /** What a commit of this size sends and hears: publishes, an acknowledgement; confirms. */
    private static final int[] BYTES_SENT = {1, 30, 90, 150, 230, 300, 380, 420, 460, 500, 540, 580, 620, 800};

    private static final int[] BYTES_HEARD = {1, 12, 21, 22, 33, 42};

    private final Map<String, Integer> committed = new HashMap<>();
    private final Map<String, Integer> possible = new HashMap<>();

    @EveryBroker
    void nothingIsLostAndEveryCopyIsAccountedFor(Broker broker) throws Exception {
        cutEverywhere(broker, "");
    }

    @EveryBroker
    void nothingIsLostEitherWhereTheBrokerHoldsWhatIsSent(Broker broker) throws Exception {
        cutEverywhere(broker, "?jms.amqpTransactions=true");
    }

    private void cutEverywhere(Broker broker, String options) throws Exception {
        committed.clear();
        possible.clear();
        try (OnBroker on = new OnBroker(broker);
                ThroughProxy cuttable = new ThroughProxy(broker)) {
            Session other = on.started().createSession();
            Session session = cuttable.started(options).createSession(Session.SESSION_TRANSACTED);
            Queue in = other.createQueue(on.name("in"));
            Queue out = other.createQueue(on.name("out"));
            MessageConsumer consumer = session.createConsumer(in);
            List<String> inputs = new ArrayList<>();
            for (Direction direction : Direction.values()) {
                for (int bytes : direction == Direction.TO_BROKER ? BYTES_SENT : BYTES_HEARD) {
                    String input = direction + "-" + bytes;
                    inputs.add(input);
                    other.createProducer(in).send(other.createTextMessage(input));
                    Message message = consumer.receive(OnBroker.SOON);
                    CompletableFuture<Void> cut = cuttable.proxy.cutAfter(direction, bytes, Cut.RST);
                    commit(session, out, OnBroker.text(message));
                    cut.cancel(false);
                    if (cut.isDone() && !cut.isCancelled()) {
                        cuttable.awaitRecovered();
                    }
                }
            }
            finish(session, consumer, out);
            check(on, out, inputs);
        }
    }

    /** Moves two messages for each that was received. */
    private void commit(Session session, Queue out, String input) throws JMSException {
        MessageProducer producer = session.createProducer(out);
        try {
            producer.send(session.createTextMessage(input + "/0"));
            producer.send(session.createTextMessage(input + "/1"));
        } catch (JMSException e) {
            session.rollback();
            return;
        }
        try {
            session.commit();
            committed.merge(input, 1, Integer::sum);
            possible.merge(input, 1, Integer::sum);
        } catch (TransactionRolledBackException e) {
            assertThat(e).hasMessageContaining("Nothing was sent");
        } catch (JMSException e) {
            // In doubt, or sent and not acknowledged.
            possible.merge(input, 1, Integer::sum);
        }
    }

    private void finish(Session session, MessageConsumer consumer, Queue out) throws JMSException {
        Message message = consumer.receiveNoWait();
        while (message != null) {
            commit(session, out, OnBroker.text(message));
            message = consumer.receiveNoWait();
        }
    }

    private void check(OnBroker on, Queue out, List<String> inputs) throws JMSException {
        Map<String, Integer> found = new HashMap<>();
        MessageConsumer results = on.started().createSession().createConsumer(out);
        Message result = results.receiveNoWait();
        while (result != null) {
            found.merge(OnBroker.text(result), 1, Integer::sum);
            result = results.receiveNoWait();
        }
        for (String input : inputs) {
            for (String output : List.of(input + "/0", input + "/1")) {
                assertThat(found.getOrDefault(output, 0))
                        .as("copies of %s", output)
                        .isBetween(Math.max(1, committed.getOrDefault(input, 0)), possible.getOrDefault(input, 0));
            }
        }
        assertThat(found).hasSize(2 * inputs.size());
    }
}
