package dev.leveret.examples.jms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import jakarta.jms.Connection;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.UUID;
import org.messaginghub.pooled.jms.JmsPoolConnectionFactory;

class PooledConnectionsTest {

    private static final long SOON = 20_000;

    private final String queue = "pooled-" + UUID.randomUUID();

    @EveryBroker
    void whatIsClosedIsTakenAgain(Broker broker) throws Exception {
        JmsPoolConnectionFactory pool = PooledConnections.pool(broker.uri().toString(), 1);
        try {
            for (int i = 0; i < 20; i++) {
                PooledConnections.send(pool, queue, "m" + i);
            }
            assertThat(pool.getNumConnections()).isEqualTo(1);
            try (JMSContext context = pool.createContext()) {
                JMSConsumer consumer = context.createConsumer(context.createQueue(queue));
                for (int i = 0; i < 20; i++) {
                    assertThat(consumer.receive(SOON).getBody(String.class)).isEqualTo("m" + i);
                }
            }
        } finally {
            pool.stop();
        }
    }

    @EveryBroker
    void aSessionThatGoesBackToThePoolRollsBackAndReturnsWhatItHad(Broker broker) throws Exception {
        JmsPoolConnectionFactory pool = PooledConnections.pool(broker.uri().toString(), 1);
        try {
            PooledConnections.send(pool, queue, "kept");
            try (Connection connection = pool.createConnection()) {
                connection.start();
                try (Session session = connection.createSession(Session.SESSION_TRANSACTED)) {
                    MessageConsumer consumer = session.createConsumer(session.createQueue(queue));
                    assertThat(((TextMessage) consumer.receive(SOON)).getText()).isEqualTo("kept");
                    session.createProducer(session.createQueue(queue)).send(session.createTextMessage("never sent"));
                }
                try (Session session = connection.createSession(Session.SESSION_TRANSACTED)) {
                    MessageConsumer consumer = session.createConsumer(session.createQueue(queue));
                    TextMessage again = (TextMessage) consumer.receive(SOON);
                    assertThat(again.getText()).isEqualTo("kept");
                    assertThat(again.getJMSRedelivered()).isTrue();
                    session.commit();
                    assertThat(consumer.receiveNoWait()).isNull();
                }
            }
        } finally {
            pool.stop();
        }
    }
}
