package dev.leveret.amqp.oauth2;

import dev.leveret.amqp.api.AsyncConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One token for any number of connections: fetched when it is first needed, and while connections are open fetched anew
 * when most of its life is over, and given to each of them.
 *
 * <p>Thread-safe. Nothing of others is called with the lock held.
 */
final class TokenRefresh {

    /** The time, which tests make up. */
    interface Time {

        /** Nanoseconds of any origin. */
        long now();

        /** Runs something later; whoever is called looks himself whether he is still wanted. */
        void after(Duration delay, Runnable action);
    }

    private static final Logger LOG = LoggerFactory.getLogger(TokenRefresh.class);

    /** When a token is renewed, as a part of its life; earlier by up to the jitter, so that clients do not come at once. */
    private static final double RENEWAL = 0.8;

    private static final double JITTER = 0.05;
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

    /** A token and its times. */
    private record Held(AccessToken token, long renewAt, long expiresAt) {
        boolean isFresh(long now) {
            return token.life().isPresent() && now - renewAt < 0;
        }

        boolean isValid(long now) {
            return token.life().isPresent() && now - expiresAt < 0;
        }
    }

    private final Supplier<CompletableFuture<AccessToken>> endpoint;
    private final Time time;
    private final DoubleSupplier random;
    private final Consumer<TokenEvent> listener;

    private final ReentrantLock lock = new ReentrantLock();
    /** All that follows is guarded by the lock: open connections and the token that the broker knows of each. */
    private final Map<AsyncConnection, AccessToken> connections = new IdentityHashMap<>();

    private @Nullable Held held;
    private @Nullable CompletableFuture<AccessToken> fetching;
    /** A timer with another number is no longer wanted. */
    private long timer;

    private boolean timerSet;
    private int failures;
    private boolean closed;

    /** @param random 0 to 1 */
    TokenRefresh(
            Supplier<CompletableFuture<AccessToken>> endpoint,
            Time time,
            DoubleSupplier random,
            Consumer<TokenEvent> listener) {
        this.endpoint = endpoint;
        this.time = time;
        this.random = random;
        this.listener = listener;
    }

    /** A token that is good for a connect. */
    CompletableFuture<AccessToken> token() {
        CompletableFuture<AccessToken> fetch;
        lock.lock();
        try {
            if (closed) {
                return CompletableFuture.failedFuture(new IllegalStateException("the token's provider is closed"));
            }
            if (held != null && held.isFresh(time.now())) {
                return CompletableFuture.completedFuture(held.token);
            }
        } finally {
            lock.unlock();
        }
        fetch = fetch();
        // A token in its last days is better than none. The caller's future is his own: he may cancel it.
        return fetch.handle((token, failure) -> {
            if (failure == null) {
                return token;
            }
            Optional<AccessToken> old = stillValid();
            return old.orElseThrow(() -> new CompletionException(unwrap(failure)));
        });
    }

