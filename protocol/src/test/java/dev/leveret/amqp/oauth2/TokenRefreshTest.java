package dev.leveret.amqp.oauth2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.AsyncConnection;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** When tokens are fetched and who gets them; the time is what the test says. */
class TokenRefreshTest {

    private static final IllegalStateException DOWN = new IllegalStateException("the endpoint is down");

    /** A clock that a test turns, and what is to happen when. */
    private static final class SimulatedTime implements TokenRefresh.Time {
        private record Due(long at, long number, Runnable action) {}

        private final PriorityQueue<Due> due = new PriorityQueue<>(
                (a, b) -> a.at == b.at ? Long.compare(a.number, b.number) : Long.compare(a.at - b.at, 0));
        private long now = Long.MAX_VALUE - 1000; // wraps soon: it must not matter
        private long number;

        @Override
        public long now() {
            return now;
        }

        @Override
        public void after(Duration delay, Runnable action) {
            due.add(new Due(now + delay.toNanos(), number++, action));
        }

        void pass(Duration time) {
            long until = now + time.toNanos();
            while (!due.isEmpty() && due.peek().at - until <= 0) {
                Due next = due.remove();
                now = next.at;
                next.action.run();
            }
            now = until;
        }
    }

    /** A connection that takes secrets and notes them. */
    private static final class Taker {
        final List<String> secrets = new ArrayList<>();
        final CompletableFuture<Void> closed = new CompletableFuture<>();
        final AsyncConnection connection = (AsyncConnection) Proxy.newProxyInstance(
                AsyncConnection.class.getClassLoader(),
                new Class<?>[] {AsyncConnection.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "updateSecret" -> take((byte[]) arguments[0]);
                    case "closed" -> closed;
                    case "name", "toString" -> "taker";
                    default -> throw new InvocationTargetException(new AssertionError(method));
                });
        CompletableFuture<Void> answer = CompletableFuture.completedFuture(null);

        private CompletableFuture<Void> take(byte[] secret) {
            secrets.add(new String(secret, StandardCharsets.UTF_8));
            return answer;
        }
    }

    private final SimulatedTime time = new SimulatedTime();
    private final List<CompletableFuture<AccessToken>> asked = new ArrayList<>();
    private final List<TokenEvent> events = new ArrayList<>();
    private double random;
    private final TokenRefresh refresh = new TokenRefresh(this::ask, time, () -> random, events::add);

    private CompletableFuture<AccessToken> ask() {
        CompletableFuture<AccessToken> answer = new CompletableFuture<>();
        asked.add(answer);
        return answer;
    }

    private static AccessToken token(String value, int seconds) {
        return new AccessToken(value, Optional.of(Duration.ofSeconds(seconds)));
    }

    /** A connection that was opened with a token that lives 1000 s from now. */
    private Taker open(String value) {
        CompletableFuture<AccessToken> wanted = refresh.token();
        if (!wanted.isDone()) {
            asked.get(asked.size() - 1).complete(token(value, 1000));
        }
        Taker taker = new Taker();
        refresh.opened(taker.connection, wanted.join());
        return taker;
    }

    private void passSeconds(long seconds) {
        time.pass(Duration.ofSeconds(seconds));
    }

    // ---- failures -------------------------------------------------------------------------------------------------

