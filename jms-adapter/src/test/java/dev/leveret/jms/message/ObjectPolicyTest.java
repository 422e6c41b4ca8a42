package dev.leveret.jms.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What object messages let in, and that what they keep out is not even looked for. */
class ObjectPolicyTest {

    /** Sees every class that is asked for by the name in a stream. */
    private static final class Witness extends ClassLoader {

        private final List<String> asked = new ArrayList<>();

        Witness(ClassLoader parent) {
            super(parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            asked.add(name);
            return super.loadClass(name, resolve);
        }
    }

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();
    private final Witness witness = new Witness(before);

    @BeforeEach
    void watch() {
        Thread.currentThread().setContextClassLoader(witness);
        System.clearProperty(HandWrittenStream.TOLD);
    }

    @AfterEach
    void unwatch() {
        Thread.currentThread().setContextClassLoader(before);
        System.clearProperty(HandWrittenStream.TOLD);
    }

    private static JmsObjectMessage received(byte[] stream, ObjectPolicy policy) {
        JmsObjectMessage message = new JmsObjectMessage(stream);
        message.markReceived(Acknowledger.NOTHING);
        message.readBy(policy);
        return message;
    }

    private static ObjectPolicy trusting(String list) {
        return ObjectPolicy.CLOSED.withTrusted(TrustedClasses.parse(list));
    }

    private static byte[] serialized(Serializable object) throws JMSException {
        JmsObjectMessage message = new JmsObjectMessage();
        message.setObject(object);
        return message.content();
    }

    /** Test libraries ask for classes of theirs by the same loader. */
    private void assertUntouched(String className) {
        assertThat(System.getProperty(HandWrittenStream.TOLD)).isNull();
        assertThat(witness.asked).noneMatch(it -> it.contains(className));
    }

    @Test
    void nothingIsReadUnlessClassesAreTrusted() throws Exception {
        JmsObjectMessage message = received(HandWrittenStream.of(HandWrittenStream.GADGET), ObjectPolicy.CLOSED);
        assertThatThrownBy(message::getObject)
                .isInstanceOf(MessageFormatException.class)
                .hasMessageContaining("jms.trustedClasses");
        assertUntouched(HandWrittenStream.GADGET);
        assertThatThrownBy(received(serialized("even a string"), ObjectPolicy.CLOSED)::getObject)
                .isInstanceOf(MessageFormatException.class);
    }

    @Test
    void aMessageThatNobodyHasOpenedIsClosed() throws Exception {
        assertThatThrownBy(new JmsObjectMessage(serialized(7))::getObject).isInstanceOf(MessageFormatException.class);
    }

    @Test
    void aClassThatIsNotTrustedIsRefusedByItsNameWhateverWayItIsReadAgain() throws Exception {
        JmsObjectMessage message =
                received(HandWrittenStream.of(HandWrittenStream.GADGET), trusting("java.util.ArrayList"));
        for (int again = 0; again < 2; again++) {
            assertThatThrownBy(message::getObject)
                    .isInstanceOf(MessageFormatException.class)
                    .hasMessageContaining(HandWrittenStream.GADGET)
                    .hasMessageContaining("jms.trustedClasses");
            assertThatThrownBy(() -> message.getBody(Serializable.class)).isInstanceOf(MessageFormatException.class);
            assertThat(message.isBodyAssignableTo(Serializable.class)).isFalse();
            assertThat(message.toString()).startsWith("JmsObjectMessage[");
            assertThat(message.equals(new JmsObjectMessage())).isFalse();
            assertThat(message.hashCode()).isNotZero();
            message.clearProperties();
            message.setJMSType("changed");
        }
        message.clearBody();
        assertThat(message.getObject()).isNull();
        assertUntouched(HandWrittenStream.GADGET);
    }

