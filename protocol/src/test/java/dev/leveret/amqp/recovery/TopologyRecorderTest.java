package dev.leveret.amqp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.QueueType;
import dev.leveret.amqp.api.TopologyEntity;
import dev.leveret.amqp.machine.Deadlines;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopologyRecorderTest {

    private static final QueueSpec SERVER_NAMED = QueueSpec.of("").withExclusive(true);

    private final Deadlines deadlines = new Deadlines(Long.MAX_VALUE - 1_000);
    private final TopologyRecorder recorder = new TopologyRecorder(deadlines);

    // ---- order ------------------------------------------------------------------------------------------------------

    @Test
    void whatOthersNeedComesFirstAndEachKindInTheOrderOfDeclaring() {
        recorder.queueDeclared(QueueSpec.of("b"), "b");
        recorder.queueDeclared(QueueSpec.of("a"), "a");
        recorder.exchangeDeclared(ExchangeSpec.direct("y"));
        recorder.bound(BindingSpec.toQueue("y", "b", "1"));
        recorder.exchangeDeclared(ExchangeSpec.direct("x"));
        recorder.bound(BindingSpec.toExchange("x", "y", "2"));
        recorder.bound(BindingSpec.toQueue("x", "a", "3"));
        recorder.bound(BindingSpec.toExchange("y", "x", "4"));

        assertThat(described())
                .containsExactly(
                        "exchange 'y'",
                        "exchange 'x'",
                        "queue 'b'",
                        "queue 'a'",
                        "binding of exchange 'y' to 'x' with key '2'",
                        "binding of exchange 'x' to 'y' with key '4'",
                        "binding of queue 'b' to 'y' with key '1'",
                        "binding of queue 'a' to 'x' with key '3'");
        assertThat(recorder.size()).isEqualTo(8);
    }

    @Test
    void aRedeclarationReplacesWhatWasKnownAndKeepsPlaceAndBindings() {
        recorder.exchangeDeclared(ExchangeSpec.direct("x"));
        recorder.queueDeclared(QueueSpec.of("q"), "q");
        recorder.queueDeclared(QueueSpec.of("r"), "r");
        recorder.bound(BindingSpec.toQueue("x", "q", "k"));

        recorder.exchangeDeclared(ExchangeSpec.fanout("x"));
        recorder.queueDeclared(QueueSpec.classic("q"), "q");

        assertThat(recorder.entities())
                .containsExactly(
                        new TopologyEntity.Exchange(ExchangeSpec.fanout("x")),
                        new TopologyEntity.Queue(QueueSpec.classic("q"), "q"),
                        new TopologyEntity.Queue(QueueSpec.of("r"), "r"),
                        new TopologyEntity.Binding(BindingSpec.toQueue("x", "q", "k")));
    }

    // ---- what goes with something else ------------------------------------------------------------------------------

    @Test
    void aDeletedQueueTakesItsBindingsAndTheExchangesThatDeleteThemselvesWithIt() {
        recorder.exchangeDeclared(ExchangeSpec.direct("first").withAutoDelete(true));
        recorder.exchangeDeclared(ExchangeSpec.direct("second").withAutoDelete(true));
        recorder.exchangeDeclared(ExchangeSpec.direct("stays"));
        recorder.queueDeclared(QueueSpec.of("q"), "q");
        recorder.bound(BindingSpec.toExchange("first", "second", "k"));
        recorder.bound(BindingSpec.toQueue("second", "q", "k"));
        recorder.bound(BindingSpec.toQueue("stays", "q", "k"));

        recorder.queueDeleted("q");

        assertThat(described()).containsExactly("exchange 'stays'");
        assertThat(recorder.retained()).isEqualTo(1);
    }

    @Test
    void anExchangeThatDeletesItselfStaysWhileItHasAnotherBindingAndWhenItNeverHadOne() {
        recorder.exchangeDeclared(ExchangeSpec.direct("unbound").withAutoDelete(true));
        recorder.exchangeDeclared(ExchangeSpec.direct("x").withAutoDelete(true));
        recorder.queueDeclared(QueueSpec.of("q"), "q");
        recorder.bound(BindingSpec.toQueue("x", "q", "1"));
        recorder.bound(BindingSpec.toQueue("x", "q", "2"));
        recorder.bound(BindingSpec.toExchange("x", "unbound", "3"));

        recorder.unbound(BindingSpec.toQueue("x", "q", "1"));
        recorder.unbound(BindingSpec.toQueue("x", "q", "2"));
        recorder.unbound(BindingSpec.toQueue("x", "q", "never bound"));
        assertThat(described()).contains("exchange 'x'", "exchange 'unbound'");

        recorder.unbound(BindingSpec.toExchange("x", "unbound", "3"));
        assertThat(described()).containsExactly("exchange 'unbound'", "queue 'q'");
    }

    @Test
    void aDeletedExchangeTakesBindingsFromItAndToItWithIt() {
        recorder.exchangeDeclared(ExchangeSpec.direct("a").withAutoDelete(true));
        recorder.exchangeDeclared(ExchangeSpec.direct("b"));
        recorder.exchangeDeclared(ExchangeSpec.direct("c").withAutoDelete(true));
        recorder.bound(BindingSpec.toExchange("a", "b", ""));
        recorder.bound(BindingSpec.toExchange("b", "b", ""));
        recorder.bound(BindingSpec.toExchange("b", "c", ""));

        recorder.exchangeDeleted("b");

        assertThat(described()).containsExactly("exchange 'c'");
    }

    @Test
    void aLongChainOfExchangesThatDeleteThemselvesNeedsNoDeepStack() {
        int length = 50_000;
        recorder.queueDeclared(QueueSpec.of("q"), "q");
        for (int i = 0; i < length; i++) {
            recorder.exchangeDeclared(ExchangeSpec.fanout("x" + i).withAutoDelete(true));
            recorder.bound(
                    i == 0 ? BindingSpec.toQueue("x0", "q", "") : BindingSpec.toExchange("x" + i, "x" + (i - 1), ""));
        }

        recorder.queueDeleted("q");

        assertThat(recorder.retained()).isZero();
    }

    @Test
    void anAutoDeleteQueueGoesWithItsLastConsumerButNotBeforeItHadOne() {
        recorder.queueDeclared(QueueSpec.of("q").withAutoDelete(true), "q");
        recorder.bound(BindingSpec.toQueue("amq.direct", "q", "k"));
        recorder.consumerEnded("never started");
        recorder.consumerStarted("one", "q");
        recorder.consumerStarted("two", "q");
        recorder.consumerEnded("one");
        recorder.consumerEnded("one");
        assertThat(described()).hasSize(2);

        recorder.consumerEnded("two");

        assertThat(recorder.isEmpty()).isTrue();
        assertThat(recorder.retained()).isZero();
    }

    @Test
    void aConsumerThatIsStartedAgainAfterARecoveryCountsOnce() {
        recorder.queueDeclared(QueueSpec.of("q").withAutoDelete(true), "q");
        recorder.consumerStarted("one", "q");
        recorder.consumerStarted("one", "q");

        recorder.consumerEnded("one");

        assertThat(recorder.isEmpty()).isTrue();
    }

    @Test
    void theConsumerOfADeletedQueueDoesNotEndThatOfItsSuccessor() {
        QueueSpec spec = QueueSpec.of("q").withAutoDelete(true);
        recorder.queueDeclared(spec, "q");
        recorder.consumerStarted("old", "q");
        recorder.queueDeleted("q");
        recorder.queueDeclared(spec, "q");

        recorder.consumerEnded("old"); // basic.cancel comes later than delete-ok of another channel

        assertThat(described()).containsExactly("queue 'q'");
    }

    @Test
    void aConsumerFromBeforeTheDeclarationCounts() {
        recorder.consumerStarted("early", "q");
        recorder.queueDeclared(QueueSpec.of("q").withExpires(Duration.ofSeconds(1)), "q");

        pass(Duration.ofHours(1));

        assertThat(described()).containsExactly("queue 'q'");
    }

    @Test
    void bindingsOfWhatOthersDeclaredAreRecordedAndGoWhenItIsSaidToBeGone() {
        recorder.bound(BindingSpec.toQueue("theirs", "their queue", "k"));
        recorder.bound(BindingSpec.toQueue("amq.topic", "their queue", "k"));
        assertThat(recorder.size()).isEqualTo(2);

        recorder.queueGone("their queue");

        assertThat(recorder.retained()).isZero();
    }

    // ---- equality of bindings ---------------------------------------------------------------------------------------

    @Test
    void bindingsAreToldApartByTheContentOfTheirArguments() {
        BindingSpec one = BindingSpec.toQueue("amq.headers", "q", "").withHeader("h", new byte[] {1});
        BindingSpec same = BindingSpec.toQueue("amq.headers", "q", "").withHeader("h", new byte[] {1});
        BindingSpec nested = one.withHeader("l", List.of(new byte[] {1}));
        BindingSpec otherType = BindingSpec.toQueue("amq.headers", "q", "").withHeader("h", 1);
        recorder.bound(one);
        recorder.bound(same);
        recorder.bound(otherType);
        recorder.bound(nested);
        assertThat(recorder.size()).isEqualTo(3);

        recorder.unbound(same);
        recorder.unbound(nested.withHeader("l", List.of(new byte[] {1})));

        assertThat(recorder.entities()).containsExactly(new TopologyEntity.Binding(otherType));
    }

    // ---- expiry -----------------------------------------------------------------------------------------------------

    @Test
    void anUnusedQueueGoesWhenItsExpiryIsOver() {
        recorder.queueDeclared(QueueSpec.of("q").withExpires(Duration.ofSeconds(10)), "q");
        recorder.bound(BindingSpec.toQueue("amq.direct", "q", "k"));

        pass(Duration.ofMillis(9_999));
        assertThat(recorder.size()).isEqualTo(2);
        pass(Duration.ofMillis(1));

        assertThat(recorder.entities()).isEmpty();
        assertThat(recorder.retained()).isZero();
    }

    @Test
    void consumersKeepAQueueFromExpiringAndItsTimeBeginsWhenTheLastEnds() {
        recorder.queueDeclared(QueueSpec.of("q").withExpires(Duration.ofSeconds(10)), "q");
        recorder.consumerStarted("c", "q");
        pass(Duration.ofDays(365));
        assertThat(recorder.size()).isEqualTo(1);

        recorder.consumerEnded("c");
        pass(Duration.ofSeconds(9));
        assertThat(recorder.size()).isEqualTo(1);
        pass(Duration.ofSeconds(1));
        assertThat(recorder.size()).isZero();
    }

    @Test
    void whatIsUseOfAClassicQueueIsNotAllUseOfAQuorumQueue() {
        QueueSpec classic = QueueSpec.classic("c").withExpires(Duration.ofSeconds(10));
        QueueSpec quorum = classic("r").withType(QueueType.QUORUM);
        QueueSpec lookedUp = classic("l");
        QueueSpec quorumLookedUp = classic("m").withType(QueueType.QUORUM);
        QueueSpec got = classic("g").withType(QueueType.QUORUM);
        for (QueueSpec spec : List.of(classic, quorum, lookedUp, quorumLookedUp, got)) {
            recorder.queueDeclared(spec, spec.name());
        }
        pass(Duration.ofSeconds(6));
        recorder.queueDeclared(classic, "c");
        recorder.queueDeclared(quorum, "r");
        recorder.queueLookedUp("l");
        recorder.queueLookedUp("m");
        recorder.queueUsed("g");
        recorder.bound(BindingSpec.toQueue("amq.direct", "r", "a binding is no use"));
        pass(Duration.ofSeconds(6));

        assertThat(described()).containsExactly("queue 'c'", "queue 'l'", "queue 'g'");
    }

    @Test
    void aQuorumQueueThatIsDeclaredAfterItHasExpiredIsANewOneWithoutBindings() {
        QueueSpec quorum = classic("q").withType(QueueType.QUORUM);
        recorder.queueDeclared(quorum, "q");
        recorder.bound(BindingSpec.toQueue("amq.direct", "q", "k"));
        pass(Duration.ofSeconds(6));
        recorder.queueDeclared(quorum, "q");
        pass(Duration.ofSeconds(6));

        recorder.queueDeclared(quorum, "q");

        assertThat(described()).containsExactly("queue 'q'");
        pass(Duration.ofSeconds(9));
        assertThat(recorder.size()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -5, Long.MAX_VALUE})
    void anExpiryThatMeansNothingOrTheEndOfTimeNeverComes(long millis) {
        recorder.queueDeclared(QueueSpec.of("q").withArgument("x-expires", millis), "q");

        pass(Duration.ofDays(10_000));

        assertThat(recorder.size()).isEqualTo(1);
    }

    // ---- names ------------------------------------------------------------------------------------------------------

    @Test
    void bindingsConsumersAndLookupsFollowAQueueToItsNewName() {
        recorder.queueDeclared(SERVER_NAMED, "amq.gen-1");
        recorder.queueDeclared(QueueSpec.of("other"), "other");
        recorder.bound(BindingSpec.toQueue("amq.direct", "amq.gen-1", "k"));
        recorder.bound(BindingSpec.toQueue("amq.direct", "other", "k"));
        recorder.consumerStarted("c", "amq.gen-1");

        recorder.renamed("amq.gen-1", "amq.gen-2");
        recorder.renamed("amq.gen-1", "amq.gen-3"); // by its first name

        assertThat(recorder.currentName("amq.gen-1")).isEqualTo("amq.gen-3");
        assertThat(recorder.currentName("amq.gen-2")).isEqualTo("amq.gen-3");
        assertThat(recorder.currentName("unknown")).isEqualTo("unknown");
        assertThat(recorder.queueOf("c")).isEqualTo("amq.gen-3");
        assertThat(recorder.entities())
                .containsExactly(
                        new TopologyEntity.Queue(SERVER_NAMED, "amq.gen-3"),
                        new TopologyEntity.Queue(QueueSpec.of("other"), "other"),
                        new TopologyEntity.Binding(BindingSpec.toQueue("amq.direct", "amq.gen-3", "k")),
                        new TopologyEntity.Binding(BindingSpec.toQueue("amq.direct", "other", "k")));

        recorder.bound(BindingSpec.toQueue("amq.direct", "amq.gen-2", "k"));
        recorder.unbound(BindingSpec.toQueue("amq.direct", "amq.gen-1", "k"));
        recorder.unbound(BindingSpec.toQueue("amq.direct", "other", "k"));
        recorder.queueDeleted("other");
        assertThat(recorder.size()).isEqualTo(1);

        recorder.queueDeleted("amq.gen-2");
        assertThat(recorder.retained()).isZero();
        assertThat(recorder.currentName("amq.gen-1")).isEqualTo("amq.gen-1");
    }

    @Test
    void aRenamedQueueThatWasRecordedUnderItsNewNameAlreadyIsOneQueue() {
        recorder.queueDeclared(SERVER_NAMED, "amq.gen-1");
        recorder.bound(BindingSpec.toQueue("amq.direct", "amq.gen-1", "k"));
        recorder.queueDeclared(SERVER_NAMED, "amq.gen-2");
        recorder.bound(BindingSpec.toQueue("amq.direct", "amq.gen-2", "k"));

        recorder.renamed("amq.gen-1", "amq.gen-2");
        recorder.renamed("amq.gen-2", "amq.gen-2");
        recorder.renamed("never declared", "amq.gen-9");

        assertThat(described())
                .containsExactly("queue 'amq.gen-2'", "binding of queue 'amq.gen-2' to 'amq.direct' with key 'k'");
    }

    @Test
    void ofManyFormerNamesTheFirstAndTheLatestAreKept() {
        recorder.queueDeclared(SERVER_NAMED, "amq.gen-0");
        for (int i = 0; i < 1_000; i++) {
            recorder.renamed("amq.gen-" + i, "amq.gen-" + (i + 1));
        }

        assertThat(recorder.currentName("amq.gen-0")).isEqualTo("amq.gen-1000");
        assertThat(recorder.currentName("amq.gen-985")).isEqualTo("amq.gen-1000");
        assertThat(recorder.currentName("amq.gen-984")).isEqualTo("amq.gen-984");
        assertThat(recorder.retained()).isLessThan(40);
    }

    @Test
    void aQueueThatReallyHasANameGoesBeforeOneThatHadIt() {
        recorder.queueDeclared(SERVER_NAMED, "amq.gen-1");
        recorder.renamed("amq.gen-1", "amq.gen-2");
        recorder.queueDeclared(SERVER_NAMED, "amq.gen-1");
        assertThat(recorder.currentName("amq.gen-1")).isEqualTo("amq.gen-1");

        recorder.queueDeleted("amq.gen-1");

        assertThat(described()).containsExactly("queue 'amq.gen-2'");
    }

    private static QueueSpec classic(String name) {
        return QueueSpec.classic(name).withExpires(Duration.ofSeconds(10));
    }

    private void pass(Duration time) {
        deadlines.advance(deadlines.now() + time.toNanos());
    }

    private List<String> described() {
        return recorder.entities().stream().map(TopologyEntity::describe).toList();
    }
}