    private Optional<AccessToken> stillValid() {
        lock.lock();
        try {
            return held != null && held.isValid(time.now()) ? Optional.of(held.token) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** A connection is open that was opened with this token. */
    void opened(AsyncConnection connection, AccessToken token) {
        Optional<AccessToken> newer = Optional.empty();
        boolean known;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            known = connections.put(connection, token) != null;
            if (held != null && held.token != token) {
                newer = Optional.of(held.token); // fetched while the connection was being opened
            }
            if (!timerSet
                    && fetching == null
                    && held != null
                    && held.token.life().isPresent()) {
                setTimer(remaining(held.renewAt));
            }
        } finally {
            lock.unlock();
        }
        newer.ifPresent(it -> update(connection, it));
        if (!known) {
            connection.closed().whenComplete((end, failure) -> gone(connection));
        }
    }

    private void gone(AsyncConnection connection) {
        lock.lock();
        try {
            connections.remove(connection);
            if (connections.isEmpty()) {
                stopTimer();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is fetched any more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            connections.clear();
            held = null;
            stopTimer();
        } finally {
            lock.unlock();
        }
    }

    // ---- fetching -------------------------------------------------------------------------------------------------

    /** The fetch that is under way, or a new one: many may wait for one. */
    private CompletableFuture<AccessToken> fetch() {
        CompletableFuture<AccessToken> outcome = new CompletableFuture<>();
        long asked;
        lock.lock();
        try {
            if (fetching != null) {
                return fetching;
            }
            fetching = outcome;
            stopTimer();
            asked = time.now();
        } finally {
            lock.unlock();
        }
        endpoint.get().whenComplete((token, failure) -> {
            if (failure == null) {
                fetched(token, asked, outcome);
            } else {
                failed(unwrap(failure), outcome);
            }
        });
        return outcome;
    }

    private void fetched(AccessToken token, long asked, CompletableFuture<AccessToken> outcome) {
        List<AsyncConnection> waiting;
        lock.lock();
        try {
            fetching = null;
            failures = 0;
            long life = token.life().map(Duration::toNanos).orElse(0L);
            long renew = (long) (life * (RENEWAL - JITTER * random.getAsDouble()));
            held = closed ? null : new Held(token, asked + renew, asked + life);
            waiting = new ArrayList<>(connections.keySet());
            if (!waiting.isEmpty() && held != null && token.life().isPresent()) {
                setTimer(remaining(held.renewAt));
            }
        } finally {
            lock.unlock();
        }
        outcome.complete(token);
        LOG.debug("fetched {}, for {} open connections", token, waiting.size());
        tell(new TokenEvent.Fetched(token.life()));
        waiting.forEach(it -> update(it, token));
    }

    private void failed(Throwable cause, CompletableFuture<AccessToken> outcome) {
        Optional<Duration> retry = Optional.empty();
        boolean expired = false;
        int open;
        lock.lock();
        try {
            fetching = null;
            open = connections.size();
            if (open > 0 && !closed) {
                long now = time.now();
                if (held != null && held.isValid(now)) {
                    Duration pause = backOff(failures++);
                    Duration left = remaining(held.expiresAt);
                    retry = Optional.of(pause.compareTo(left) < 0 ? pause : left);
                    setTimer(retry.get());
                } else {
                    expired = true;
                }
            }
        } finally {
            lock.unlock();
        }
        outcome.completeExceptionally(cause);
        if (expired) {
            LOG.error(
                    "the token of {} open connections has expired, and there is no new one: {}",
                    open,
                    cause.toString());
        } else {
            LOG.warn(
                    "no new token{}: {}",
                    retry.map(it -> ", trying again in " + it).orElse(""),
                    cause.toString());
        }
        tell(new TokenEvent.FetchFailed(cause, retry));
        if (expired) {
            tell(new TokenEvent.Expired(open));
        }
    }

    /** Doubles from try to try, and half of it is chance. */
    private Duration backOff(int failuresBefore) {
        Duration longest = FIRST_RETRY.multipliedBy(1L << Math.min(failuresBefore, 10));
        long nanos = (longest.compareTo(LONGEST_RETRY) < 0 ? longest : LONGEST_RETRY).toNanos();
        return Duration.ofNanos((long) (nanos * (0.5 + 0.5 * random.getAsDouble())));
    }

    private void update(AsyncConnection connection, AccessToken token) {
        connection.updateSecret(token.bytes(), "OAuth 2 token renewed").whenComplete((done, failure) -> {
            if (failure == null) {
                return;
            }
            LOG.warn(
                    "{} was not given its new token: {}",
                    connection,
                    unwrap(failure).toString());
            tell(new TokenEvent.UpdateFailed(connection.name(), unwrap(failure)));
        });
    }

    private void tell(TokenEvent event) {
        try {
            listener.accept(event);
        } catch (RuntimeException e) {
            LOG.error("a listener threw on {}", event, e);
        }
    }

    // ---- the timer, under the lock --------------------------------------------------------------------------------

    private void setTimer(Duration delay) {
        long number = ++timer;
        timerSet = true;
        time.after(delay, () -> onTimer(number));
    }

    private void stopTimer() {
        timer++;
        timerSet = false;
    }

    private void onTimer(long number) {
        lock.lock();
        try {
            if (number != timer || closed || connections.isEmpty()) {
                return;
            }
            timerSet = false;
        } finally {
            lock.unlock();
        }
        fetch();
    }

    private Duration remaining(long until) {
        return Duration.ofNanos(Math.max(0, until - time.now()));
    }

    private static Throwable unwrap(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
