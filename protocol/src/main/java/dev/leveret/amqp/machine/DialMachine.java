package dev.leveret.amqp.machine;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.ConnectFailedException.Attempt;
import dev.leveret.amqp.api.ConnectFailedException.Phase;
import dev.leveret.amqp.api.Endpoint;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One round over all endpoints: what to look up and dial, and when, until a broker lets us in or none is left.
 *
 * <p>Lookups and TCP connections are begun one after another, in order; the next when one has failed, or beside those under
 * way when the last one has had its time ({@link DialLimits#attemptDelay}; RFC 8305 section 5). The first TCP connection
 * wins: the others are closed, so that no broker sees one that says nothing, and it alone goes on to the handshake. When
 * that fails, the round goes on; what was closed for the winner is dialled again, after what has not been dialled yet.
 *
 * <p>Its driver does the work and tells the outcome by the work's number; what it tells of work that is over is ignored.
 * Numbers count up in the order in which work is begun.
 */
public final class DialMachine<A> {

    /** Does the work. May tell an outcome at once, in the call itself. */
    public interface Driver<A> {

        /** To be answered by {@link #onResolved} or {@link #onFailed}. */
        void resolve(int number, Endpoint endpoint);

        /** To be answered by {@link #onConnected} or {@link #onFailed}. */
        void connect(int number, Candidate<A> candidate);

        /**
         * Starts the handshakes on a TCP connection. To be answered by {@link #onOpen} or {@link #onFailed}, and with TLS by
         * {@link #onSecured} before.
         */
        void handshake(int number);

        /** How far the AMQP handshake has come. */
        Phase phase(int number);

        /** Ends work that is under way: closes the connection, drops the lookup. */
        void close(int number);

        /** The round is over: this connection is open, all else has ended. */
        void onOpen(int number);

        /**
         * The round is over, nothing is open.
         *
         * @param attempts all that failed, in the order in which they were begun
         * @param refusal why trying again would be of no use at any address; {@code null} if that is not known
         */
        void onFailure(List<Attempt> attempts, @Nullable AuthenticationException refusal);
    }

    /** Work under way. Without a candidate it is a lookup. */
    private final class Work {

        final int number;
        final Endpoint endpoint;
        final @Nullable Candidate<A> candidate;
        Phase phase;
        private Deadlines.@Nullable Deadline limit;

        Work(Endpoint endpoint, @Nullable Candidate<A> candidate) {
            this.number = ++lastNumber;
            this.endpoint = endpoint;
            this.candidate = candidate;
            this.phase = candidate == null ? Phase.DNS : Phase.TCP;
        }

        void enter(Phase next, Duration timeout) {
            phase = next;
            stopWaiting();
            limit = deadlines.after(timeout, () -> timedOut(this, timeout));
        }

        void stopWaiting() {
            if (limit != null) {
                limit.cancel();
            }
        }

        /** The driver knows how far an AMQP handshake has come. */
        Phase currentPhase() {
            return phase == Phase.PROTOCOL ? driver.phase(number) : phase;
        }

        Attempt failed(Phase at, Throwable cause) {
            return new Attempt(endpoint, candidate == null ? "" : candidate.text(), at, cause);
        }
    }

    private final DialLimits limits;
    private final Deadlines deadlines;
    private final Driver<A> driver;

    private final Iterator<Endpoint> endpoints;
    private final Queue<Candidate<A>> candidates = new ArrayDeque<>();
    private final Map<Integer, Work> lookups = new LinkedHashMap<>();
    private final Map<Integer, Work> dials = new LinkedHashMap<>();
    private final Map<Integer, Attempt> failures = new TreeMap<>();
    private @Nullable Work winner;
    private Deadlines.@Nullable Deadline timer;
    private long nextLookup;
    private long nextDial;
    private int lastNumber;
    private boolean stepping;
    private boolean stepAgain;
    private boolean over;

    /** @param endpoints to be tried in this order */
    public DialMachine(List<Endpoint> endpoints, DialLimits limits, Deadlines deadlines, Driver<A> driver) {
        this.endpoints = endpoints.iterator();
        this.limits = limits;
        this.deadlines = deadlines;
        this.driver = driver;
    }

    public void start() {
        nextLookup = deadlines.now();
        nextDial = deadlines.now();
        step();
    }

    /** Ends everything; the driver is told only what to close. */
    public void cancel() {
        if (!over) {
            over = true;
            inFlight().forEach(this::close);
            drop();
        }
    }

    /** Time is up: what is under way fails for this reason in the phase that it is in, and the round is over. */
    public void expire(AmqpException cause) {
        if (!over) {
            for (Work work : inFlight()) {
                failures.put(work.number, work.failed(work.currentPhase(), cause));
            }
            cancel();
            driver.onFailure(attempts(), null);
        }
    }

    // ---- what the driver tells ------------------------------------------------------------------------------------

    /** The addresses that a lookup has found, in the order in which to dial them. */
    public void onResolved(int number, List<Candidate<A>> found) {
        Work lookup = lookups.get(number);
        if (lookup == null) {
            return;
        }
        if (found.isEmpty()) {
            onFailed(number, Phase.DNS, new IllegalStateException("the resolver found no address"));
            return;
        }
        lookups.remove(number);
        lookup.stopWaiting();
        candidates.addAll(found);
        step();
    }

    /** A TCP connection is there. */
    public void onConnected(int number) {
        Work first = dials.remove(number);
        if (first == null) {
            return;
        }
        winner = first;
        stopTimer();
        List<Work> losers = List.copyOf(dials.values());
        dials.clear();
        for (Work loser : losers) {
            close(loser);
            if (loser.candidate != null) {
                candidates.add(loser.candidate);
            }
        }
        if (limits.tls() == null) {
            first.enter(Phase.PROTOCOL, limits.handshake());
        } else {
            first.enter(Phase.TLS, limits.tls());
        }
        driver.handshake(number);
    }

    /** TLS is there, the AMQP handshake begins. */
    public void onSecured(int number) {
        Work current = winner;
        if (current != null && current.number == number && current.phase == Phase.TLS) {
            current.enter(Phase.PROTOCOL, limits.handshake());
        }
    }

    /** A broker has let us in. */
    public void onOpen(int number) {
        Work current = winner;
        if (current != null && current.number == number) {
            over = true;
            winner = null;
            current.stopWaiting();
            inFlight().forEach(this::close);
            drop();
            driver.onOpen(number);
        }
    }

    /** Work has failed, and needs no closing. */
    public void onFailed(int number, Phase phase, Throwable cause) {
        Work work = remove(number);
        if (work == null) {
            return;
        }
        work.stopWaiting();
        failures.put(number, work.failed(phase, cause));
        if (cause instanceof AuthenticationException refusal) {
            // Another address has the same users.
            cancel();
            driver.onFailure(
                    attempts(), new AuthenticationException(work.endpoint + ": " + refusal.getMessage(), refusal));
            return;
        }
        nextLookup = deadlines.now();
        if (work.candidate != null) {
            nextDial = deadlines.now();
        }
        step();
    }

    // ---- what to do next ------------------------------------------------------------------------------------------

    /** Begins what is due. A driver that answers within its call gets here again, and is heard when that has returned. */
    private void step() {
        stepAgain = true;
        if (stepping) {
            return;
        }
        stepping = true;
        while (stepAgain && !over && winner == null) {
            stepAgain = false;
            stopTimer();
            if (!candidates.isEmpty()) {
                beginWhenDue(nextDial, dials.isEmpty());
            } else if (endpoints.hasNext()) {
                beginWhenDue(nextLookup, dials.isEmpty() && lookups.isEmpty());
            } else if (dials.isEmpty() && lookups.isEmpty()) {
                over = true;
                driver.onFailure(attempts(), null);
            }
        }
        stepping = false;
    }

    private void beginWhenDue(long due, boolean idle) {
        if (!idle && due - deadlines.now() > 0) {
            timer = deadlines.at(due, this::step);
            return;
        }
        stepAgain = true;
        long next = deadlines.now() + limits.attemptDelay().toNanos();
        nextLookup = next;
        Candidate<A> candidate = candidates.poll();
        if (candidate == null) {
            Work lookup = new Work(endpoints.next(), null);
            lookups.put(lookup.number, lookup);
            lookup.enter(Phase.DNS, limits.dns());
            driver.resolve(lookup.number, lookup.endpoint);
        } else {
            nextDial = next;
            Work dial = new Work(candidate.endpoint(), candidate);
            dials.put(dial.number, dial);
            dial.enter(Phase.TCP, limits.connect());
            driver.connect(dial.number, candidate);
        }
    }

    private void timedOut(Work work, Duration timeout) {
        Phase phase = work.currentPhase();
        driver.close(work.number);
        onFailed(
                work.number,
                phase,
                new AmqpTimeoutException(
                        switch (phase) {
                            case DNS -> "no answer from the resolver within " + timeout;
                            case TCP ->
                                "no TCP connection within " + timeout
                                        + ": the host is down, or a firewall drops what is sent to this port";
                            case TLS ->
                                "the peer did not complete the TLS handshake within " + timeout
                                        + ": does this port speak TLS?";
                            case PROTOCOL ->
                                "the peer has not answered the AMQP 0-9-1 header within " + timeout
                                        + ": is this a broker's port for AMQP? One for TLS or a web server may be silent like this";
                            default -> "the broker did not complete the AMQP handshake within " + timeout;
                        }));
    }

    private @Nullable Work remove(int number) {
        Work current = winner;
        if (current != null && current.number == number) {
            winner = null;
            return current;
        }
        Work dial = dials.remove(number);
        return dial == null ? lookups.remove(number) : dial;
    }

    private List<Work> inFlight() {
        List<Work> all = new ArrayList<>(lookups.values());
        all.addAll(dials.values());
        if (winner != null) {
            all.add(winner);
        }
        return all;
    }

    private void close(Work work) {
        work.stopWaiting();
        driver.close(work.number);
    }

    private void drop() {
        stopTimer();
        winner = null;
        dials.clear();
        lookups.clear();
        candidates.clear();
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private List<Attempt> attempts() {
        return List.copyOf(failures.values());
    }
}