    /** The other tests would pass as well if the gadget did nothing. */
    @Test
    void theGadgetWorksWhereItIsTrusted() throws Exception {
        Object read = received(HandWrittenStream.of(HandWrittenStream.GADGET), trusting(HandWrittenStream.GADGET))
                .getObject();
        assertThat(read.getClass().getName()).isEqualTo(HandWrittenStream.GADGET);
        assertThat(System.getProperty(HandWrittenStream.TOLD)).isEqualTo("read");
        assertThat(witness.asked).contains(HandWrittenStream.GADGET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.apache.commons.collections.functors.InvokerTransformer",
                "org.apache.commons.collections4.comparators.TransformingComparator",
                "com.sun.org.apache.xalan.internal.xsltc.trax.TemplatesImpl",
                "javax.management.BadAttributeValueExpException",
                "sun.rmi.server.UnicastRef",
                "java.rmi.server.RemoteObjectInvocationHandler",
                "java.lang.ProcessBuilder",
                "java.lang.invoke.SerializedLambda",
                "java.util.PriorityQueue",
                "java.net.URL",
                "java.util.HashMap",
                "com.acmeevil.Order",
                "com.acme"
            })
    void whatAttacksAreMadeOfIsNotLookedFor(String className) throws Exception {
        JmsObjectMessage message =
                received(HandWrittenStream.of(className), trusting("com.acme.*,java.util.ArrayList"));
        assertThatThrownBy(message::getObject)
                .isInstanceOf(MessageFormatException.class)
                .hasMessageContaining(className)
                .hasMessageContaining("not one of the trusted classes");
        JmsObjectMessage array = received(
                HandWrittenStream.array("[L" + className + ";", 1), trusting("com.acme.*,java.util.ArrayList"));
        assertThatThrownBy(array::getObject)
                .isInstanceOf(MessageFormatException.class)
                .hasMessageContaining("not one of the trusted classes");
        assertUntouched(className);
    }

    private static final class Passing implements InvocationHandler, Serializable {

        private static final long serialVersionUID = 1L;

        @Override
        public Object invoke(Object proxy, Method method, Object[] args) {
            return 0;
        }
    }

    @Test
    void proxiesAreRefusedEvenWhereEverythingIsTrusted() throws Exception {
        Object proxy = Proxy.newProxyInstance(before, new Class<?>[] {Comparable.class}, new Passing());
        JmsObjectMessage message = received(serialized((Serializable) proxy), trusting("*"));
        assertThatThrownBy(message::getObject)
                .isInstanceOf(MessageFormatException.class)
                .hasMessageContaining("proxies are never read");
        assertUntouched(Passing.class.getName());
    }

    @Test
    void whatIsTrustedIsRead() throws Exception {
        assertThat(received(serialized("s"), trusting("com.acme.Any")).getObject())
                .isEqualTo("s");
        assertThat(received(serialized(7L), trusting("com.acme.Any")).getObject())
                .isEqualTo(7L);
        assertThat(received(serialized(new int[][] {{1}}), trusting("com.acme.Any"))
                        .getObject())
                .isEqualTo(new int[][] {{1}});
        assertThat(received(serialized(TimeUnit.DAYS), trusting("java.util.concurrent.TimeUnit"))
                        .getObject())
                .isEqualTo(TimeUnit.DAYS);
        Map<String, List<Integer>> nested = new HashMap<>(Map.of("a", new ArrayList<>(List.of(1, 2))));
        for (int i = 0; i < 1000; i++) {
            nested.put("k" + i, new ArrayList<>());
        }
        ObjectPolicy policy = trusting("java.util.HashMap, java.util.ArrayList");
        assertThat(received(serialized((Serializable) nested), policy).getObject())
                .isEqualTo(nested);
        assertThatThrownBy(received(serialized((Serializable) nested), trusting("java.util.HashMap"))::getObject)
                .hasMessageContaining("java.util.ArrayList");
    }

    @Test
    void whatTheApplicationHasPutInItCanReadWithoutTrustingAnybody() throws Exception {
        JmsObjectMessage message = received(HandWrittenStream.of(HandWrittenStream.GADGET), ObjectPolicy.CLOSED);
        assertThatThrownBy(message::getObject).isInstanceOf(MessageFormatException.class);

        message.clearBody();
        message.setObject(new ArrayList<>(List.of("mine")));

        assertThat(message.getObject()).isEqualTo(List.of("mine"));
        assertThat(message.getBody(Serializable.class)).isEqualTo(List.of("mine"));
        // Once it has been sent it is anybody's.
        assertThatThrownBy(received(message.content(), ObjectPolicy.CLOSED)::getObject)
                .isInstanceOf(MessageFormatException.class);
    }

