package dev.leveret.amqp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExceptionsTest {

    private static final OutboundMessage MESSAGE = OutboundMessage.of("x", "k", new byte[0]);

    static List<AmqpException> all() {
        return List.of(
                new AmqpTimeoutException("slow"),
                new AuthenticationException("refused", null),
                new ChannelClosedException("closed", 404, true, "queue.declare", null),
                new ConnectFailedException(List.of()),
                new ConnectionBlockedException("blocked", null),
                new ConnectionClosedException("closed", 320, true),
                new ConnectionLostException("lost", null),
                new ConsumerCancelledException("cancelled"),
                PublishException.of(MESSAGE, new PublishResult.Nacked()),
                new SettlementException("settled", SettlementException.Reason.STALE),
                new TlsException(TlsException.Reason.NOT_TLS, "no TLS", null));
    }

    @Test
    void thisListIsComplete() {
        assertThat(all().stream().map(Object::getClass).toList())
                .isEqualTo(Arrays.asList(AmqpException.class.getPermittedSubclasses()));
    }

    @ParameterizedTest
    @MethodSource("all")
    void theCallersCopyIsTheSameKindWithTheOriginalAsCause(AmqpException original) {
        AmqpException copy = original.forCaller();
        assertThat(copy).hasSameClassAs(original).isNotSameAs(original).hasCause(original);
        assertThat(copy.getMessage()).isEqualTo(original.getMessage());
        assertThat(copy.getStackTrace())
                .as("where the caller was")
                .anyMatch(it -> it.getMethodName().startsWith("theCallersCopy"));
        assertThat(copy)
                .usingRecursiveComparison()
                .ignoringFields("cause", "stackTrace")
                .isEqualTo(original);
    }

    @ParameterizedTest
    @MethodSource("all")
    void exceptionsCanBeSerialised(AmqpException original) throws Exception {
        try (ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream())) {
            out.writeObject(original);
        }
    }

    @Test
    void aPublishsFailureTellsWhatBecameOfTheMessage() {
        AmqpException lost = new ConnectionLostException("the cable", null);
        ReturnedMessage back = new ReturnedMessage(312, "NO_ROUTE", "x", "k", BasicProperties.EMPTY, new byte[0]);
        assertThat(PublishException.of(MESSAGE, new PublishResult.Returned(back)))
                .hasMessageContaining("exchange 'x' with routing key 'k' was returned: 312 NO_ROUTE");
        assertThat(PublishException.of(MESSAGE, new PublishResult.Nacked())).hasMessageContaining("basic.nack");
        assertThat(PublishException.of(MESSAGE, new PublishResult.Rejected(new IllegalStateException("no"))))
                .hasMessageContaining("was rejected: no")
                .hasCauseInstanceOf(IllegalStateException.class);
        PublishException unknown = PublishException.of(MESSAGE, new PublishResult.Unknown(lost));
        assertThat(unknown)
                .hasMessageContaining("may or may not")
                .hasMessageContaining("the cable")
                .hasCause(lost);
        assertThat(unknown.outcomeUnknown()).isTrue();
        assertThat(PublishException.of(MESSAGE, new PublishResult.Nacked()).outcomeUnknown())
                .isFalse();
        assertThatThrownBy(() -> PublishException.of(MESSAGE, PublishResult.Confirmed.INSTANCE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFailedConnectTellsEveryAttempt() {
        ConnectFailedException.Attempt dns = new ConnectFailedException.Attempt(
                new Endpoint("a", 1), "", ConnectFailedException.Phase.DNS, new IllegalStateException("unknown"));
        ConnectFailedException.Attempt tcp = new ConnectFailedException.Attempt(
                new Endpoint("b", 2), "10.0.0.1", ConnectFailedException.Phase.TCP, new NullPointerException());
        ConnectFailedException failure = new ConnectFailedException(List.of(dns, tcp));
        assertThat(failure)
                .hasMessage("no connection to the broker: a:1 failed in phase DNS: unknown;"
                        + " b:2 (10.0.0.1) failed in phase TCP: NullPointerException")
                .hasCause(tcp.cause());
        assertThat(failure.attempts()).containsExactly(dns, tcp);
    }
}
