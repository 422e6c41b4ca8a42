package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.OutboundMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Delivery delay (section 7.9). */
class DeliveryDelayTest {

    private static final long HOUR = TimeUnit.HOURS.toMillis(1);

    private final Rig rig = new Rig();
    private Connection connection;
    private Session session;
    private MessageProducer producer;

    @BeforeEach
    void openSession() throws JMSException {
        connection = rig.started();
        session = connection.createSession();
        producer = session.createProducer(session.createQueue("q"));
    }

    private long waits() {
        return Long.parseLong(rig.amqp.lastMessage().properties().expiration());
    }

    @Test
    void aDelayedMessageGoesToAQueueInWhichItWaits() throws JMSException {
        producer.setDeliveryDelay(HOUR);
        assertThat(producer.getDeliveryDelay()).isEqualTo(HOUR);
        Message message = session.createTextMessage("a");
        producer.send(message);
        OutboundMessage sent = rig.amqp.lastMessage();
        assertThat(sent.exchange()).isEqualTo("jms.delay");
        assertThat(sent.routingKey()).isEqualTo("q");
        assertThat(sent.mandatory()).isTrue();
        assertThat(sent.properties().headers()).containsEntry("jms-delay", "jms.delay.3670016.queues");
        assertThat(waits()).isBetween(HOUR - 60_000, HOUR);
        assertThat(message.getJMSDeliveryTime() - message.getJMSTimestamp()).isEqualTo(HOUR);
        assertThat(sent.properties().headers()).containsEntry("JMSDeliveryTime", message.getJMSDeliveryTime());
        assertThat(rig.log.of("declare"))
                .anyMatch(it -> it.startsWith("declare jms.delay.3670016.queues ") && it.contains("at-least-once"));
    }

    @Test
    void itsTimeRunsFromWhenWhatItNeedsIsDeclared() throws JMSException {
        Message message = session.createMessage();
        List<Long> timestamps = new ArrayList<>();
        rig.log.watch(line -> {
            if (line.startsWith("declare") || line.startsWith("bind")) {
                timestamps.add(timestampOf(message));
            }
        });
        producer.setDeliveryDelay(HOUR);

        producer.send(message);

        assertThat(timestamps).isNotEmpty().containsOnly(0L);
        assertThat(message.getJMSTimestamp()).isPositive();
    }

