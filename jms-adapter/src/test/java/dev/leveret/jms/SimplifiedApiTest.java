package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.DeliveryMode;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.InvalidDestinationRuntimeException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSProducer;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatRuntimeException;
import jakarta.jms.MessageNotWriteableRuntimeException;
import jakarta.jms.Queue;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimplifiedApiTest {

    private final Rig rig = new Rig();
    private final JMSContext context = rig.factory.createContext();
    private final Queue queue = context.createQueue("q");

    @Test
    void theConnectionClosesWithTheLastContext() {
        JMSContext second = context.createContext(JMSContext.CLIENT_ACKNOWLEDGE);
        assertThat(second.getSessionMode()).isEqualTo(JMSContext.CLIENT_ACKNOWLEDGE);
        context.close();
        context.close();
        assertThat(rig.log.of("connection.close")).isEmpty();
        assertThat(second.createTextMessage("x")).isNotNull();
        second.close();
        assertThat(rig.log.of("connection.close")).hasSize(1);
    }

    @Test
    void aConsumerStartsTheConnectionUnlessToldNotTo() {
        context.createConsumer(queue);
        assertThat(rig.log.of("consume")).hasSize(1);

        Rig other = new Rig();
        JMSContext quiet = other.factory.createContext();
        quiet.setAutoStart(false);
        quiet.createConsumer(queue);
        assertThat(quiet.getAutoStart()).isFalse();
        assertThat(other.log.of("consume")).isEmpty();
        quiet.start();
        assertThat(other.log.of("consume")).hasSize(1);
    }

    @Test
    void aClientIdentifierCanBeSetBeforeAnythingElse() {
        JMSContext fresh = rig.factory.createContext();
        fresh.setClientID("me");
        assertThat(fresh.getClientID()).isEqualTo("me");
        assertThatThrownBy(() -> context.setClientID("late")).isInstanceOf(IllegalStateRuntimeException.class);
    }

    @Test
    void aProducerPutsItsHeadersAndPropertiesOnEveryMessage() throws JMSException {
        JMSProducer producer = context.createProducer()
                .setProperty("n", 1)
                .setProperty("s", "own")
                .setJMSType("t")
                .setJMSCorrelationID("c")
                .setJMSReplyTo(queue)
                .setDeliveryMode(DeliveryMode.NON_PERSISTENT)
                .setPriority(8)
                .setTimeToLive(60_000)
                .setDisableMessageID(true);
        Message message = context.createTextMessage("x");
        message.setStringProperty("s", "the message's");
        message.setIntProperty("kept", 5);

        producer.send(queue, message);

        assertThat(message.getIntProperty("n")).isEqualTo(1);
        assertThat(message.getStringProperty("s")).isEqualTo("own");
        assertThat(message.getIntProperty("kept")).isEqualTo(5);
        assertThat(message.getJMSType()).isEqualTo("t");
        assertThat(message.getJMSCorrelationID()).isEqualTo("c");
        assertThat(message.getJMSReplyTo()).isEqualTo(queue);
        assertThat(message.getJMSPriority()).isEqualTo(8);
        assertThat(message.getJMSMessageID()).isNull();
        assertThat(rig.log.of("send", "publish")).containsExactly("send x");
    }

    @Test
    void aProducersPropertiesConvertAsAMessagesDo() {
        JMSProducer producer = context.createProducer()
                .setProperty("boolean", true)
                .setProperty("byte", (byte) 1)
                .setProperty("short", (short) 2)
                .setProperty("int", 3)
                .setProperty("long", 4L)
                .setProperty("float", 5f)
                .setProperty("double", 6d)
                .setProperty("string", "7")
                .setProperty("object", (Object) 8L);
        assertThat(producer.getBooleanProperty("boolean")).isTrue();
        assertThat(producer.getShortProperty("byte")).isEqualTo((short) 1);
        assertThat(producer.getIntProperty("short")).isEqualTo(2);
        assertThat(producer.getLongProperty("int")).isEqualTo(3);
        assertThat(producer.getStringProperty("long")).isEqualTo("4");
        assertThat(producer.getDoubleProperty("float")).isEqualTo(5);
        assertThat(producer.getFloatProperty("string")).isEqualTo(7);
        assertThat(producer.getObjectProperty("object")).isEqualTo(8L);
        assertThat(producer.getPropertyNames()).hasSize(9);
        assertThatThrownBy(() -> producer.getByteProperty("double")).isInstanceOf(MessageFormatRuntimeException.class);
        assertThatThrownBy(() -> producer.setProperty("x", (Object) 'c'))
                .isInstanceOf(MessageFormatRuntimeException.class);
        assertThatThrownBy(() -> producer.setProperty("", 1)).isInstanceOf(IllegalArgumentException.class);
        producer.clearProperties();
        assertThat(producer.propertyExists("int")).isFalse();
    }

    @Test
    void bodiesAreSentAsTheMessagesTheyMake() {
        context.createProducer().send(queue, "text").send(queue, "bytes".getBytes(StandardCharsets.UTF_8));
        assertThat(rig.log.of("publish")).containsExactly("publish text", "publish bytes");
        assertThat(rig.amqp.lastMessage().properties().header("x-jms-type")).isEqualTo("bytes");
        context.createProducer().send(queue, (String) null);
        assertThat(rig.amqp.lastMessage().properties().header("x-jms-type")).isEqualTo("text");
    }

    @Test
    void mistakesInSendingAreRuntimeExceptionsOfTheirNames() throws JMSException {
        JMSProducer producer = context.createProducer();
        assertThatThrownBy(() -> producer.send(null, "x")).isInstanceOf(InvalidDestinationRuntimeException.class);
        assertThatThrownBy(() -> producer.send(queue, (Message) null))
                .isInstanceOf(MessageFormatRuntimeException.class);
        assertThatThrownBy(() -> producer.setPriority(10)).isInstanceOf(JMSRuntimeException.class);
        assertThatThrownBy(() -> producer.setDeliveryMode(0)).isInstanceOf(JMSRuntimeException.class);
        assertThatThrownBy(() -> producer.setTimeToLive(-1)).isInstanceOf(JMSRuntimeException.class);
        JMSConsumer consumer = context.createConsumer(queue);
        rig.amqp.deliver("q", "read-only");
        Message received = consumer.receive(1);
        assertThatThrownBy(() -> context.createProducer().setProperty("n", 1).send(queue, received))
                .isInstanceOf(MessageNotWriteableRuntimeException.class);
    }

    @Test
    void receiveBodyGivesTheBody() {
        JMSConsumer consumer = context.createConsumer(queue);
        rig.amqp.deliver("q", "a", "b", "c");
        assertThat(consumer.receiveBody(String.class)).isEqualTo("a");
        assertThat(consumer.receiveBody(CharSequence.class, 1)).isEqualTo("b");
        assertThat(consumer.receiveBodyNoWait(Object.class)).isEqualTo("c");
        assertThat(consumer.receiveBodyNoWait(String.class)).isNull();
        assertThat(rig.log.of("ack")).containsExactly("ack a", "ack b", "ack c");
    }

    @ParameterizedTest
    @ValueSource(ints = {JMSContext.AUTO_ACKNOWLEDGE, JMSContext.DUPS_OK_ACKNOWLEDGE})
    void aBodyOfAnotherTypeStaysTheNextMessage(int mode) throws JMSException {
        JMSContext other = context.createContext(mode);
        JMSConsumer consumer = other.createConsumer(queue);
        rig.amqp.deliver("q", "a");
        assertThatThrownBy(() -> consumer.receiveBody(byte[].class, 1))
                .isInstanceOf(MessageFormatRuntimeException.class);
        assertThat(rig.log.of("ack", "reject", "nack")).isEmpty();
        Message again = consumer.receive(1);
        assertThat(again.getBody(String.class)).isEqualTo("a");
        assertThat(again.getJMSRedelivered()).isFalse();
        assertThat(again.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
    }

    @Test
    void aMessageWithoutBodyIsNotReceivedAsNone() {
        JMSConsumer consumer = context.createConsumer(queue);
        for (Message message : new Message[] {context.createMessage(), context.createTextMessage()}) {
            context.createProducer().send(queue, message);
            var sent = rig.amqp.lastMessage();
            var newest = rig.amqp.consumerOf("q");
            newest.deliver(false, sent.properties(), sent.body());
            newest.batchEnd();
            assertThatThrownBy(() -> consumer.receiveBody(String.class, 1))
                    .isInstanceOf(MessageFormatRuntimeException.class);
            assertThat(consumer.receive(1)).isNotNull();
        }
    }

    @Test
    void whereTheClientAcknowledgesABodyOfAnotherTypeIsConsumed() throws JMSException {
        JMSContext client = context.createContext(JMSContext.CLIENT_ACKNOWLEDGE);
        JMSConsumer consumer = client.createConsumer(queue);
        rig.amqp.deliver("q", "a", "b");
        assertThatThrownBy(() -> consumer.receiveBody(byte[].class, 1))
                .isInstanceOf(MessageFormatRuntimeException.class);
        assertThat(consumer.receiveBody(String.class, 1)).isEqualTo("b");
        client.acknowledge();
        assertThat(rig.log.of("ack")).containsExactly("ack a", "ack b");
    }

    @Test
    void aTransactedContextCommitsAndRollsBack() {
        JMSContext transacted = context.createContext(JMSContext.SESSION_TRANSACTED);
        assertThat(transacted.getTransacted()).isTrue();
        transacted.createProducer().send(queue, "dropped");
        transacted.rollback();
        transacted.createProducer().send(queue, "sent");
        transacted.commit();
        assertThat(rig.log.of("publish")).containsExactly("publish sent");
        assertThatThrownBy(transacted::recover).isInstanceOf(IllegalStateRuntimeException.class);
    }

    @Test
    void aListenerCannotCloseOrStopItsContext() throws Exception {
        CompletableFuture<Throwable> closing = new CompletableFuture<>();
        CompletableFuture<Throwable> stopping = new CompletableFuture<>();
        context.createConsumer(queue).setMessageListener(message -> {
            closing.complete(failureOf(context::close));
            stopping.complete(failureOf(context::stop));
        });
        rig.amqp.deliver("q", "a");
        assertThat(closing.get(20, TimeUnit.SECONDS)).isInstanceOf(IllegalStateRuntimeException.class);
        assertThat(stopping.get(20, TimeUnit.SECONDS)).isInstanceOf(IllegalStateRuntimeException.class);
        context.close();
    }

    private static Throwable failureOf(Runnable action) {
        try {
            action.run();
            return new AssertionError("nothing was thrown");
        } catch (RuntimeException e) {
            return e;
        }
    }
}
