package dev.leveret.jms.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ConnectFailedException;
import dev.leveret.amqp.api.ConnectFailedException.Phase;
import dev.leveret.amqp.api.ConnectionBlockedException;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.ConsumerCancelledException;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishException;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.ReturnedMessage;
import dev.leveret.amqp.api.TlsException;
import dev.leveret.amqp.api.TlsException.Reason;
import jakarta.jms.IllegalStateException;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.InvalidClientIDRuntimeException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidDestinationRuntimeException;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.InvalidSelectorRuntimeException;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.JMSSecurityRuntimeException;
import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageFormatRuntimeException;
import jakarta.jms.MessageNotWriteableException;
import jakarta.jms.MessageNotWriteableRuntimeException;
import jakarta.jms.ResourceAllocationException;
import jakarta.jms.ResourceAllocationRuntimeException;
import jakarta.jms.TransactionInProgressException;
import jakarta.jms.TransactionInProgressRuntimeException;
import jakarta.jms.TransactionRolledBackException;
import jakarta.jms.TransactionRolledBackRuntimeException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JmsErrorsTest {

    private static final OutboundMessage MESSAGE = OutboundMessage.toQueue("q", new byte[0]);

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(channelClosed(404, "no queue 'q'"), InvalidDestinationException.class, "404"),
                Arguments.of(
                        channelClosed(404, "NOT_FOUND - home node 'b' of durable queue 'q' in vhost '/' is down"),
                        ResourceAllocationException.class,
                        "404"),
                Arguments.of(channelClosed(403, "access to queue 'q' refused"), JMSSecurityException.class, "403"),
                Arguments.of(
                        channelClosed(403, "queue 'q' in exclusive use"), ResourceAllocationException.class, "403"),
                Arguments.of(channelClosed(405, "locked"), ResourceAllocationException.class, "405"),
                Arguments.of(channelClosed(406, "inequivalent arg"), JMSException.class, "406"),
                Arguments.of(new ConnectionClosedException("forced", 320, true), JMSException.class, "320"),
                Arguments.of(new ConnectionLostException("gone", null), JMSException.class, null),
                Arguments.of(new ConsumerCancelledException("gone"), JMSException.class, null),
                Arguments.of(new AmqpTimeoutException("slow"), JMSException.class, null),
                Arguments.of(
                        publish(new PublishResult.Returned(
                                new ReturnedMessage(312, "NO_ROUTE", "", "q", BasicProperties.EMPTY, new byte[0]))),
                        InvalidDestinationException.class,
                        "312"),
                Arguments.of(publish(new PublishResult.Nacked()), ResourceAllocationException.class, null),
                Arguments.of(
                        publish(new PublishResult.Rejected(new RuntimeException("closed"))), JMSException.class, null),
                Arguments.of(
                        publish(new PublishResult.Unknown(new ConnectionLostException("gone", null))),
                        JMSException.class,
                        "OUTCOME_UNKNOWN"),
                Arguments.of(
                        publish(new PublishResult.Rejected(channelClosed(404, "no exchange"))),
                        InvalidDestinationException.class,
                        "404"),
                Arguments.of(
                        publish(new PublishResult.Unknown(channelClosed(404, "no exchange"))),
                        InvalidDestinationException.class,
                        "404"),
                Arguments.of(blocked(), ResourceAllocationException.class, null),
                Arguments.of(publish(new PublishResult.Rejected(blocked())), ResourceAllocationException.class, null),
                Arguments.of(
                        notConnected(Phase.CREDENTIALS, new AuthenticationException("refused", null)),
                        JMSSecurityException.class,
                        "403"),
                // Whoever gives the credentials may do so the next time.
                Arguments.of(
                        notConnected(Phase.CREDENTIALS, new RuntimeException("no answer")), JMSException.class, null),
                Arguments.of(notConnected(tls(Reason.UNTRUSTED_ISSUER)), JMSSecurityException.class, null),
                Arguments.of(notConnected(tls(Reason.WRONG_HOST)), JMSSecurityException.class, null),
                Arguments.of(notConnected(tls(Reason.CLIENT_CERTIFICATE_REQUIRED)), JMSSecurityException.class, null),
                Arguments.of(notConnected(tls(Reason.NOT_TLS)), JMSException.class, null),
                Arguments.of(notConnected(tls(Reason.MATERIAL)), JMSException.class, null));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void everyFailureOfTheAmqpClientHasItsException(
            Throwable failure, Class<? extends JMSException> expected, String code) {
        for (Throwable each : new Throwable[] {
            failure, new ExecutionException(failure), new CompletionException(new ExecutionException(failure))
        }) {
            JMSException mapped = JmsErrors.of("doing this", each);
            assertThat(mapped).isExactlyInstanceOf(expected).hasCause(failure);
            assertThat(mapped).hasMessageContaining("doing this").hasMessageContaining(failure.getMessage());
            assertThat(mapped.getLinkedException()).isSameAs(failure);
            assertThat(mapped.getErrorCode()).isEqualTo(code);
        }
    }

    static Stream<Arguments> exceptions() {
        return Stream.of(
                Arguments.of(new IllegalStateException("r", "c"), IllegalStateRuntimeException.class),
                Arguments.of(new InvalidClientIDException("r", "c"), InvalidClientIDRuntimeException.class),
                Arguments.of(new InvalidDestinationException("r", "c"), InvalidDestinationRuntimeException.class),
                Arguments.of(new InvalidSelectorException("r", "c"), InvalidSelectorRuntimeException.class),
                Arguments.of(new JMSSecurityException("r", "c"), JMSSecurityRuntimeException.class),
                Arguments.of(new MessageFormatException("r", "c"), MessageFormatRuntimeException.class),
                Arguments.of(new MessageNotWriteableException("r", "c"), MessageNotWriteableRuntimeException.class),
                Arguments.of(new ResourceAllocationException("r", "c"), ResourceAllocationRuntimeException.class),
                Arguments.of(new TransactionInProgressException("r", "c"), TransactionInProgressRuntimeException.class),
                Arguments.of(new TransactionRolledBackException("r", "c"), TransactionRolledBackRuntimeException.class),
                Arguments.of(new MessageEOFException("r", "c"), JMSRuntimeException.class),
                Arguments.of(new JMSException("r", "c"), JMSRuntimeException.class));
    }

    @ParameterizedTest
    @MethodSource("exceptions")
    void everyExceptionHasItsRuntimeException(JMSException exception, Class<? extends JMSRuntimeException> expected) {
        JMSRuntimeException unchecked = JmsErrors.unchecked(exception);
        assertThat(unchecked).isExactlyInstanceOf(expected).hasMessage("r").hasCause(exception);
        assertThat(unchecked.getErrorCode()).isEqualTo("c");
    }

    @Test
    void theEndOfTheConnectionIsToldFromTheEndOfAChannel() {
        assertThat(JmsErrors.isConnectionLoss(JmsErrors.of("x", new ConnectionLostException("gone", null))))
                .isTrue();
        assertThat(JmsErrors.isConnectionLoss(JmsErrors.of("x", new ConnectionClosedException("forced", 320, true))))
                .isTrue();
        assertThat(JmsErrors.isConnectionLoss(JmsErrors.of("x", blocked()))).isTrue();
        assertThat(JmsErrors.isConnectionLoss(JmsErrors.of("x", channelClosed(404, "no queue"))))
                .isFalse();
        assertThat(JmsErrors.isConnectionLoss(JmsErrors.of("x", publish(new PublishResult.Rejected(blocked())))))
                .isFalse();
    }

    private static ChannelClosedException channelClosed(int code, String text) {
        return new ChannelClosedException(text, code, true, "queue.declare", null);
    }

    private static ConnectionBlockedException blocked() {
        return new ConnectionBlockedException("low on memory", null);
    }

    private static TlsException tls(Reason reason) {
        return new TlsException(reason, "the handshake failed", null);
    }

    private static ConnectFailedException notConnected(TlsException cause) {
        return notConnected(Phase.TLS, cause);
    }

    private static ConnectFailedException notConnected(Phase phase, RuntimeException cause) {
        return new ConnectFailedException(
                List.of(new ConnectFailedException.Attempt(new Endpoint("mq.example", 5671), "", phase, cause)));
    }

    private static PublishException publish(PublishResult result) {
        return PublishException.of(MESSAGE, result);
    }
}
