package dev.leveret.examples.jms;

import dev.leveret.jms.LeveretConnectionFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.jms.JmsComponent;
import org.apache.camel.impl.DefaultCamelContext;

/**
 * Requests and replies by Apache Camel over one fixed queue for the replies, which several processes share: each takes its own
 * replies by a selector on {@code JMSCorrelationID}. RabbitMQ has no selectors on queues; Leveret has, on a classic queue.
 */
public final class CamelRequestReply {

    private CamelRequestReply() {}

    /** A Camel context that asks by {@code direct:ask}. */
    static CamelContext asking(String uri, String requests, String replies, String type) throws Exception {
        return started(uri, new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:ask")
                        .toF(
                                "jms:queue:%s?exchangePattern=InOut&replyTo=%s&replyToType=%s&requestTimeout=20000",
                                requests, replies, type);
            }
        });
    }

    /** One that answers. */
    static CamelContext answering(String uri, String requests) throws Exception {
        return started(uri, new RouteBuilder() {
            @Override
            public void configure() {
                fromF("jms:queue:%s?concurrentConsumers=2", requests).setBody(simple("re: ${body}"));
            }
        });
    }

    private static CamelContext started(String uri, RouteBuilder routes) throws Exception {
        CamelContext context = new DefaultCamelContext();
        context.addComponent("jms", JmsComponent.jmsComponentAutoAcknowledge(new LeveretConnectionFactory(uri)));
        context.addRoutes(routes);
        context.start();
        return context;
    }

    /** Asks many things at once. */
    static List<String> ask(CamelContext context, int from, int to) throws Exception {
        try (ProducerTemplate template = context.createProducerTemplate()) {
            List<Future<String>> waiting = new ArrayList<>();
            for (int i = from; i < to; i++) {
                waiting.add(template.asyncRequestBody("direct:ask", "question " + i, String.class));
            }
            List<String> replies = new ArrayList<>();
            for (Future<String> each : waiting) {
                replies.add(each.get());
            }
            return replies;
        }
    }

    /** The program: its argument is the URI of a RabbitMQ. */
    public static void main(String[] args) throws Exception {
        String uri = ExampleBroker.rabbitMqUri(args);
        try (CamelContext answering = answering(uri, "camel.requests");
                CamelContext one = asking(uri, "camel.requests", "camel.replies", "Shared");
                CamelContext two = asking(uri, "camel.requests", "camel.replies", "Shared")) {
            System.out.println(answering.getName() + " answers " + ask(one, 0, 3) + " and " + ask(two, 3, 6));
        }
    }
}
