package dev.leveret.examples;

import dev.leveret.jms.LeveretConnectionFactory;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.Queue;

/** The Jakarta Messaging snippet of the README. */
final class HelloJms {

    private HelloJms() {}

    static String run(String uri) {
        // snippet
        ConnectionFactory factory = new LeveretConnectionFactory(uri);
        try (JMSContext context = factory.createContext()) {
            Queue greetings = context.createQueue("greetings");
            context.createProducer().setProperty("from", "JMS").send(greetings, "hello");
            return context.createConsumer(greetings).receiveBody(String.class, 10_000);
        }
        // end
    }
}
