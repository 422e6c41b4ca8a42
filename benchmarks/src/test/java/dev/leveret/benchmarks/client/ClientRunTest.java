package dev.leveret.benchmarks.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import dev.leveret.benchmarks.stub.StubBroker;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** That each scenario does what it says with both clients; a run fails by itself if its counts are not the broker's. */
class ClientRunTest {

    private static final Duration BRIEF = Duration.ofMillis(50);

    static Stream<Arguments> runs() {
        return Stream.of(Scenario.values())
                .filter(it -> it != Scenario.END_TO_END && it.runsHere())
                .flatMap(scenario -> ClientRun.CLIENTS.stream().map(client -> Arguments.of(client, scenario)));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void aRunCountsWhatTheStubCounts(String client, Scenario scenario) throws Exception {
        try (StubBroker stub = StubBroker.start()) {
            Result result = ClientRun.run(client, scenario, stub.uri(), BRIEF, BRIEF);
            assertThat(result.figure("messages")).isPositive();
            assertThat(result.figure("bytes")).isPositive();
            assertThat(result.figure("cpu")).isNotNaN();
            assertThat(Double.isNaN(result.figure("p99"))).isNotEqualTo(scenario.takesLatency());
            assertThat(Result.parse(result.toLine())).isEqualTo(result);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Scenario.class,
            names = {"PUBLISH", "CONFIRMED", "ONE_AT_A_TIME", "CONSUME_ACK", "CONSUME_AUTO_ACK"})
    void aMessageMoreThanWasCountedFailsTheRun(Scenario scenario) throws Exception {
        try (StubBroker stub = StubBroker.start();
                Workload workload = scenario.workload("leveret", stub.uri())) {
            long messages = workload.run(BRIEF);
            assertThatThrownBy(() -> workload.check(messages - 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(Long.toString(messages))
                    .hasMessageContaining(Long.toString(messages - 1));
        }
    }

    @Test
    void aConnectionThatSettlesWhatWasNotDeliveredIsDropped() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setAutomaticRecoveryEnabled(false);
        try (StubBroker stub = StubBroker.start()) {
            factory.setUri(stub.uri());
            Connection connection = factory.newConnection();
            try {
                Channel channel = connection.createChannel();
                channel.basicAck(1, false);
                assertThatThrownBy(() -> channel.queueDeclarePassive("counter.settled"))
                        .isInstanceOfAny(IOException.class, ShutdownSignalException.class);
            } finally {
                connection.abort();
            }
        }
    }

    @EveryBroker
    void whatIsPublishedToARealQueueIsConsumedFromIt(Broker broker) throws Exception {
        for (String client : ClientRun.CLIENTS) {
            Result result =
                    ClientRun.run(client, Scenario.END_TO_END, broker.uri().toString(), BRIEF, Duration.ofMillis(100));
            assertThat(result.figure("messages")).isPositive();
        }
    }
}
