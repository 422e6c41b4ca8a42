package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.Brokers;
import dev.leveret.testkit.junit.EveryBroker;
import jakarta.jms.Connection;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.JMSSecurityRuntimeException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnectOnBrokersTest {

    @EveryBroker
    void wrongCredentialsAreASecurityFailure(Broker broker) {
        LeveretConnectionFactory factory =
                new LeveretConnectionFactory(broker.uri().toString());
        assertThatThrownBy(() -> factory.createConnection("guest", "wrong-s3cret"))
                .isInstanceOf(JMSSecurityException.class)
                .hasMessageNotContaining("wrong-s3cret");
        assertThatThrownBy(() -> factory.createContext("nobody", "wrong-s3cret"))
                .isInstanceOf(JMSSecurityRuntimeException.class);
    }

    @EveryBroker
    void theSimplifiedApiSendsAndReceives(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker);
                JMSContext context = on.factory("").createContext()) {
            var queue = context.createQueue(on.name("simple"));
            context.createProducer().setProperty("n", 7).setJMSType("t").send(queue, "hello");
            var consumer = context.createConsumer(queue);
            var message = consumer.receive(OnBroker.SOON);
            assertThat(message.getBody(String.class)).isEqualTo("hello");
            assertThat(message.getIntProperty("n")).isEqualTo(7);
            assertThat(message.getJMSType()).isEqualTo("t");
        }
    }

    @Test
    void theEndOfTheBrokerIsToldOnceAndTheConnectionCanBeClosed() throws Exception {
        Broker own = Brokers.startEmbedded();
        try (OnBroker on = new OnBroker(own)) {
            Connection connection = on.started("?recovery=off");
            BlockingQueue<JMSException> reported = new LinkedBlockingQueue<>();
            connection.setExceptionListener(reported::add);
            Session session = connection.createSession();
            MessageConsumer consumer = session.createConsumer(session.createQueue(on.name("end")));
            session.createConsumer(session.createTopic(on.name("end")));
            own.close();
            assertThat(reported.poll(OnBroker.SOON, TimeUnit.MILLISECONDS)).hasMessageContaining("has ended");
            assertThatThrownBy(() -> consumer.receive(OnBroker.SOON)).isInstanceOf(JMSException.class);
            assertThatThrownBy(() ->
                            session.createProducer(session.createQueue("q")).send(session.createMessage()))
                    .isInstanceOf(JMSException.class);
            connection.close();
            assertThat(reported).isEmpty();
        } finally {
            own.close();
        }
    }

    @Test
    void aBrokerThatIsNotThereIsNamed() throws IOException {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        LeveretConnectionFactory factory = new LeveretConnectionFactory("amqp://u:s3cret@127.0.0.1:" + port);
        assertThatThrownBy(factory::createConnection)
                .isExactlyInstanceOf(JMSException.class)
                .hasMessageContaining("127.0.0.1:" + port)
                .hasMessageNotContaining("s3cret");
    }
}