    @Test
    void aFailureIsRetriedWithGrowingPausesUntilTheTokenExpires() {
        random = 1; // full pauses, earliest renewal: at 750 s
        open("first");
        passSeconds(749);
        assertThat(asked).hasSize(1);
        passSeconds(1);
        assertThat(asked).hasSize(2);
        List<Duration> pauses = new ArrayList<>();
        while (true) {
            asked.get(asked.size() - 1).completeExceptionally(DOWN);
            List<TokenEvent> failed = events.stream()
                    .filter(TokenEvent.FetchFailed.class::isInstance)
                    .toList();
            Optional<Duration> retry = ((TokenEvent.FetchFailed) failed.get(failed.size() - 1)).retry();
            if (retry.isEmpty()) {
                break;
            }
            pauses.add(retry.get());
            int before = asked.size();
            time.pass(retry.get().minusNanos(1));
            assertThat(asked).hasSize(before);
            time.pass(Duration.ofNanos(1));
            assertThat(asked).hasSize(before + 1);
        }
        assertThat(pauses.subList(0, 8))
                .extracting(Duration::toSeconds)
                .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L);
        assertThat(pauses.stream().reduce(Duration.ZERO, Duration::plus)).isEqualTo(Duration.ofSeconds(250));
        assertThat(events.get(events.size() - 1)).isEqualTo(new TokenEvent.Expired(1));
        int before = asked.size();
        passSeconds(100_000);
        assertThat(asked).as("nobody is asked any more").hasSize(before);
    }

    @Test
    void aNewConnectionGetsTheOldTokenWhileItIsValidAndThenTheFailure() {
        open("first");
        passSeconds(800);
        asked.get(1).completeExceptionally(DOWN);
        CompletableFuture<AccessToken> wanted = refresh.token();
        asked.get(2).completeExceptionally(DOWN);
        assertThat(wanted.join().bytes()).isEqualTo("first".getBytes(StandardCharsets.UTF_8));
        passSeconds(200);
        CompletableFuture<AccessToken> tooLate = refresh.token();
        asked.get(asked.size() - 1).completeExceptionally(DOWN);
        assertThat(tooLate).isCompletedExceptionally();
        assertThat(tooLate.handle((token, failure) -> failure.getCause()).join())
                .isSameAs(DOWN);
    }

    @Test
    void aFailureThatNobodyWaitsForIsNotRetried() {
        CompletableFuture<AccessToken> wanted = refresh.token();
        asked.get(0).completeExceptionally(DOWN);
        assertThat(wanted).isCompletedExceptionally();
        passSeconds(1000);
        assertThat(asked).hasSize(1);
        assertThat(events).containsExactly(new TokenEvent.FetchFailed(DOWN, Optional.empty()));
        assertThat(refresh.token()).as("the next one asks again").isNotDone();
        assertThat(asked).hasSize(2);
    }

    @Test
    void afterAFailureAndASuccessPausesBeginAnew() {
        random = 1;
        open("first");
        passSeconds(750);
        asked.get(1).completeExceptionally(DOWN);
        passSeconds(1);
        asked.get(2).completeExceptionally(DOWN);
        passSeconds(2);
        asked.get(3).complete(token("second", 1000));
        passSeconds(750);
        asked.get(4).completeExceptionally(DOWN);
        TokenEvent.FetchFailed last = (TokenEvent.FetchFailed) events.get(events.size() - 1);
        assertThat(last.retry()).contains(Duration.ofSeconds(1));
    }

    @Test
    void aConnectionThatDoesNotTakeItsTokenIsTold() {
        Taker taker = open("first");
        Taker other = open("first");
        taker.answer = CompletableFuture.failedFuture(DOWN);
        passSeconds(800);
        asked.get(1).complete(token("second", 1000));
        assertThat(events).contains(new TokenEvent.UpdateFailed("taker", DOWN));
        assertThat(other.secrets).containsExactly("second");
    }

    @Test
    void aListenerThatThrowsStopsNothing() {
        TokenRefresh careless = new TokenRefresh(this::ask, time, () -> 0, event -> {
            throw new IllegalStateException("as the test wants it");
        });
        CompletableFuture<AccessToken> wanted = careless.token();
        asked.get(0).complete(token("first", 1000));
        Taker taker = new Taker();
        careless.opened(taker.connection, wanted.join());
        passSeconds(800);
        asked.get(1).complete(token("second", 1000));
        assertThat(taker.secrets).containsExactly("second");
    }

    // ---- renewal --------------------------------------------------------------------------------------------------

    @Test
    void aTokenIsRenewedOnEveryOpenConnectionWhenFourFifthsOfItsLifeAreOver() {
        Taker first = open("first");
        Taker second = open("first");
        assertThat(asked).as("one token for both").hasSize(1);
        passSeconds(799);
        assertThat(asked).hasSize(1);
        passSeconds(1);
        assertThat(asked).hasSize(2);
        second.closed.complete(null);
        asked.get(1).complete(token("second", 100));
        assertThat(first.secrets).containsExactly("second");
        assertThat(second.secrets).as("it is closed").isEmpty();
        passSeconds(80);
        asked.get(2).complete(token("third", 1000));
        assertThat(first.secrets).containsExactly("second", "third");
    }

    @Test
    void chanceMakesTheRenewalEarlierButNotLater() {
        random = 1;
        open("first");
        passSeconds(749);
        assertThat(asked).hasSize(1);
        passSeconds(1);
        assertThat(asked).hasSize(2);
    }

    @Test
    void theLifeCountsFromWhenTheTokenWasAskedFor() {
        CompletableFuture<AccessToken> wanted = refresh.token();
        passSeconds(10);
        asked.get(0).complete(token("first", 1000));
        refresh.opened(new Taker().connection, wanted.join());
        passSeconds(789);
        assertThat(asked).hasSize(1);
        passSeconds(1);
        assertThat(asked).hasSize(2);
    }

    @Test
    void aConnectionThatWasBeingOpenedDuringTheRenewalIsGivenTheNewToken() {
        open("first");
        AccessToken old = refresh.token().join();
        passSeconds(800);
        asked.get(1).complete(token("second", 1000));
        Taker late = new Taker();
        refresh.opened(late.connection, old);
        assertThat(late.secrets).containsExactly("second");
    }

    @Test
    void manyWhoWaitForATokenCauseOneFetch() {
        CompletableFuture<AccessToken> one = refresh.token();
        CompletableFuture<AccessToken> two = refresh.token();
        one.cancel(false);
        asked.get(0).complete(token("first", 1000));
        assertThat(asked).hasSize(1);
        assertThat(two).isCompleted();
    }

    @Test
    void withoutOpenConnectionsNothingIsRenewedAndTheNextConnectFetches() {
        Taker taker = open("first");
        taker.closed.complete(null);
        passSeconds(900);
        assertThat(asked).hasSize(1);
        CompletableFuture<AccessToken> wanted = refresh.token();
        assertThat(asked).hasSize(2);
        asked.get(1).complete(token("second", 1000));
        assertThat(wanted.join().bytes()).isEqualTo("second".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aTokenOfUnknownLifeServesOneConnectAndIsNotRenewed() {
        CompletableFuture<AccessToken> wanted = refresh.token();
        asked.get(0).complete(new AccessToken("first", Optional.empty()));
        refresh.opened(new Taker().connection, wanted.join());
        passSeconds(100_000);
        assertThat(asked).hasSize(1);
        assertThat(refresh.token()).isNotDone();
        assertThat(asked).hasSize(2);
    }

    @Test
    void closingEndsRenewalsAndConnects() {
        Taker taker = open("first");
        refresh.close();
        passSeconds(2000);
        assertThat(asked).hasSize(1);
        assertThat(taker.secrets).isEmpty();
        assertThat(refresh.token()).isCompletedExceptionally();
    }
}
