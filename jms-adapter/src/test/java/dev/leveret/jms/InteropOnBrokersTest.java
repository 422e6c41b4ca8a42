package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import jakarta.jms.BytesMessage;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

/** The same queues seen by JMS and by programs that speak AMQP. */
class InteropOnBrokersTest {

    @EveryBroker
    void jmsReadsWhatAnAmqpProgramPublishes(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Channel channel = on.channel();
            String name = on.name("from-amqp");
            channel.declareQueue(QueueSpec.of(name));
            BasicProperties properties = BasicProperties.builder()
                    .contentType("application/json")
                    .messageId("m-1")
                    .correlationId("c-1")
                    .type("order")
                    .replyTo("replies")
                    .appId("shop")
                    .persistent(true)
                    .priority(3)
                    .timestamp(Instant.ofEpochSecond(1_700_000_000L))
                    .headers(Map.of("count", 3, "ratio", 0.5, "flag", true, "x-trace-id", "t-1"))
                    .build();
            channel.publish(OutboundMessage.toQueue(name, "{\"ü\":1}".getBytes(StandardCharsets.UTF_8))
                    .withProperties(properties));
            channel.publish(OutboundMessage.toQueue(name, new byte[] {1, 2}));

            Session session = on.started().createSession();
            Queue queue = session.createQueue(name);
            var consumer = session.createConsumer(queue);
            TextMessage text = (TextMessage) consumer.receive(OnBroker.SOON);
            assertThat(text.getText()).isEqualTo("{\"ü\":1}");
            assertThat(text.getJMSMessageID()).isEqualTo("m-1");
            assertThat(text.getJMSCorrelationID()).isEqualTo("c-1");
            assertThat(text.getJMSType()).isEqualTo("order");
            assertThat(text.getJMSReplyTo()).isEqualTo(session.createQueue("replies"));
            assertThat(text.getStringProperty("JMSXAppID")).isEqualTo("shop");
            assertThat(text.getJMSPriority()).isEqualTo(3);
            assertThat(text.getJMSTimestamp()).isEqualTo(1_700_000_000_000L);
            assertThat(text.getJMSDestination()).isEqualTo(queue);
            assertThat(text.getObjectProperty("count")).isEqualTo(3);
            assertThat(text.getObjectProperty("ratio")).isEqualTo(0.5);
            assertThat(text.getBooleanProperty("flag")).isTrue();
            assertThat(text.getStringProperty("x-trace-id")).isEqualTo("t-1");
            BytesMessage bytes = (BytesMessage) consumer.receive(OnBroker.SOON);
            assertThat(bytes.getBody(byte[].class)).containsExactly(1, 2);
        }
    }

    @EveryBroker
    void aPropertyCalledAsAHeaderByWhichTheBrokerRoutesDoesNotRoute(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Channel channel = on.channel();
            String other = on.name("copies");
            channel.declareQueue(QueueSpec.of(other));
            Session session = on.started().createSession();
            Queue queue = session.createQueue(on.name("cc"));
            var consumer = session.createConsumer(queue);
            TextMessage message = session.createTextMessage("once");
            message.setStringProperty("CC", other);
            message.setStringProperty("BCC", other);
            session.createProducer(queue).send(message);

            TextMessage received = (TextMessage) consumer.receive(OnBroker.SOON);

            assertThat(received.getText()).isEqualTo("once");
            assertThat(received.getStringProperty("CC")).isEqualTo(other);
            assertThat(received.getStringProperty("BCC")).isEqualTo(other);
            assertThat(channel.declareQueuePassive(other).messageCount()).isZero();
        }
    }

    @EveryBroker
    void anAmqpProgramReadsWhatJmsSends(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            String name = on.name("from-jms");
            TextMessage message = session.createTextMessage("grüße");
            message.setIntProperty("count", 3);
            message.setDoubleProperty("ratio", 0.5);
            message.setBooleanProperty("flag", true);
            message.setStringProperty("word", "ä");
            message.setJMSCorrelationID("c-1");
            message.setJMSType("order");
            message.setJMSReplyTo(session.createQueue("replies"));
            session.createProducer(session.createQueue(name)).send(message);

            Channel channel = on.channel();
            Delivery delivery = channel.get(name, true).orElseThrow().delivery();
            assertThat(new String(delivery.body(), StandardCharsets.UTF_8)).isEqualTo("grüße");
            BasicProperties properties = delivery.properties();
            assertThat(properties.contentType()).isEqualTo("text/plain; charset=utf-8");
            assertThat(properties.messageId()).isEqualTo(message.getJMSMessageID());
            assertThat(properties.correlationId()).isEqualTo("c-1");
            assertThat(properties.type()).isEqualTo("order");
            assertThat(properties.replyTo()).isEqualTo("replies");
            assertThat(properties.persistent()).isTrue();
            assertThat(properties.header("count")).isEqualTo(3);
            assertThat(properties.header("ratio")).isEqualTo(0.5);
            assertThat(properties.header("flag")).isEqualTo(true);
            assertThat(properties.header("word")).isEqualTo("ä");
        }
    }

    @EveryBroker
    void anAmqpProgramAnswersARequestByItsReplyTo(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            String name = on.name("rpc");
            var replies = session.createTemporaryQueue();
            var consumer = session.createConsumer(replies);
            TextMessage request = session.createTextMessage("ping");
            request.setJMSReplyTo(replies);
            session.createProducer(session.createQueue(name)).send(request);

            Channel channel = on.channel();
            BasicProperties asked =
                    channel.get(name, true).orElseThrow().delivery().properties();
            channel.publish(OutboundMessage.toQueue(asked.replyTo(), "pong".getBytes(StandardCharsets.UTF_8))
                    .withProperties(BasicProperties.builder()
                            .contentType("text/plain")
                            .correlationId(asked.messageId())
                            .build()));

            TextMessage reply = (TextMessage) consumer.receive(OnBroker.SOON);
            assertThat(reply.getText()).isEqualTo("pong");
            assertThat(reply.getJMSCorrelationID()).isEqualTo(request.getJMSMessageID());
        }
    }
}
