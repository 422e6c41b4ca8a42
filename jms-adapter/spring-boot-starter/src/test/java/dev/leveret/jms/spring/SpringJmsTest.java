package dev.leveret.jms.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.jms.LeveretConnectionFactory;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageListener;
import jakarta.jms.TextMessage;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.jms.connection.CachingConnectionFactory;
import org.springframework.jms.connection.JmsTransactionManager;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.jms.listener.DefaultMessageListenerContainer;

/** Spring's own classes, without Spring Boot. */
class SpringJmsTest {

    private static final long SOON = 20_000;

    private final String queue = "spring-" + UUID.randomUUID();

    private static JmsTemplate template(CachingConnectionFactory caching) {
        JmsTemplate template = new JmsTemplate(caching);
        template.setReceiveTimeout(SOON);
        return template;
    }

    private static CachingConnectionFactory caching(Broker broker) {
        CachingConnectionFactory caching = new CachingConnectionFactory(
                new LeveretConnectionFactory(broker.uri().toString()));
        caching.setSessionCacheSize(4);
        caching.setCacheConsumers(true);
        return caching;
    }

    @EveryBroker
    void aTemplateSendsAndReceivesByCachedSessions(Broker broker) throws JMSException {
        CachingConnectionFactory caching = caching(broker);
        try {
            JmsTemplate template = template(caching);
            for (int i = 0; i < 20; i++) {
                template.convertAndSend(queue, "m" + i);
            }
            for (int i = 0; i < 20; i++) {
                assertThat(template.receiveAndConvert(queue)).isEqualTo("m" + i);
            }
            template.setReceiveTimeout(JmsTemplate.RECEIVE_TIMEOUT_NO_WAIT);
            assertThat(template.receive(queue)).isNull();
        } finally {
            caching.destroy();
        }
    }

    @Test
    @RequiresRabbitMq
    void aTemplateReceivesSelectedMessagesOfAQueue(Broker broker) {
        CachingConnectionFactory caching = caching(broker);
        try {
            JmsTemplate template = template(caching);
            for (int i = 0; i < 10; i++) {
                int n = i;
                template.send(queue, session -> {
                    TextMessage message = session.createTextMessage("m" + n);
                    message.setIntProperty("n", n);
                    return message;
                });
            }
            assertThat(template.receiveSelectedAndConvert(queue, "n = 7")).isEqualTo("m7");
            assertThat(template.receiveSelectedAndConvert(queue, "n = 3")).isEqualTo("m3");
        } finally {
            caching.destroy();
        }
    }

    @EveryBroker
    void aContainerWithTransactionsGivesAgainWhatItsListenerFailedAt(Broker broker) throws Exception {
        CachingConnectionFactory caching = caching(broker);
        LeveretConnectionFactory plain =
                new LeveretConnectionFactory(broker.uri().toString());
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        DefaultMessageListenerContainer container = container(plain, message -> {
            if (!message.getJMSRedelivered()) {
                throw new IllegalStateException("the first time");
            }
            heard.add(((TextMessage) message).getText());
        });
        container.setSessionTransacted(true);
        container.setTransactionManager(new JmsTransactionManager(plain));
        container.setErrorHandler(failure -> {});
        container.afterPropertiesSet();
        container.start();
        try {
            template(caching).convertAndSend(queue, "again");
            assertThat(heard.poll(SOON, TimeUnit.MILLISECONDS)).isEqualTo("again");
        } finally {
            container.shutdown();
            caching.destroy();
        }
    }

    @EveryBroker
    void aContainerOfSeveralConsumersHearsEverythingOnce(Broker broker) throws Exception {
        CachingConnectionFactory caching = caching(broker);
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        DefaultMessageListenerContainer container = container(
                new LeveretConnectionFactory(broker.uri().toString()),
                message -> heard.add(((TextMessage) message).getText()));
        container.setConcurrency("2-4");
        container.afterPropertiesSet();
        container.start();
        try {
            JmsTemplate template = template(caching);
            for (int i = 0; i < 50; i++) {
                template.convertAndSend(queue, "m" + i);
            }
            Set<String> all = new TreeSet<>();
            for (int i = 0; i < 50; i++) {
                all.add(heard.poll(SOON, TimeUnit.MILLISECONDS));
            }
            assertThat(all).hasSize(50);
            assertThat(heard).isEmpty();
        } finally {
            container.shutdown();
            caching.destroy();
        }
    }

    private interface Hearing {
        void hear(Message message) throws JMSException;
    }

    private DefaultMessageListenerContainer container(LeveretConnectionFactory factory, Hearing hearing) {
        DefaultMessageListenerContainer container = new DefaultMessageListenerContainer();
        container.setConnectionFactory(factory);
        container.setDestinationName(queue);
        container.setMessageListener((MessageListener) message -> {
            try {
                hearing.hear(message);
            } catch (JMSException e) {
                throw new IllegalStateException(e);
            }
        });
        return container;
    }
}
