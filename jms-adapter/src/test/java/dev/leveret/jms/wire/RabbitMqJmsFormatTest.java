package dev.leveret.jms.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.jms.admin.RMQDestination;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.testing.Fuzzing;
import dev.leveret.jms.destination.JmsDestination;
import dev.leveret.jms.destination.JmsQueue;
import dev.leveret.jms.destination.JmsTemporaryQueue;
import dev.leveret.jms.destination.TemporaryOwner;
import dev.leveret.jms.message.JmsBytesMessage;
import dev.leveret.jms.message.JmsMapMessage;
import dev.leveret.jms.message.JmsMessage;
import dev.leveret.jms.message.JmsObjectMessage;
import dev.leveret.jms.message.JmsStreamMessage;
import dev.leveret.jms.message.JmsTextMessage;
import dev.leveret.jms.testing.FakeDelivery;
import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The bytes of rabbitmq-jms, theirs and ours, and those of somebody who means harm. */
class RabbitMqJmsFormatTest {

    private static final List<Object> VALUES = Arrays.asList(
            true, (byte) 1, (short) -2, 'c', 3, -4L, 5.5f, 6.5, "sü\0", new byte[] {7, -1}, null, "x".repeat(5000));

    /** Written as they write it, by Java's own serialization. */
    private static byte[] theirs(String messageClass, Tail tail) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ObjectOutputStream out = new ObjectOutputStream(bytes);
        out.writeUTF("com.rabbitmq.jms.client." + messageClass);
        out.writeUTF("1-2-3");
        out.writeInt(5);
        text(out, "rmq.jms.message.id", "ID:1-2-3");
        out.writeUTF("rmq.jms.message.timestamp");
        out.writeByte(5);
        out.writeLong(1_700_000_000_123L);
        out.writeUTF("rmq.jms.message.reply.to");
        out.writeByte(127);
        out.writeObject(new RMQDestination("replies", true, false));
        out.writeUTF("rmq.jms.message.priority");
        out.writeByte(4);
        out.writeInt(7);
        out.writeUTF("rmq.jms.message.destination");
        out.writeByte(127);
        out.writeObject(new RMQDestination("replies", false, false));
        out.writeInt(1);
        out.writeUTF("n");
        out.writeByte(4);
        out.writeInt(7);
        out.flush();
        tail.write(out, bytes);
        out.flush();
        return bytes.toByteArray();
    }

    private interface Tail {
        void write(ObjectOutputStream out, ByteArrayOutputStream behind) throws IOException;
    }

    private static void text(ObjectOutputStream out, String name, String value) throws IOException {
        out.writeUTF(name);
        out.writeByte(8);
        out.writeUTF(value);
    }

    private static byte[] theirText(String text) throws IOException {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        return theirs("message.RMQTextMessage", (out, behind) -> {
            out.writeBoolean(false);
            out.writeInt(octets.length);
            out.write(octets);
        });
    }

    private static JmsMessage read(byte[] body) throws JMSException {
        BasicProperties properties = BasicProperties.builder()
                .contentType("application/octet-stream")
                .header("n", 7)
                .header("JMSPriority", 7)
                .header("x-first-death-queue", "q")
                .build();
        return InboundMapping.decode(FakeDelivery.of(properties, body), JmsQueue.of("q"), 0);
    }

    @Test
    void theirHeadersAndPropertiesAreRead() throws Exception {
        JmsMessage message = read(theirText("grüße"));
        assertThat(((JmsTextMessage) message).getText()).isEqualTo("grüße");
        assertThat(message.getJMSMessageID()).isEqualTo("ID:1-2-3");
        assertThat(message.getJMSTimestamp()).isEqualTo(1_700_000_000_123L);
        assertThat(message.getJMSPriority()).isEqualTo(7);
        assertThat(message.getJMSReplyTo()).hasToString("queue://replies");
        // A second destination refers back to the class and the strings of the first.
        assertThat(message.getJMSDestination()).hasToString("topic://replies");
        assertThat(message.getObjectProperty("n")).isEqualTo(7);
        assertThat(message.getStringProperty("x-first-death-queue")).isEqualTo("q");
        assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
        assertThat(message.propertyExists("JMSPriority")).isFalse();
    }

    @Test
    void theirBodiesAreReadHoweverTheBlocksAreCut() throws Exception {
        String longText = "ä".repeat(100_000);
        assertThat(((JmsTextMessage) read(theirText(longText))).getText()).isEqualTo(longText);
        assertThat(((JmsTextMessage) read(theirs("message.RMQTextMessage", (out, behind) -> out.writeBoolean(true))))
                        .getText())
                .isNull();
        assertThat(((JmsBytesMessage) read(
                                theirs("message.RMQBytesMessage", (out, behind) -> behind.write(new byte[] {1, 2}))))
                        .content())
                .containsExactly(1, 2);
        assertThat(read(theirs("RMQNullMessage", (out, behind) -> {}))).isExactlyInstanceOf(JmsMessage.class);
    }

    @Test
    void aDestinationWithArgumentsForItsQueueIsRead() throws Exception {
        Map<String, Object> arguments =
                new HashMap<>(Map.of("x-queue-type", "quorum", "x-max-length", 5, "x-single-active-consumer", true));
        assertThat(replyTo(new RMQDestination("q1", true, false, arguments))).isEqualTo("queue://q1");
    }

    @Test
    void amqpDestinationsAreTheirQueues() throws Exception {
        assertThat(replyTo(new RMQDestination("name", "", "key", null))).isEqualTo("queue://key");
        assertThat(replyTo(new RMQDestination("name", "exchange", "key", "queue")))
                .isEqualTo("queue://queue");
        assertThat(replyTo(new RMQDestination("t", true, true))).isEqualTo("temp-queue://t");
        assertThat(replyTo(new RMQDestination("t", false, true))).isEqualTo("temp-topic://t");
    }

    private static String replyTo(RMQDestination destination) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ObjectOutputStream out = new ObjectOutputStream(bytes);
        out.writeUTF("com.rabbitmq.jms.client.RMQNullMessage");
        out.writeUTF("1");
        out.writeInt(1);
        out.writeUTF("rmq.jms.message.reply.to");
        out.writeByte(127);
        out.writeObject(destination);
        out.writeInt(0);
        out.flush();
        return String.valueOf(read(bytes.toByteArray()).getJMSReplyTo());
    }

    private static JmsMessage roundTrip(JmsMessage message) throws JMSException {
        message.setJMSMessageID("ID:9");
        message.setJMSTimestamp(11);
        message.setJMSDeliveryTime(12);
        message.setJMSExpiration(9_000_000_000_000L);
        message.setJMSCorrelationID("c");
        message.setJMSType("t");
        message.setJMSDeliveryMode(1);
        message.setJMSPriority(2);
        message.setJMSDestination(JmsDestination.parse("topic://a.b").orElseThrow());
        message.setJMSReplyTo(JmsQueue.of("replies"));
        message.setLongProperty("l", 5);
        message.setStringProperty("absent", null);
        message.properties().put("JMSXDeliveryCount", 9);
        var sent = OutboundMapping.encodeForRabbitMqJms(message, 1000, "topics");
        JmsMessage back = InboundMapping.decode(FakeDelivery.of(sent.properties(), sent.body()), JmsQueue.of("q"), 0);
        assertThat(back.getJMSMessageID()).isEqualTo("ID:9");
        assertThat(back.getJMSTimestamp()).isEqualTo(11);
        assertThat(back.getJMSDeliveryTime()).isEqualTo(12);
        assertThat(back.getJMSExpiration()).isEqualTo(9_000_000_000_000L);
        assertThat(back.getJMSCorrelationID()).isEqualTo("c");
        assertThat(back.getJMSType()).isEqualTo("t");
        assertThat(back.getJMSDeliveryMode()).isEqualTo(1);
        assertThat(back.getJMSPriority()).isEqualTo(2);
        assertThat(back.getJMSDestination()).hasToString("topic://a.b");
        assertThat(back.getJMSReplyTo()).hasToString("queue://replies");
        assertThat(back.getObjectProperty("l")).isEqualTo(5L);
        assertThat(back.propertyExists("absent")).isFalse();
        assertThat(back.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
        return back;
    }

    @Test
    void whatWeWriteInTheirFormatComesBackTheSame() throws JMSException {
        assertThat(((JmsTextMessage) roundTrip(new JmsTextMessage("grüße"))).getText())
                .isEqualTo("grüße");
        assertThat(((JmsTextMessage) roundTrip(new JmsTextMessage())).getText()).isNull();
        JmsBytesMessage bytes = new JmsBytesMessage();
        bytes.writeBytes(new byte[] {1, 2, 3});
        assertThat(((JmsBytesMessage) roundTrip(bytes)).content()).containsExactly(1, 2, 3);
        assertThat(((JmsBytesMessage) roundTrip(new JmsBytesMessage())).content())
                .isEmpty();
        assertThat(roundTrip(new JmsMessage())).isExactlyInstanceOf(JmsMessage.class);
        JmsObjectMessage object = new JmsObjectMessage();
        object.setObject("s");
        assertThat(((JmsObjectMessage) roundTrip(object)).content()).isEqualTo(object.content());
        assertThat(((JmsObjectMessage) roundTrip(new JmsObjectMessage())).content())
                .isNull();
        JmsMapMessage map = new JmsMapMessage();
        JmsStreamMessage stream = new JmsStreamMessage();
        for (Object value : VALUES) {
            map.setObject("v" + map.content().size(), value);
            stream.writeObject(value);
        }
        JmsMapMessage mapBack = (JmsMapMessage) roundTrip(map);
        JmsStreamMessage streamBack = (JmsStreamMessage) roundTrip(stream);
        for (int i = 0; i < VALUES.size(); i++) {
            assertThat(mapBack.getObject("v" + i)).isEqualTo(VALUES.get(i));
            assertThat(streamBack.readObject()).isEqualTo(VALUES.get(i));
        }
    }

    @Test
    void ourDestinationsAreTheirObjects() throws Exception {
        RMQDestination queue = asTheirs(JmsQueue.of("q"));
        assertThat(queue).isEqualTo(new RMQDestination("q", true, false));
        RMQDestination temporary = asTheirs(new JmsTemporaryQueue("jms.temp.queue.1", TemporaryOwner.ELSEWHERE));
        assertThat(temporary)
                .isEqualTo(new RMQDestination("jms.temp.queue.1", "", "jms.temp.queue.1", "jms.temp.queue.1"));
        RMQDestination topic = asTheirs(JmsDestination.parse("topic://t").orElseThrow());
        assertThat(topic).isEqualTo(new RMQDestination("t", false, false));
    }

    private static RMQDestination asTheirs(JmsDestination destination) throws Exception {
        JavaStreamWriter writer = new JavaStreamWriter();
        RabbitMqJmsDestinations.write(destination, "jms.durable.topic", writer);
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(writer.toByteArray(new byte[0])))) {
            return (RMQDestination) in.readObject();
        }
    }

    @Test
    void aStringThatTheirFormatCannotHoldIsRefusedWhenSending() throws JMSException {
        JmsMessage message = new JmsMessage();
        message.setStringProperty("s", "x".repeat(70_000));
        assertThatThrownBy(() -> OutboundMapping.encodeForRabbitMqJms(message, 0, "topics"))
                .isInstanceOf(MessageFormatException.class);
    }

    @Test
    void aMessageThatIsCutAnywhereIsBytes() throws Exception {
        byte[] whole = theirText("grüße");
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThat(read(cut)).isInstanceOf(JmsBytesMessage.class);
            assertThat(((JmsBytesMessage) read(cut)).content()).isEqualTo(cut);
        }
    }

    @Test
    void noOctetsBreakTheReader() throws Exception {
        Random random = new Random(1);
        List<byte[]> seeds = new ArrayList<>(List.of(theirText("grüße")));
        JmsMapMessage map = new JmsMapMessage();
        JmsStreamMessage stream = new JmsStreamMessage();
        for (Object value : VALUES.subList(0, 11)) {
            map.setObject("v" + map.content().size(), value);
            stream.writeObject(value);
        }
        stream.setJMSReplyTo(JmsQueue.of("r"));
        seeds.add(OutboundMapping.encodeForRabbitMqJms(map, 0, "t").body());
        seeds.add(OutboundMapping.encodeForRabbitMqJms(stream, 0, "t").body());
        for (int round = 0; round < 30_000; round++) {
            byte[] octets = seeds.get(round % seeds.size()).clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                octets[random.nextInt(octets.length)] =
                        (byte) (random.nextBoolean() ? random.nextInt() : 0x70 + random.nextInt(16));
            }
            assertThat(read(octets)).isNotNull();
        }
    }

    /** A message whose JMSReplyTo is what a test writes. */
    private static byte[] withReplyTo(Raw raw) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(0xACED0005);
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        DataOutputStream values = new DataOutputStream(block);
        values.writeUTF("com.rabbitmq.jms.client.RMQNullMessage");
        values.writeUTF("1");
        values.writeInt(1);
        values.writeUTF("rmq.jms.message.reply.to");
        values.writeByte(127);
        out.writeByte(0x77);
        out.writeByte(block.size());
        block.writeTo(out);
        raw.write(out);
        out.writeByte(0x77);
        out.writeByte(4);
        out.writeInt(0);
        return bytes.toByteArray();
    }

    private interface Raw {
        void write(DataOutputStream out) throws IOException;
    }

    private static void describe(DataOutputStream out, String className, int fields) throws IOException {
        out.writeByte(0x72);
        out.writeUTF(className);
        out.writeLong(1);
        out.writeByte(2);
        out.writeShort(fields);
    }

    private static void assertBytes(byte[] body) {
        Fuzzing.withinMemoryFor(body.length, () -> {
            try {
                assertThat(read(body)).isInstanceOf(JmsBytesMessage.class);
            } catch (JMSException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void objectsOfOtherClassesAreNotEvenSkipped() throws Exception {
        for (String other :
                List.of("java.util.PriorityQueue", "java.net.URL", "com.rabbitmq.jms.admin.RMQObjectFactory")) {
            assertBytes(withReplyTo(out -> {
                out.writeByte(0x73);
                describe(out, other, 0);
                out.writeByte(0x78);
                out.writeByte(0x70);
            }));
        }
    }

    @Test
    void anObjectThatHoldsItselfIsNone() throws Exception {
        assertBytes(withReplyTo(out -> {
            out.writeByte(0x73);
            describe(out, "com.rabbitmq.jms.admin.RMQDestination", 1);
            out.writeByte('L');
            out.writeUTF("destinationName");
            out.writeByte(0x74);
            out.writeUTF("Ljava/lang/String;");
            out.writeByte(0x78);
            out.writeByte(0x70);
            // Handles: 0 the class, 1 the type of its field, 2 the object itself.
            out.writeByte(0x71);
            out.writeInt(0x7E0002);
        }));
    }

    @Test
    void aClassThatIsItsOwnParentIsNone() throws Exception {
        assertBytes(withReplyTo(out -> {
            out.writeByte(0x73);
            describe(out, "java.util.HashMap", 0);
            out.writeByte(0x78);
            out.writeByte(0x71);
            out.writeInt(0x7E0000);
        }));
    }

    @Test
    void aChainOfParentsIsNotFollowedFar() throws Exception {
        assertBytes(withReplyTo(out -> {
            out.writeByte(0x73);
            for (int i = 0; i < 100_000; i++) {
                describe(out, "java.util.HashMap", 0);
                out.writeByte(0x78);
            }
            out.writeByte(0x70);
        }));
        // The same by references, where nothing is nested.
        assertBytes(withReplyTo(out -> {
            out.writeByte(0x73);
            describe(out, "com.rabbitmq.jms.admin.RMQDestination", 0);
            for (int i = 0; i < 50_000; i++) {
                out.writeByte(0x73);
                describe(out, "java.util.HashMap", 0);
                out.writeByte(0x78);
                out.writeByte(i == 0 ? 0x70 : 0x71);
                if (i > 0) {
                    out.writeInt(0x7E0001 + 2 * (i - 1));
                }
            }
            out.writeByte(0x78);
            out.writeByte(0x70);
        }));
    }

    @Test
    void objectsAreNotFollowedDeep() throws Exception {
        assertBytes(withReplyTo(out -> {
            out.writeByte(0x73);
            describe(out, "java.util.HashMap", 1);
            out.writeByte('L');
            out.writeUTF("f");
            out.writeByte(0x74);
            out.writeUTF("Ljava/lang/Object;");
            out.writeByte(0x78);
            out.writeByte(0x70);
            for (int i = 0; i < 100_000; i++) {
                out.writeByte(0x73);
                out.writeByte(0x71);
                out.writeInt(0x7E0000);
            }
            out.writeByte(0x70);
        }));
    }

    @Test
    void referencesToNothingAreNone() throws Exception {
        for (int handle : new int[] {0, 0x7E0000, 0x7E0005, Integer.MAX_VALUE, -1}) {
            assertBytes(withReplyTo(out -> {
                out.writeByte(0x71);
                out.writeInt(handle);
            }));
        }
    }

    @Test
    void lengthsAreNotBelieved() throws Exception {
        for (int length : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1000}) {
            assertBytes(theirs("message.RMQTextMessage", (out, behind) -> {
                out.writeBoolean(false);
                out.writeInt(length);
            }));
            assertBytes(theirs("message.RMQStreamMessage", (out, behind) -> out.writeInt(length)));
            assertBytes(theirs("message.RMQObjectMessage", (out, behind) -> {
                out.writeBoolean(false);
                out.writeInt(length);
            }));
        }
        assertBytes(theirs("message.RMQMapMessage", (out, behind) -> out.writeInt(Integer.MAX_VALUE)));
        assertBytes(new byte[] {(byte) 0xAC, (byte) 0xED, 0, 5, 0x7A, 0x7F, -1, -1, -1});
        assertBytes(new byte[] {(byte) 0xAC, (byte) 0xED, 0, 5, 0x7A, -1, -1, -1, -1});
        byte[] emptyBlocks = new byte[100_000];
        System.arraycopy(new byte[] {(byte) 0xAC, (byte) 0xED, 0, 5}, 0, emptyBlocks, 0, 4);
        for (int i = 4; i < emptyBlocks.length; i += 2) {
            emptyBlocks[i] = 0x77;
        }
        assertBytes(emptyBlocks);
    }

    @Test
    void ordinarySerializedObjectsAreLeftAlone() throws Exception {
        JmsObjectMessage object = new JmsObjectMessage();
        object.setObject("just a string");
        assertBytes(object.content());
    }
}
