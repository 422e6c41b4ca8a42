package dev.leveret.examples.jms;

import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jms.annotation.JmsListener;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.SendTo;

/**
 * A Spring Boot application that takes orders from a queue and puts confirmations into another. It names Leveret nowhere: the
 * starter is on the class path, and {@code leveret.jms.uri} says where the broker is.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(SpringBootOrders.Desk.class)
public class SpringBootOrders {

    /** Its listeners. */
    static class Desk {

        final BlockingQueue<String> confirmations = new LinkedBlockingQueue<>();

        @JmsListener(destination = "spring.orders")
        @SendTo("spring.confirmations")
        String take(String order, @Header(name = "customer", required = false) String customer) {
            return order + " for " + customer;
        }

        @JmsListener(destination = "spring.confirmations")
        void confirmed(String confirmation) {
            confirmations.add(confirmation);
        }
    }

    static ConfigurableApplicationContext run(String uri) {
        return new SpringApplicationBuilder(SpringBootOrders.class)
                .web(WebApplicationType.NONE)
                .properties(Map.of("leveret.jms.uri", uri, "spring.main.banner-mode", "off"))
                .run();
    }

    static String order(ConfigurableApplicationContext application, String what, String customer)
            throws InterruptedException {
        application.getBean(JmsTemplate.class).convertAndSend("spring.orders", what, message -> {
            message.setStringProperty("customer", customer);
            return message;
        });
        return application.getBean(Desk.class).confirmations.poll(20, TimeUnit.SECONDS);
    }

    /** The program: its argument is the URI of a broker. */
    public static void main(String[] args) throws InterruptedException {
        try (ConfigurableApplicationContext application = run(ExampleBroker.uri(args))) {
            System.out.println(order(application, "a hare", "Alice"));
        }
    }
}