    private static long timestampOf(Message message) {
        try {
            return message.getJMSTimestamp();
        } catch (JMSException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatItNeedsIsDeclaredOnce() throws JMSException {
        producer.setDeliveryDelay(HOUR);
        producer.send(session.createMessage());
        rig.log.take();
        producer.send(session.createMessage());
        connection.createSession().createProducer(session.createQueue("q")).send(session.createMessage());
        assertThat(rig.log.of("declare", "declare-exchange", "bind")).isEmpty();
    }

    @Test
    void withoutADelayNothingOfThatHappens() throws JMSException {
        producer.send(session.createMessage());
        assertThat(rig.amqp.lastMessage().exchange()).isEmpty();
        assertThat(rig.log.of("declare-exchange")).isEmpty();
    }

    @Test
    void theTimeToLiveCountsFromTheSending() throws JMSException {
        producer.setDeliveryDelay(HOUR);
        producer.setTimeToLive(2 * HOUR);
        Message message = session.createMessage();
        producer.send(message);
        assertThat(message.getJMSExpiration() - message.getJMSTimestamp()).isEqualTo(2 * HOUR);
        assertThat(waits()).as("it does not expire before").isLessThanOrEqualTo(HOUR);
        assertThat(rig.amqp.lastMessage().properties().headers())
                .containsEntry("JMSExpiration", message.getJMSExpiration());
    }

    @Test
    void whatExpiresBeforeItIsDeliveredIsNotSent() throws Exception {
        producer.setDeliveryDelay(HOUR);
        producer.setTimeToLive(HOUR);
        Message message = session.createMessage();
        producer.send(message);
        assertThat(message.getJMSDeliveryTime()).isPositive();
        CompletableFuture<Message> completed = new CompletableFuture<>();
        producer.send(message, new CompletionListener() {
            @Override
            public void onCompletion(Message sent) {
                completed.complete(sent);
            }

            @Override
            public void onException(Message sent, Exception failure) {
                completed.completeExceptionally(failure);
            }
        });
        assertThat(completed.get(20, TimeUnit.SECONDS)).isSameAs(message);
        assertThat(rig.log.of("publish", "send")).isEmpty();
    }

    @Test
    void inATransactionTheDelayBeginsWithTheSending() throws Exception {
        Session transacted = connection.createSession(Session.SESSION_TRANSACTED);
        MessageProducer delayed = transacted.createProducer(session.createQueue("q"));
        delayed.setDeliveryDelay(1);
        delayed.send(session.createTextMessage("over"));
        delayed.setDeliveryDelay(HOUR);
        long start = System.nanoTime();
        delayed.send(session.createTextMessage("waits"));
        while (System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(5)) {
            Thread.onSpinWait();
        }
        assertThat(rig.log.of("publish")).isEmpty();
        transacted.commit();
        assertThat(rig.log.of("publish")).containsExactly("publish over", "publish waits");
        assertThat(waits()).isLessThan(HOUR - 3);
    }

    @Test
    void aTransactionRefusesADelayedMessageToNoQueueWhenItIsSent() throws JMSException {
        Rig fixed = new Rig("?jms.autoDeclare=false");
        Session transacted = fixed.factory.createConnection().createSession(Session.SESSION_TRANSACTED);
        MessageProducer delayed = transacted.createProducer(session.createQueue("missing"));
        delayed.setDeliveryDelay(HOUR);
        assertThatThrownBy(() -> delayed.send(session.createMessage())).isInstanceOf(InvalidDestinationException.class);
    }

    @Test
    void topicsAndOtherPrioritiesHaveQueuesOfTheirOwnToWaitIn() throws JMSException {
        MessageProducer any = session.createProducer(null);
        any.setDeliveryDelay(HOUR);
        any.send(session.createTopic("t"), session.createMessage());
        assertThat(rig.amqp.lastMessage().properties().header("jms-delay"))
                .isEqualTo("jms.delay.3670016.topics.jms.durable.topic");
        assertThat(rig.amqp.lastMessage().routingKey()).isEqualTo("t");
        assertThat(rig.log.of("bind")).contains("bind jms.delay.topics.jms.durable.topic ");
        any.send(session.createTemporaryQueue(), session.createMessage());
        assertThat(rig.amqp.lastMessage().properties().header("jms-delay")).isEqualTo("jms.delay.3670016.queues");
        any.setPriority(9);
        any.send(session.createQueue("q"), session.createMessage());
        assertThat(rig.amqp.lastMessage().properties().header("jms-delay")).isEqualTo("jms.delay.3670016.p9.queues");
        assertThat(rig.amqp.lastMessage().properties().priority()).isEqualTo(9);
    }

    @Test
    void whereQueuesAreClassicSoAreThoseInWhichMessagesWait() throws JMSException {
        Rig classic = new Rig("?jms.queueType=classic");
        Session itsSession = classic.factory.createConnection().createSession();
        MessageProducer any = itsSession.createProducer(null);
        any.setDeliveryDelay(HOUR);
        any.send(session.createQueue("q"), session.createMessage());
        any.send(session.createTopic("t"), session.createMessage());
        assertThat(classic.log.of("declare"))
                .filteredOn(it -> it.startsWith("declare jms.delay"))
                .hasSize(2)
                .allMatch(it -> it.contains("x-queue-type=classic"));
    }

    @Test
    void whatIsNoDelayIsRefused() throws JMSException {
        for (long delay : List.of(-1L, 0x1_0000_0000L, Long.MAX_VALUE)) {
            assertThatThrownBy(() -> producer.setDeliveryDelay(delay))
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("4294967295");
        }
        assertThat(producer.getDeliveryDelay()).isZero();
        try (JMSContext context = rig.factory.createContext()) {
            assertThatThrownBy(() -> context.createProducer().setDeliveryDelay(-1))
                    .isInstanceOf(JMSRuntimeException.class);
            assertThat(context.createProducer().setDeliveryDelay(7).getDeliveryDelay())
                    .isEqualTo(7);
        }
    }

    @Test
    void otherBrokersThanRabbitMqAreRefused() throws JMSException {
        rig.amqp.become("qpid", "9.0.0");
        producer.setDeliveryDelay(HOUR);
        assertThatThrownBy(() -> producer.send(session.createMessage()))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("RabbitMQ");
    }
}
