package dev.leveret.jms.joram;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.BrokerOffer;
import dev.leveret.testkit.Brokers;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import junit.framework.TestCase;
import junit.framework.TestFailure;
import junit.framework.TestResult;
import junit.framework.TestSuite;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.objectweb.jtests.jms.conform.connection.ConnectionTest;
import org.objectweb.jtests.jms.conform.connection.TopicConnectionTest;
import org.objectweb.jtests.jms.conform.message.MessageBodyTest;
import org.objectweb.jtests.jms.conform.message.MessageDefaultTest;
import org.objectweb.jtests.jms.conform.message.MessageTypeTest;
import org.objectweb.jtests.jms.conform.message.headers.MessageHeaderTest;
import org.objectweb.jtests.jms.conform.message.properties.JMSXPropertyTest;
import org.objectweb.jtests.jms.conform.message.properties.MessagePropertyConversionTest;
import org.objectweb.jtests.jms.conform.message.properties.MessagePropertyTest;
import org.objectweb.jtests.jms.conform.queue.QueueBrowserTest;
import org.objectweb.jtests.jms.conform.queue.TemporaryQueueTest;
import org.objectweb.jtests.jms.conform.selector.SelectorSyntaxTest;
import org.objectweb.jtests.jms.conform.selector.SelectorTest;
import org.objectweb.jtests.jms.conform.session.QueueSessionTest;
import org.objectweb.jtests.jms.conform.session.SessionTest;
import org.objectweb.jtests.jms.conform.session.TopicSessionTest;
import org.objectweb.jtests.jms.conform.session.UnifiedSessionTest;
import org.objectweb.jtests.jms.conform.topic.TemporaryTopicTest;
import org.objectweb.jtests.jms.framework.JMSTestCase;

/** Joram's JMS test suite, whole, on every broker. */
class JoramTest {

    private static final List<Class<? extends TestCase>> SUITE = List.of(
            ConnectionTest.class,
            TopicConnectionTest.class,
            MessageBodyTest.class,
            MessageDefaultTest.class,
            MessageTypeTest.class,
            MessageHeaderTest.class,
            JMSXPropertyTest.class,
            MessagePropertyConversionTest.class,
            MessagePropertyTest.class,
            QueueBrowserTest.class,
            TemporaryQueueTest.class,
            SelectorSyntaxTest.class,
            SelectorTest.class,
            QueueSessionTest.class,
            SessionTest.class,
            TopicSessionTest.class,
            UnifiedSessionTest.class,
            TemporaryTopicTest.class);

    private static final String NO_DURABLE = "durable subscriptions are refused on brokers other than RabbitMQ";
    private static final String NO_SELECTORS = "selectors on queues are refused on brokers other than RabbitMQ";

    /** What cannot pass, as {@code Class.method}, and why. */
    private static final Map<String, String> EXCLUDED = Map.of();

    /** What cannot pass on the embedded broker. */
    private static final Map<String, String> EXCLUDED_EMBEDDED = Map.ofEntries(
            entry("SelectorSyntaxTest.testApproximateNumericLiteral", NO_SELECTORS),
            entry("SelectorSyntaxTest.testBetween", NO_SELECTORS),
            entry("SelectorSyntaxTest.testExactNumericLiteral", NO_SELECTORS),
            entry("SelectorSyntaxTest.testIn", NO_SELECTORS),
            entry("SelectorSyntaxTest.testLike", NO_SELECTORS),
            entry("SelectorSyntaxTest.testNull", NO_SELECTORS),
            entry("SelectorSyntaxTest.testString", NO_SELECTORS),
            entry("SelectorSyntaxTest.testValidIdentifiersStart", NO_SELECTORS),
            entry("SelectorSyntaxTest.testZero", NO_SELECTORS),
            entry("SelectorTest.testBetween", NO_SELECTORS),
            entry("SelectorTest.testEquals", NO_SELECTORS),
            entry("SelectorTest.testGreaterThan", NO_SELECTORS),
            entry("SelectorTest.testIdentifierConversion", NO_SELECTORS),
            entry("SelectorTest.testIn", NO_SELECTORS),
            entry("SelectorTest.testJMSDeliveryModeInSelector", NO_SELECTORS),
            entry("SelectorTest.testLikeEscape", NO_SELECTORS),
            entry("SelectorTest.testLike_1", NO_SELECTORS),
            entry("SelectorTest.testLike_2", NO_SELECTORS),
            entry("SelectorTest.testNotEquals", NO_SELECTORS),
            entry("SelectorTest.testNull", NO_SELECTORS),
            entry("SelectorTest.testSelectorExampleFromSpecs", NO_SELECTORS),
            entry("SelectorTest.testStringLiterals", NO_SELECTORS),
            entry("TopicSessionTest.testDurableSubscriber", NO_DURABLE),
            entry("TopicSessionTest.testUnsubscribe", NO_DURABLE));

    private static final Duration LIMIT = Duration.ofMinutes(1);

    @Test
    void nothingOfTheSuiteIsMissing() {
        assertThat(SUITE.stream().mapToInt(it -> tests(it).size()).sum()).isEqualTo(196);
        assertThat(SUITE.stream().flatMap(it -> tests(it).stream()).map(JoramTest::name))
                .containsAll(EXCLUDED.keySet())
                .containsAll(EXCLUDED_EMBEDDED.keySet());
    }

    @AfterAll
    static void close() {
        SuiteAdmin.stopUsing();
    }

    @TestFactory
    Stream<DynamicNode> passesOnEveryBroker() {
        JMSTestCase.startServer = false;
        return Brokers.each().stream().map(JoramTest::on);
    }

    private static DynamicNode on(BrokerOffer offer) {
        if (offer.skipReason().isPresent()) {
            return dynamicTest(
                    "on " + offer.name(), () -> abort(offer.skipReason().get()));
        }
        return dynamicContainer(
                "on " + offer.name(),
                SUITE.stream()
                        .flatMap(it -> tests(it).stream())
                        .map(it -> dynamicTest(name(it), () -> {
                            Broker broker = offer.broker().orElseThrow();
                            requireIncluded(EXCLUDED, it);
                            if (!broker.isRabbitMq()) {
                                requireIncluded(EXCLUDED_EMBEDDED, it);
                            }
                            SuiteAdmin.use(broker);
                            run(it);
                        })));
    }

    private static List<TestCase> tests(Class<? extends TestCase> type) {
        return Collections.list(new TestSuite(type).tests()).stream()
                .map(TestCase.class::cast)
                .toList();
    }

    private static String name(TestCase test) {
        return test.getClass().getSimpleName() + "." + test.getName();
    }

    private static void requireIncluded(Map<String, String> excluded, TestCase test) {
        String reason = excluded.get(name(test));
        if (reason != null) {
            abort(reason);
        }
    }

    private static void run(TestCase test) throws Throwable {
        TestResult result = new TestResult();
        assertTimeoutPreemptively(LIMIT, () -> test.run(result));
        for (TestFailure failure : Collections.list(result.errors())) {
            throw failure.thrownException();
        }
        for (TestFailure failure : Collections.list(result.failures())) {
            throw failure.thrownException();
        }
    }
}
