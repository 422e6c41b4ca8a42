package dev.leveret.amqp.machine;

import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.ConnectFailedException.Attempt;
import dev.leveret.amqp.api.ConnectFailedException.Phase;
import dev.leveret.amqp.api.Endpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The network as a {@link DialMachine} meets it, in simulated time: what each name and address does is set beforehand.
 * Times are milliseconds since the start. Whatever breaks the rules of dialling fails at once.
 */
final class DialWorld implements DialMachine.Driver<String> {

    static final int NEVER = -1;
    static final DialLimits LIMITS = new DialLimits(
            Duration.ofMillis(3_000), Duration.ofMillis(5_000), null, Duration.ofMillis(4_000), Duration.ofMillis(250));

    /** What an address does: how long each step takes, or {@link #NEVER}, and what it fails with, or {@code null}. */
    record Host(
            int connectAfter,
            @Nullable Throwable notConnected,
            int secureAfter,
            int openAfter,
            @Nullable Throwable notOpen) {

        static Host good(int connectAfter, int openAfter) {
            return new Host(connectAfter, null, 0, openAfter, null);
        }

        static Host refusing(int after) {
            return new Host(after, new IOException("refused"), 0, NEVER, null);
        }

        static Host blackHole() {
            return new Host(NEVER, null, 0, NEVER, null);
        }

        static Host silent(int connectAfter) {
            return good(connectAfter, NEVER);
        }

        static Host failing(int connectAfter, int after) {
            return new Host(connectAfter, null, 0, after, new IOException("dropped"));
        }

        static Host refusingCredentials(int connectAfter, int after) {
            return new Host(connectAfter, null, 0, after, new AuthenticationException("wrong password", null));
        }
    }

    private record Name(int after, @Nullable Throwable failure, List<String> addresses) {}

    private record Event(long at, int order, Runnable action) {}

    final Deadlines deadlines = new Deadlines(0);
    /** What happened, such as {@code "250 dial b"}. */
    final List<String> log = new ArrayList<>();

