package dev.leveret.examples.pika;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.Capability;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples that any broker will do for. */
class PikaExamplesTest {

    private static String uri(Broker broker) {
        return broker.uri().toString();
    }

    @EveryBroker
    void getsMessagesOneByOne(Broker broker) {
        assertThat(BasicGet.fetchAll(uri(broker))).containsExactly("hare", "tortoise");
    }

    @EveryBroker
    void consumesWithACallback(Broker broker) throws InterruptedException {
        assertThat(BasicConsume.consume(uri(broker), 3))
                .containsExactly("greeting: hello 1", "greeting: hello 2", "greeting: hello 3");
    }

    @EveryBroker
    void consumesInALoopUntilNothingComes(Broker broker) {
        assertThat(ConsumerGenerator.takeUntilIdle(uri(broker), Duration.ofMillis(500)))
                .containsExactly("message 1", "message 2", "message 3");
    }

    @EveryBroker
    void publishesWithConfirms(Broker broker) {
        assertThat(PublisherConfirms.publish(uri(broker))).isEqualTo(1001);
    }

    @RequiresRabbitMq
    @Test
    void getsBackWhatNobodyTakes(Broker broker) {
        assertThat(MandatoryPublish.publishToNobody(uri(broker))).startsWith("hello came back: ");
    }

    @EveryBroker
    void triesOneHostAfterTheOther(Broker broker) throws IOException {
        int closed;
        try (ServerSocket socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }
        String dead = uri(broker).replaceFirst(":\\d+(?=/|$)", ":" + closed);
        assertThat(SeveralHosts.connect(List.of(dead, uri(broker)))).startsWith("connected to ");
    }

    @EveryBroker(Capability.DIRECT_REPLY_TO)
    void asksAndIsAnswered(Broker broker) {
        assertThat(DirectReplyTo.ask(uri(broker), "hare")).isEqualTo("HARE");
    }

    @EveryBroker
    void worksForLongerThanTheHeartbeat(Broker broker) {
        LongWork.work(uri(broker), Duration.ofSeconds(1), Duration.ofSeconds(4));
    }

    @EveryBroker
    void publishesFromSeveralThreads(Broker broker) throws Exception {
        assertThat(ThreadedPublisher.publish(uri(broker), 4, 50)).isEqualTo(200);
    }

    @EveryBroker
    void worksInSeveralThreads(Broker broker) throws InterruptedException {
        assertThat(ThreadedConsumer.consume(uri(broker), 3, 60)).isNotEmpty();
    }

    @EveryBroker
    void saysEverythingInTheUri(Broker broker) {
        assertThat(UrlParameters.connect(uri(broker))).contains("url-parameters", "heartbeat=PT");
    }

    @EveryBroker
    void publishesOneByOneAndTogether(Broker broker) {
        assertThat(CompareSyncAsync.compare(uri(broker), 200)).startsWith("400 messages: one by one ");
    }

    @EveryBroker
    void publishesUntilItIsBlockedForTooLong(Broker broker) {
        assertThat(BlockedTimeout.publish(uri(broker), Duration.ofSeconds(10), 10))
                .isEqualTo("10 messages are confirmed");
    }
}
