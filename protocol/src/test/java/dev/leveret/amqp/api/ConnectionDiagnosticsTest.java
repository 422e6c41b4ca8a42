package dev.leveret.amqp.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.ConnectionDiagnostics.Blocked;
import dev.leveret.amqp.api.ConnectionDiagnostics.ChannelDiagnostics;
import dev.leveret.amqp.api.ConnectionDiagnostics.ConsumerDiagnostics;
import dev.leveret.amqp.api.ConnectionDiagnostics.WaitingRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which words are found for what is measured. */
class ConnectionDiagnosticsTest {

    private static final Optional<Duration> NEVER = Optional.empty();

    private static Optional<Duration> seconds(long seconds) {
        return Optional.of(Duration.ofSeconds(seconds));
    }

    private static ConnectionDiagnostics connection(
            Optional<Blocked> blocked, Optional<Duration> sinceRead, boolean writable, ChannelDiagnostics... channels) {
        return new ConnectionDiagnostics(
                "c1",
                true,
                "OPEN",
                blocked,
                sinceRead,
                seconds(1),
                Duration.ofSeconds(60),
                3,
                300,
                writable,
                true,
                List.of(channels),
                List.of(),
                List.of());
    }

    private static ConnectionDiagnostics with(ChannelDiagnostics channel) {
        return connection(Optional.empty(), seconds(1), true, channel);
    }

    private static ChannelDiagnostics channel(
            List<WaitingRequest> requests,
            Optional<Duration> unconfirmed,
            Optional<Duration> handling,
            ConsumerDiagnostics... consumers) {
        return new ChannelDiagnostics(
                1, "OPEN", requests, unconfirmed.isPresent() ? 17 : 0, unconfirmed, 0, List.of(consumers), 4, handling);
    }

    private static ConsumerDiagnostics consumer(int prefetch, int unsettled, Optional<Duration> oldest) {
        return new ConsumerDiagnostics("ctag", "orders", prefetch, unsettled, oldest, Optional.empty());
    }

    private static void assertHint(ConnectionDiagnostics diagnostics, String... words) {
        assertThat(diagnostics.hints()).singleElement().asString().contains(words);
        assertThat(diagnostics.toString()).contains("! " + diagnostics.hints().get(0));
    }

    @Test
    void whatIsOrdinaryIsNoHint() {
        ConnectionDiagnostics ordinary = with(channel(
                List.of(new WaitingRequest("queue.declare", Duration.ofSeconds(1))),
                seconds(1),
                seconds(1),
                consumer(10, 9, seconds(2)),
                consumer(0, 900, seconds(2))));
        assertThat(ordinary.hints()).isEmpty();
        assertThat(ordinary.toString())
                .contains("17 publishes unconfirmed", "9 of 10 unsettled", "900 unsettled", "queue.declare (1.0 s)");
    }

    @Test
    void blockedAndSilentAndDeafConnectionsAreToldApart() {
        assertHint(
                connection(Optional.of(new Blocked("low on disk", Duration.ofSeconds(40))), seconds(1), true),
                "blocked this connection for 40 s: low on disk");
        assertHint(connection(Optional.empty(), seconds(70), true), "nothing has come from the broker for 70 s");
        assertHint(connection(Optional.empty(), seconds(1), false), "takes no more bytes", "3 calls (300 bytes)");
    }

    @Test
    void whatWaitsLongIsNamedWithItsChannel() {
        assertHint(
                with(channel(List.of(new WaitingRequest("queue.purge", Duration.ofSeconds(9))), NEVER, NEVER)),
                "channel 1: the broker has not answered queue.purge");
        assertHint(with(channel(List.of(), seconds(40), NEVER)), "17 publishes", "the oldest for 40 s");
        assertHint(
                with(channel(List.of(), NEVER, seconds(40))), "handlers have been busy for 40 s", "4 deliveries wait");
    }

    @Test
    void anExhaustedPrefetchSaysWhoHoldsIt() {
        assertHint(
                with(channel(List.of(), NEVER, seconds(40), consumer(500, 500, seconds(41)))),
                "500 of 500 unsettled",
                "handed out 41 s ago",
                "the handler has been busy for 40 s");
        assertHint(with(channel(List.of(), NEVER, NEVER, consumer(5, 5, seconds(41)))), "were they acknowledged?");
    }

    @Test
    void theConsumerTimeoutIsToldBeforeItComes() {
        assertHint(
                with(channel(List.of(), NEVER, NEVER, consumer(5, 1, seconds(25 * 60)))), "25 min", "consumer timeout");
    }
}