    @Test
    void eachReadingMakesANewObject() throws Exception {
        JmsObjectMessage message = new JmsObjectMessage();
        message.readBy(trusting("java.util.ArrayList"));
        ArrayList<String> mine = new ArrayList<>(List.of("a"));
        message.setObject(mine);
        mine.add("b");
        ((ArrayList<?>) message.getObject()).clear();
        assertThat(message.getObject()).isEqualTo(List.of("a"));
    }

    @Test
    void objectsMayNotBeNestedTooDeep() throws Exception {
        ArrayList<Object> deep = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            deep = new ArrayList<>(List.of(deep));
        }
        byte[] stream = serialized(deep);
        assertThatThrownBy(received(stream, trusting("java.util.ArrayList"))::getObject)
                .isInstanceOf(MessageFormatException.class);
        assertThat(received(stream, trusting("java.util.ArrayList").withMaxDepth(100))
                        .getObject())
                .isEqualTo(deep);
    }

    @Test
    void thereMayNotBeTooManyObjects() throws Exception {
        ArrayList<Object> many = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            many.add(new ArrayList<>());
        }
        ObjectPolicy policy = trusting("java.util.ArrayList").withMaxReferences(100);
        assertThatThrownBy(received(serialized(many), policy)::getObject).isInstanceOf(MessageFormatException.class);
    }

    @Test
    void theStreamMayNotBeTooLong() throws Exception {
        ObjectPolicy policy = trusting("java.util.ArrayList").withMaxBytes(100);
        assertThatThrownBy(received(serialized("x".repeat(100)), policy)::getObject)
                .isInstanceOf(MessageFormatException.class)
                .hasMessageContaining("jms.objectMaxBytes");
    }

    @Test
    void anArrayIsNotLongerThanItsMessage() throws Exception {
        ObjectPolicy policy = trusting("java.util.ArrayList");
        assertThatThrownBy(
                        received(HandWrittenStream.array("[Ljava.lang.String;", Integer.MAX_VALUE), policy)::getObject)
                .isInstanceOf(MessageFormatException.class);
        byte[] list = serialized(new ArrayList<>(List.of("a", "b", "c")));
        // The number of elements, for which the list makes room before it reads them.
        int size = 0;
        while (!(list[size] == 0 && list[size + 1] == 0 && list[size + 2] == 0 && list[size + 3] == 3)) {
            size++;
        }
        list[size] = 0x7F;
        assertThatThrownBy(received(list, policy)::getObject).isInstanceOf(MessageFormatException.class);
    }

    private static final class Failing implements Serializable {

        private static final long serialVersionUID = 1L;

        private final Object field = new Object();

        @Override
        public String toString() {
            return "failing " + field;
        }
    }

    private static final class Throwing implements Serializable {

        private static final long serialVersionUID = 1L;

        private void writeObject(ObjectOutputStream out) throws IOException {
            throw new IllegalStateException("not today");
        }
    }

    @Test
    void whatCannotBeSerializedIsAFormatError() {
        JmsObjectMessage message = new JmsObjectMessage();
        assertThatThrownBy(() -> message.setObject(new Failing()))
                .isInstanceOf(MessageFormatException.class)
                .hasCauseInstanceOf(NotSerializableException.class);
        assertThatThrownBy(() -> message.setObject(new Throwing())).isInstanceOf(MessageFormatException.class);
        assertThat(message.content()).isNull();
    }

    @Test
    void whatIsNoStreamIsAFormatError() {
        for (byte[] nonsense :
                List.of(new byte[0], new byte[] {1, 2, 3}, new byte[] {(byte) 0xAC, (byte) 0xED, 0, 5})) {
            assertThatThrownBy(received(nonsense, trusting("*"))::getObject).isInstanceOf(MessageFormatException.class);
        }
    }

    @Test
    void aStreamThatIsCutAnywhereIsAFormatError() throws Exception {
        byte[] whole = serialized(new HashMap<>(Map.of("a", 1, "b", 2)));
        for (int length = 0; length < whole.length; length++) {
            assertThatThrownBy(received(Arrays.copyOf(whole, length), trusting("java.util.HashMap"))::getObject)
                    .isInstanceOf(MessageFormatException.class);
        }
    }
}
