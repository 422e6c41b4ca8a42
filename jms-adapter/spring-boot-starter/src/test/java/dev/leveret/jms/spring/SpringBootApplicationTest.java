package dev.leveret.jms.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jms.annotation.JmsListener;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.messaging.handler.annotation.SendTo;

/** A whole Spring Boot application, with nothing about Leveret in it but properties. */
class SpringBootApplicationTest {

    private static final long SOON = 20;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        @Bean
        Listeners listeners() {
            return new Listeners();
        }
    }

    static class Listeners {

        final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        final AtomicInteger attempts = new AtomicInteger();

        @JmsListener(destination = "${queues.words}")
        @SendTo("${queues.lengths}")
        String length(String word) {
            return word + ":" + word.length();
        }

        @JmsListener(destination = "${queues.lengths}")
        void hear(TextMessage message) throws JMSException {
            heard.add(message.getText());
        }

        @JmsListener(destination = "${queues.failing}")
        void fail(String text) {
            if (attempts.incrementAndGet() < 3) {
                throw new IllegalStateException("not yet");
            }
            heard.add(text);
        }

        @JmsListener(destination = "${queues.requests}")
        String reply(String request) {
            return "re: " + request;
        }
    }

    private static ConfigurableApplicationContext run(Broker broker, String... more) {
        String prefix = "spring-" + UUID.randomUUID() + "-";
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.main.banner-mode=off",
                        "logging.level.root=warn",
                        "leveret.jms.uri=" + broker.uri(),
                        "queues.words=" + prefix + "words",
                        "queues.lengths=" + prefix + "lengths",
                        "queues.failing=" + prefix + "failing",
                        "queues.requests=" + prefix + "requests")
                .properties(more)
                .run();
    }

    @EveryBroker
    void listenersHearReplyAndAreGivenAgainWhatTheyFailedAt(Broker broker) throws Exception {
        try (ConfigurableApplicationContext context = run(broker)) {
            JmsTemplate template = context.getBean(JmsTemplate.class);
            Listeners listeners = context.getBean(Listeners.class);
            template.convertAndSend(name(context, "words"), "leveret");
            assertThat(listeners.heard.poll(SOON, TimeUnit.SECONDS)).isEqualTo("leveret:7");

            template.convertAndSend(name(context, "failing"), "third time");
            assertThat(listeners.heard.poll(SOON, TimeUnit.SECONDS)).isEqualTo("third time");
            assertThat(listeners.attempts).hasValue(3);

            template.setReceiveTimeout(TimeUnit.SECONDS.toMillis(SOON));
            Message reply =
                    template.sendAndReceive(name(context, "requests"), session -> session.createTextMessage("ping"));
            assertThat(reply).isInstanceOf(TextMessage.class);
            assertThat(((TextMessage) reply).getText()).isEqualTo("re: ping");
        }
    }

    private static String name(ConfigurableApplicationContext context, String queue) {
        return context.getEnvironment().getRequiredProperty("queues." + queue);
    }
}