    private final Map<String, Name> names = new HashMap<>();
    private final Map<String, Host> hosts = new HashMap<>();
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingInt(Event::order));
    private final Map<Integer, String> inFlight = new TreeMap<>();
    private final Map<Integer, String> addressOf = new HashMap<>();
    private final DialLimits limits;
    private int eventCount;
    private int lastNumber;
    private int shaking;
    private long lastDial = Long.MIN_VALUE;

    boolean over;
    long overAt;
    String opened = "";
    List<Attempt> failures = List.of();

    @Nullable
    AuthenticationException refusal;

    Runnable onOver = () -> {};
    DialMachine<String> machine;

    DialWorld(DialLimits limits, String... endpoints) {
        this.limits = limits;
        this.machine = machine(endpoints);
    }

    DialMachine<String> machine(String... endpoints) {
        List<Endpoint> list = new ArrayList<>();
        for (String each : endpoints) {
            list.add(new Endpoint(each, 5672));
        }
        machine = new DialMachine<>(list, limits, deadlines, this);
        return machine;
    }

    // ---- what the world is like -----------------------------------------------------------------------------------

    /** A name leads to these addresses; those with a colon are of the second family. */
    DialWorld name(String name, int after, String... addresses) {
        names.put(name, new Name(after, null, List.of(addresses)));
        return this;
    }

    DialWorld unknown(String name, int after) {
        names.put(name, new Name(after, new IOException("unknown"), List.of()));
        return this;
    }

    DialWorld host(String address, Host host) {
        hosts.put(address, host);
        return this;
    }

    /** A name with one address, which is itself. */
    DialWorld single(String name, Host host) {
        return name(name, 0, name).host(name, host);
    }

    // ---- time -----------------------------------------------------------------------------------------------------

    long millis() {
        return Duration.ofNanos(deadlines.now()).toMillis();
    }

    DialWorld start() {
        machine.start();
        return this;
    }

    /** Runs until nothing is left to happen. */
    DialWorld run() {
        return runUntil(Duration.ofDays(1).toMillis());
    }

    DialWorld runUntil(long untilMillis) {
        long until = Duration.ofMillis(untilMillis).toNanos();
        while (true) {
            OptionalLong due = deadlines.next();
            long deadline = due.orElse(Long.MAX_VALUE);
            Event event = events.peek();
            long at = Math.min(deadline, event == null ? Long.MAX_VALUE : event.at);
            if (at > until) {
                if (until < Duration.ofDays(1).toNanos()) {
                    deadlines.advance(until);
                }
                return this;
            }
            deadlines.advance(at);
            if (event != null && event.at <= at) {
                events.remove(event);
                event.action.run();
            }
        }
    }

    void at(int afterMillis, Runnable action) {
        events.add(new Event(deadlines.now() + Duration.ofMillis(afterMillis).toNanos(), eventCount++, action));
    }

    // ---- the driver -----------------------------------------------------------------------------------------------

    @Override
    public void resolve(int number, Endpoint endpoint) {
        begin(number, endpoint.host());
        say("resolve " + endpoint.host());
        Name name = names.getOrDefault(endpoint.host(), new Name(NEVER, null, List.of()));
        after(number, name.after, () -> {
            inFlight.remove(number);
            if (name.failure == null) {
                machine.onResolved(
                        number,
                        name.addresses.stream()
                                .map(it -> new Candidate<>(endpoint, it, it, it.contains(":") ? 6 : 4))
                                .toList());
            } else {
                say("unknown " + endpoint.host());
                machine.onFailed(number, Phase.DNS, name.failure);
            }
        });
    }

    @Override
    public void connect(int number, Candidate<String> candidate) {
        begin(number, candidate.address());
        require(shaking == 0, "dials beside a handshake");
        boolean alone =
                inFlight.keySet().stream().filter(addressOf::containsKey).count() <= 1;
        require(
                alone
                        || lastDial == Long.MIN_VALUE
                        || deadlines.now() - lastDial >= limits.attemptDelay().toNanos(),
                "dials too early");
        lastDial = deadlines.now();
        say("dial " + candidate.address());
        addressOf.put(number, candidate.address());
        Host host = hosts.getOrDefault(candidate.address(), Host.blackHole());
        after(number, host.connectAfter, () -> {
            if (host.notConnected == null) {
                say("connected " + candidate.address());
                machine.onConnected(number);
            } else {
                say("refused " + candidate.address());
                inFlight.remove(number);
                lastDial = Long.MIN_VALUE;
                machine.onFailed(number, Phase.TCP, host.notConnected);
            }
        });
    }

    @Override
    public void handshake(int number) {
        require(shaking == 0, "two handshakes at a time");
        require(
                inFlight.keySet().stream().filter(addressOf::containsKey).allMatch(it -> it == number),
                "losers are open");
        shaking = number;
        Host host = host(number);
        if (limits.tls() == null) {
            shake(number, host);
        } else {
            after(number, host.secureAfter, () -> {
                machine.onSecured(number);
                shake(number, host);
            });
        }
    }

    private void shake(int number, Host host) {
        after(number, host.openAfter, () -> {
            if (host.notOpen == null) {
                machine.onOpen(number);
            } else {
                say("failed " + addressOf.get(number));
                inFlight.remove(number);
                shaking = 0;
                lastDial = Long.MIN_VALUE;
                machine.onFailed(number, Phase.AUTHENTICATION, host.notOpen);
            }
        });
    }

    @Override
    public Phase phase(int number) {
        require(shaking == number, "asks for the phase of what is not in a handshake");
        return Phase.AUTHENTICATION;
    }

    @Override
    public void close(int number) {
        String what = inFlight.remove(number);
        require(what != null, "closes what is not open");
        say("close " + what);
        if (shaking == number) {
            shaking = 0;
        }
        if (addressOf.containsKey(number)) {
            lastDial = Long.MIN_VALUE;
        }
    }

    @Override
    public void onOpen(int number) {
        end();
        require(inFlight.keySet().equals(Set.of(number)), "leaves something open: " + inFlight);
        opened = String.valueOf(addressOf.get(number));
        say("open " + opened);
        onOver.run();
    }

    @Override
    public void onFailure(List<Attempt> attempts, @Nullable AuthenticationException cause) {
        end();
        require(inFlight.isEmpty(), "leaves something open: " + inFlight);
        failures = attempts;
        refusal = cause;
        say(cause == null ? "failed" : "credentials refused");
        onOver.run();
    }

    // ---- parts ----------------------------------------------------------------------------------------------------

    /** Whether some name leads to an address that lets us in. */
    boolean hasWayIn() {
        return names.values().stream()
                .filter(it -> it.after != NEVER && it.failure == null)
                .flatMap(it -> it.addresses.stream())
                .map(it -> hosts.getOrDefault(it, Host.blackHole()))
                .anyMatch(it -> it.connectAfter != NEVER
                        && it.notConnected == null
                        && it.openAfter != NEVER
                        && it.notOpen == null);
    }

    /** Nothing is under way, and nobody waits for anything. */
    boolean isQuiet() {
        return inFlight.size() == (opened.isEmpty() ? 0 : 1) && deadlines.size() == 0;
    }

    /** Another round may begin. */
    void again(String... endpoints) {
        over = false;
        machine(endpoints);
        lastNumber = 0;
        addressOf.clear();
    }

    private void begin(int number, String what) {
        require(!over, "goes on when all is over");
        require(number == lastNumber + 1, "counts " + number + " after " + lastNumber);
        lastNumber = number;
        inFlight.put(number, what);
    }

    private void end() {
        require(!over, "ends twice");
        over = true;
        overAt = millis();
    }

    private Host host(int number) {
        return hosts.getOrDefault(String.valueOf(addressOf.get(number)), Host.blackHole());
    }

    private void after(int number, int millis, Runnable action) {
        DialMachine<String> current = machine;
        if (millis != NEVER) {
            at(millis, () -> {
                if (machine == current && inFlight.containsKey(number)) {
                    action.run();
                }
            });
        }
    }

    private void say(String what) {
        log.add(millis() + " " + what);
    }

    private void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError("the machine " + what + "; so far: " + log);
        }
    }
}
