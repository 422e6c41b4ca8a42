package dev.leveret.jms.destination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Destination;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.Topic;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import javax.naming.NamingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class JmsDestinationTest {

    @Test
    void destinationsAreEqualByKindAndName() throws JMSException {
        assertThat(JmsQueue.of("x")).isEqualTo(JmsQueue.of("x")).hasSameHashCodeAs(JmsQueue.of("x"));
        assertThat(JmsQueue.of("x")).isNotEqualTo(JmsQueue.of("y"));
        assertThat((Destination) JmsQueue.of("x")).isNotEqualTo(JmsTopic.of("x"));
        JmsQueue temporary = new JmsTemporaryQueue("x", TemporaryOwner.ELSEWHERE);
        assertThat(temporary).isEqualTo(JmsQueue.of("x")).hasSameHashCodeAs(JmsQueue.of("x"));
    }

    @Test
    void aNameMayComeWithItsKind() throws JMSException {
        assertThat(JmsQueue.of("queue://a/b")).isEqualTo(JmsQueue.of("a/b"));
        assertThat(JmsTopic.of("topic://a.b")).isEqualTo(JmsTopic.of("a.b"));
        assertThat(JmsQueue.of("queue://a").name()).isEqualTo("a");
        assertThat(JmsQueue.of(new JmsTemporaryQueue("t", TemporaryOwner.ELSEWHERE).toString())
                        .name())
                .isEqualTo("t");
    }

    @ParameterizedTest
    @CsvSource({
        "queue:///ORDERS,                                          ORDERS",
        "queue:///ORDERS?targetClient=1,                           ORDERS",
        "queue:///ORDERS?targetClient=1&persistence=-2&expiry=-2,  ORDERS",
        "queue://orders?consumer.prefetchSize=10,                  orders",
        "queue://a/b?consumer.exclusive=false,                     a/b",
        "orders?targetClient=1,                                    orders?targetClient=1",
        "/orders,                                                  /orders",
    })
    void theHabitsOfOtherProvidersAreUnderstood(String text, String name) throws JMSException {
        assertThat(JmsQueue.of(text).name()).isEqualTo(name);
        assertThat(JmsTopic.of(text.replace("queue:", "topic:")).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({
        "queue:///q?targetKlient=1,          did you mean 'targetClient'?",
        "queue://q?consumer.prefetchsize=1,  did you mean 'consumer.prefetchSize'?",
        "queue://q?zzz=1,                    unknown option 'zzz'",
        "queue:///q?persistence=1,           setDeliveryMode",
        "queue:///q?expiry=1000,             setTimeToLive",
        "queue:///q?priority=9,              setPriority",
        "queue://q?consumer.exclusive=true,  x-single-active-consumer",
        "queue://q?consumer.selector=a,      creating the consumer",
        "queue://q?targetClient,             without the scheme",
        "queue:///,                          none given or too long",
        "queue://?targetClient=1,            none given or too long",
    })
    void whatADestinationCannotDoIsRefused(String text, String words) {
        assertThatThrownBy(() -> JmsQueue.of(text))
                .isInstanceOf(InvalidDestinationException.class)
                .hasMessageContaining(words.equals("none given or too long") ? "1 to 255 bytes" : words);
    }

    @Test
    void whatMessagesCarryIsTakenAsItIs() {
        assertThat(JmsDestination.parse("queue:///a?b").orElseThrow().name()).isEqualTo("/a?b");
    }

    @Test
    void aTemporaryDestinationCannotBeStored() {
        assertThatThrownBy(() -> new JmsTemporaryQueue("t", TemporaryOwner.ELSEWHERE).getReference())
                .isInstanceOf(NamingException.class)
                .hasMessageContaining("temp-queue://t");
    }

    @Test
    void theOtherKindIsRefused() {
        assertThatThrownBy(() -> JmsQueue.of("topic://a")).isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> JmsTopic.of("queue://a")).isInstanceOf(InvalidDestinationException.class);
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(strings = "ä")
    void aNameIsNotEmptyAndFitsAmqp(String name) {
        String bad = "ä".equals(name) ? name.repeat(128) : name;
        assertThatThrownBy(() -> JmsQueue.of(bad)).isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> JmsTopic.of(bad)).isInstanceOf(InvalidDestinationException.class);
    }

    @Test
    void toStringCanBeParsed() throws JMSException {
        for (JmsDestination it : new JmsDestination[] {
            JmsQueue.of("q"),
            JmsTopic.of("t"),
            new JmsTemporaryQueue("tq", TemporaryOwner.ELSEWHERE),
            new JmsTemporaryTopic("tt", TemporaryOwner.ELSEWHERE)
        }) {
            assertThat(JmsDestination.parse(it.toString())).get().isEqualTo(it).hasSameClassAs(it);
        }
        assertThat(JmsQueue.of("q")).hasToString("queue://q");
        assertThat(JmsTopic.of("t")).hasToString("topic://t");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "q", "queue:", "queue://", "http://x", "QUEUE://x"})
    void otherTextIsNoDestination(String text) {
        assertThat(JmsDestination.parse(text)).isEmpty();
    }

    @Test
    void anotherProvidersDestinationBecomesOurs() throws JMSException {
        Queue queue = () -> "q";
        Topic topic = () -> "t";
        assertThat(JmsDestination.of(queue)).isEqualTo(JmsQueue.of("q"));
        assertThat(JmsDestination.of(topic)).isEqualTo(JmsTopic.of("t"));
    }

    @Test
    void whatIsNeitherQueueNorTopicOrBothIsNoDestination() {
        interface Both extends Queue, Topic {}
        Both both = new Both() {
            @Override
            public String getQueueName() {
                return "x";
            }

            @Override
            public String getTopicName() {
                return "x";
            }
        };
        assertThatThrownBy(() -> JmsDestination.of(both)).isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> JmsDestination.of(new Destination() {}))
                .isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> JmsDestination.of(null)).isInstanceOf(InvalidDestinationException.class);
    }

    @Test
    void onlyItsConnectionDeletesATemporaryDestination() {
        JmsTemporaryQueue received =
                (JmsTemporaryQueue) JmsDestination.parse("temp-queue://x").orElseThrow();
        assertThatThrownBy(received::delete).isInstanceOf(JMSException.class).hasMessageContaining("temp-queue://x");
    }

    @Test
    void destinationsCanBeSerialised() throws Exception {
        for (JmsDestination it :
                new JmsDestination[] {JmsQueue.of("q"), new JmsTemporaryTopic("t", TemporaryOwner.ELSEWHERE)}) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                out.writeObject(it);
            }
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
                Object copy = in.readObject();
                assertThat(copy).isEqualTo(it);
                assertThat(((JmsDestination) copy).temporaryOwner()).isEqualTo(it.temporaryOwner());
            }
        }
    }
}
