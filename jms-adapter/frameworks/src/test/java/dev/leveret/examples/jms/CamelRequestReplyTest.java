package dev.leveret.examples.jms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.Capability;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Test;

class CamelRequestReplyTest {

    private final String requests = "camel-" + UUID.randomUUID();
    private final String replies = requests + "-replies";

    private static List<String> expected(int from, int to) {
        return IntStream.range(from, to).mapToObj(it -> "re: question " + it).toList();
    }

    @Test
    @RequiresRabbitMq
    void twoProcessesShareOneQueueForTheirReplies(Broker broker) throws Exception {
        String uri = broker.uri().toString();
        try (CamelContext answering = CamelRequestReply.answering(uri, requests);
                CamelContext one = CamelRequestReply.asking(uri, requests, replies, "Shared");
                CamelContext two = CamelRequestReply.asking(uri, requests, replies, "Shared")) {
            assertThat(answering.isStarted()).isTrue();
            CompletableFuture<List<String>> first = CompletableFuture.supplyAsync(() -> ask(one, 0, 10));
            assertThat(ask(two, 10, 20)).isEqualTo(expected(10, 20));
            assertThat(first.get()).isEqualTo(expected(0, 10));
        }
    }

    /** Requests expire when nobody waits for the reply any more. */
    @EveryBroker(Capability.MESSAGE_EXPIRATION)
    void oneProcessHasAQueueForItsRepliesAlone(Broker broker) throws Exception {
        String uri = broker.uri().toString();
        try (CamelContext answering = CamelRequestReply.answering(uri, requests);
                CamelContext one = CamelRequestReply.asking(uri, requests, replies, "Exclusive")) {
            assertThat(answering.isStarted()).isTrue();
            assertThat(ask(one, 0, 10)).isEqualTo(expected(0, 10));
        }
    }

    private static List<String> ask(CamelContext context, int from, int to) {
        try {
            return CamelRequestReply.ask(context, from, to);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
