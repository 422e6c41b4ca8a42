package dev.leveret.benchmarks.fault;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes as an application does that must not lose anything: with a bounded number of publishes without verdict, and
 * what was not confirmed again, by the same number.
 */
final class PublishingThread implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(PublishingThread.class);

    /** How long an application waits that was told that it cannot publish. */
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(100);

    private static final Duration POLL = Duration.ofMillis(2);

    /** How far a publisher that was held up may fall behind its rate and make up for it. */
    private static final Duration BURST = Duration.ofMillis(100);

    private final int index;
    private final Workload workload;
    private final List<String> queues;
    private final Ledger ledger;
    private final AtomicLong nextId;
    private final Supplier<Round> round;
    private final Queue<Long> again = new ConcurrentLinkedQueue<>();
    private final LongAdder failures = new LongAdder();
    private long due = System.nanoTime();
    private volatile Semaphore room;
    private volatile boolean stopped;
    private volatile boolean failing;
    private volatile boolean abandoned;
    private volatile FaultClient.@Nullable Publisher publisher;

    PublishingThread(int index, Workload workload, Ledger ledger, AtomicLong nextId, Supplier<Round> round) {
        this.index = index;
        this.workload = workload;
        queues = workload.queueNames();
        this.ledger = ledger;
        this.nextId = nextId;
        this.round = round;
        room = new Semaphore(workload.window());
    }

    void open(FaultClient client) throws Exception {
        publisher = client.publisher(index, this::forgotten);
    }

    /** The client has lost track: what it owes does not take room any longer. */
    private void forgotten() {
        room = new Semaphore(workload.window());
    }

    /** Has it publish nothing new any more. What was not confirmed is published again. */
    void stop() {
        stopped = true;
    }

    /** Has it end, whatever is not published yet. */
    void abandon() {
        abandoned = true;
    }

    /** How many publishes threw. */
    long failures() {
        return failures.sum();
    }

    @Override
    public void run() {
        try {
            while (!abandoned) {
                step();
            }
        } catch (InterruptedException e) {
            LOG.debug("Publisher {} was interrupted", index, e);
        }
    }

    private void step() throws InterruptedException {
        Long repeated = again.poll();
        long now = System.nanoTime();
        boolean mayGoOn =
                !stopped && now - due >= 0 && ledger.confirmedIds() - ledger.deliveredIds() < workload.backlog();
        if (repeated == null && !mayGoOn) {
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
            return;
        }
        if (failing) {
            failing = false;
            TimeUnit.NANOSECONDS.sleep(PAUSE_AFTER_FAILURE.toNanos());
        }
        if (repeated == null) {
            due = Math.max(due, now - BURST.toNanos()) + workload.pace();
        }
        Semaphore taken = takeRoom();
        long id = repeated == null ? nextId.getAndIncrement() : repeated;
        Attempt attempt = new Attempt(id, taken, round.get());
        ledger.publish(id);
        try {
            FaultClient.Publisher opened = publisher;
            if (opened == null) {
                throw new IllegalStateException("not opened");
            }
            opened.publish(queueOf(id), body(id), attempt);
        } catch (Exception e) {
            LOG.trace("Publish of {} failed", id, e);
            failures.increment();
            attempt.unknown();
        }
    }

    private Semaphore takeRoom() throws InterruptedException {
        long deadline = System.nanoTime() + workload.patience().toNanos();
        while (!abandoned) {
            Semaphore now = room;
            if (now.tryAcquire(PAUSE_AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS)) {
                return now;
            }
            if (System.nanoTime() > deadline) {
                LOG.warn("Publisher {} got no verdict for {}; it goes on without", index, workload.patience());
                forgotten();
            }
        }
        throw new InterruptedException("abandoned");
    }

    private String queueOf(long id) {
        return queues.get((int) (id % queues.size()));
    }

    private byte[] body(long id) {
        return ByteBuffer.allocate(workload.bytes()).putLong(id).array();
    }

    void close() throws Exception {
        FaultClient.Publisher opened = publisher;
        if (opened != null) {
            opened.close();
        }
    }

    /** One publish of a message. */
    private final class Attempt implements FaultClient.Verdict {

        private final long id;
        private final Semaphore taken;
        private final Round begun;
        private final AtomicBoolean told = new AtomicBoolean();

        Attempt(long id, Semaphore taken, Round begun) {
            this.id = id;
            this.taken = taken;
            this.begun = begun;
        }

        @Override
        public void confirmed() {
            if (first()) {
                ledger.confirmed(id);
                begun.confirmed(index);
            }
        }

        @Override
        public void negative() {
            if (first()) {
                ledger.negative(id);
                publishAgain();
            }
        }

        @Override
        public void unknown() {
            if (first()) {
                ledger.unknown(id);
                publishAgain();
            }
        }

        private void publishAgain() {
            again.add(id);
            failing = true;
        }

        private boolean first() {
            if (!told.compareAndSet(false, true)) {
                ledger.secondVerdict();
                return false;
            }
            taken.release();
            return true;
        }
    }
}
