package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.jms.Diagnosis.Severity;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import jakarta.jms.Session;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DoctorOnBrokersTest {

    @EveryBroker
    void aBrokerOnWhichEverythingIsAllowedHasNoProblem(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Diagnosis diagnosis = Doctor.examine(on.factory(""), List.of(on.name("missing")));
            assertThat(diagnosis.worst()).as(diagnosis.toString()).isLessThan(Severity.PROBLEM);
            assertThat(diagnosis.about("sending"))
                    .extracting(Diagnosis.Finding::statement)
                    .containsExactly("works");
            assertThat(diagnosis.about("receiving"))
                    .extracting(Diagnosis.Finding::statement)
                    .containsExactly("works");
            assertThat(diagnosis.about("queue://" + on.name("missing")).toString())
                    .contains("does not exist");
            assertThat(diagnosis.toString()).contains(on.version());
        }
    }

    @Test
    @RequiresRabbitMq
    void queuesAreRecognisedWithTheirArguments(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Channel channel = on.channel();
            String plain = on.name("plain");
            String priority = on.name("priority");
            String quorum = on.name("quorum");
            String fleeting = on.name("fleeting");
            channel.declareQueue(QueueSpec.of(plain));
            channel.declareQueue(new QueueSpec(
                    priority,
                    true,
                    false,
                    false,
                    Map.of("x-max-priority", 9, "x-max-length", 10, "x-message-ttl", 60_000)));
            channel.declareQueue(QueueSpec.quorum(quorum));
            channel.declareQueue(new QueueSpec(fleeting, false, false, true, Map.of("x-expires", 60_000)));
            Session session = on.started().createSession();
            session.createProducer(session.createQueue(plain)).send(session.createMessage());

            Diagnosis diagnosis = Doctor.examine(on.factory(""), List.of(plain, priority, quorum, fleeting));

            assertThat(about(diagnosis, plain)).contains("a classic queue with 1 messages", "JMSPriority");
            assertThat(about(diagnosis, priority))
                    .contains("a classic queue", "drops its oldest")
                    .doesNotContain("JMSPriority");
            assertThat(about(diagnosis, quorum)).contains("a quorum queue");
            assertThat(about(diagnosis, fleeting)).contains("not durable", "deleted with its last consumer");
            assertThat(channel.declareQueuePassive(plain).messageCount()).isEqualTo(1);
        }
    }

    private static String about(Diagnosis diagnosis, String queue) {
        return diagnosis.about("queue://" + queue).toString();
    }

    @EveryBroker
    void theProgramPrintsAndEndsWithWhatWasFound(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            String uri = broker.uri().toString();
            assertThat(Doctor.run(new String[] {uri}, new PrintStream(out, true, StandardCharsets.UTF_8), System.err))
                    .isZero();
            assertThat(out.toString(StandardCharsets.UTF_8)).contains(on.version(), "FINE", "temporary queues: works");
            String passive = uri + "?jms.autoDeclare=passive";
            assertThat(Doctor.run(
                            new String[] {passive, on.name("missing")},
                            new PrintStream(out, true, StandardCharsets.UTF_8),
                            System.err))
                    .isEqualTo(1);
        }
    }

    @Test
    void aBrokerThatIsNotThereIsToldWithoutThePassword() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream told = new PrintStream(err, true, StandardCharsets.UTF_8);
        assertThat(Doctor.run(new String[] {"amqp://u:s3cret@localhost:1"}, System.out, told))
                .isEqualTo(2);
        assertThat(Doctor.run(new String[] {"amqp://u:s3cret@localhost:x"}, System.out, told))
                .isEqualTo(2);
        assertThat(Doctor.run(new String[0], System.out, told)).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("localhost", "port", "usage: Doctor")
                .doesNotContain("s3cret");
    }
}
