package dev.leveret.benchmarks.fault;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client, publishing and consuming while things break; afterwards everything is counted. */
final class FaultRun {

    /** What the names of the bench's threads begin with. */
    static final String THREADS = "fault-bench";

    private static final Logger LOG = LoggerFactory.getLogger(FaultRun.class);
    private static final long POLL_MILLIS = 20;

    private final FaultClient client;
    private final Target target;
    private final Workload workload;
    private final List<Fault> faults;
    private final Ledger ledger = new Ledger();
    private final AtomicLong nextId = new AtomicLong();
    private final List<String> notes = new ArrayList<>();
    private final List<AutoCloseable> consumers = new ArrayList<>();
    private final List<PublishingThread> publishers;
    private final List<Thread> threads = new ArrayList<>();
    private volatile Round round;

    FaultRun(FaultClient client, Target target, Workload workload, List<Fault> faults) {
        this.client = client;
        this.target = target;
        this.workload = workload;
        this.faults = List.copyOf(faults);
        publishers = IntStream.range(0, workload.publishers())
                .mapToObj(it -> new PublishingThread(it, workload, ledger, nextId, this::round))
                .toList();
        round = newRound(System.nanoTime());
    }

    private Round round() {
        return round;
    }

    private Round newRound(long since) {
        return new Round(since, nextId.get(), workload.publishers(), workload.queues());
    }

    FaultResult run() throws Exception {
        Footprint before = footprint();
        List<FaultResult.Broken> broken = new ArrayList<>();
        long began = System.nanoTime();
        Footprint start;
        Footprint end;
        long publishing;
        try {
            open();
            start = breakAll(broken);
            publishing = System.nanoTime() - began;
            end = footprint();
            publishers.forEach(PublishingThread::stop);
            drain();
        } finally {
            close();
        }
        drainTheRest();
        Footprint after = footprint();
        return new FaultResult(
                client.name(),
                target.description(),
                workload,
                ledger.close(),
                List.copyOf(broken),
                publishing,
                before,
                start,
                end,
                after,
                publishers.stream().mapToLong(PublishingThread::failures).sum(),
                List.copyOf(notes));
    }

    /**
     * What goes wrong here is part of the result, and what was published is accounted for all the same.
     *
     * @return what the process held before the first fault
     */
    private Footprint breakAll(List<FaultResult.Broken> broken) throws Exception {
        Footprint start = footprint();
        try {
            awaitConfirmed(workload.messages() / (faults.size() + 2));
            start = footprint();
            for (Fault fault : faults) {
                awaitConfirmed(workload.messages() * (broken.size() + 1) / (faults.size() + 2));
                broken.add(inflict(fault, broken.size() + 1));
            }
            awaitConfirmed(workload.messages());
        } catch (StalledException e) {
            LOG.debug("The run ends early", e);
            notes.add(String.valueOf(e.getMessage()));
        }
        return start;
    }

    private void open() throws Exception {
        List<String> queues = workload.queueNames();
        for (String queue : queues) {
            client.declareQuorumQueue(queue);
        }
        for (int i = 0; i < queues.size(); i++) {
            int consumer = i;
            consumers.add(client.consume(i, queues.get(i), (body, marked) -> delivered(consumer, body, marked)));
        }
        for (PublishingThread publisher : publishers) {
            publisher.open(client);
            Thread thread = new Thread(publisher, THREADS + "-publisher");
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    private void delivered(int consumer, byte[] body, boolean marked) {
        long id = ByteBuffer.wrap(body).getLong();
        ledger.delivered(id, marked);
        round.delivered(consumer, id);
    }

    private FaultResult.Broken inflict(Fault fault, int number) throws Exception {
        long rateBefore = rateNow();
        List<Round> rounds = new ArrayList<>();
        Target.Damage damage = target.inflict(fault, since -> {
            Round next = newRound(since);
            rounds.add(next);
            round = next;
        });
        boolean publishing = await(() -> rounds.get(rounds.size() - 1).publishersAreBack());
        boolean consuming = await(() -> rounds.get(rounds.size() - 1).consumersAreBack());
        FaultResult.Broken broken = new FaultResult.Broken(
                number,
                fault,
                damage,
                rateBefore,
                rateNow(),
                rounds.stream().mapToLong(Round::slowestPublisher).max().orElse(-1),
                rounds.stream().mapToLong(Round::slowestConsumer).max().orElse(-1));
        if (!publishing) {
            notes.add("fault " + number + ": not every publisher was back within "
                    + workload.patience().toSeconds() + " s");
        }
        if (!consuming) {
            notes.add("fault " + number + ": not every consumer was back within "
                    + workload.patience().toSeconds() + " s");
        }
        LOG.info("{} {}: {}", client.name(), ledger.confirmedIds(), broken);
        return broken;
    }

    /** Confirmed messages per second, from now on for as long as rates are measured. */
    private long rateNow() throws InterruptedException {
        long confirmed = ledger.confirmedIds();
        long began = System.nanoTime();
        pause(workload.gap().toMillis());
        return Figures.rate(ledger.confirmedIds() - confirmed, System.nanoTime() - began);
    }

    /** Gives up when nothing is confirmed any more. */
    private void awaitConfirmed(long messages) throws InterruptedException, StalledException {
        long last = ledger.confirmedIds();
        long deadline = System.nanoTime() + workload.patience().toNanos();
        while (last < messages) {
            pause(POLL_MILLIS);
            long now = ledger.confirmedIds();
            if (now > last) {
                last = now;
                deadline = System.nanoTime() + workload.patience().toNanos();
            } else if (System.nanoTime() > deadline) {
                throw new StalledException(client.name() + " got no confirm for "
                        + workload.patience().toSeconds() + " s, after " + last + " of " + messages + " messages");
            }
        }
    }

    /** Until every publish has its verdict and every confirmed message was delivered. */
    private void drain() throws InterruptedException {
        await(() -> ledger.unanswered() == 0);
        publishers.forEach(PublishingThread::abandon);
        if (!await(ledger::allConfirmedWereDelivered)) {
            notes.add("not every confirmed message was consumed within "
                    + workload.patience().toSeconds() + " s");
        }
        // What was delivered and is not acknowledged yet would look like left over.
        await(this::queuesAreEmpty);
    }

    private boolean queuesAreEmpty() {
        try {
            return target.messagesIn(workload.queueNames()) == 0;
        } catch (Exception e) {
            throw new IllegalStateException("the queues cannot be looked at: " + e, e);
        }
    }

    /** Without the ledger, which grows with every message. */
    private Footprint footprint() {
        return Footprint.now(ledger.bytes());
    }

    private void drainTheRest() throws Exception {
        long left = target.messagesIn(workload.queueNames());
        if (left > 0) {
            notes.add(Figures.count(left) + " messages were left in the queues and taken by other means");
        }
        for (String queue : workload.queueNames()) {
            target.drain(
                    queue,
                    (body, marked) -> ledger.delivered(ByteBuffer.wrap(body).getLong(), marked));
        }
    }

    /** Clients are closed by threads of their own: one that hangs is noted, and the run goes on. */
    private void close() throws InterruptedException {
        publishers.forEach(PublishingThread::abandon);
        for (Thread thread : threads) {
            thread.join(workload.patience().toMillis());
        }
        List<AutoCloseable> all = new ArrayList<>(consumers);
        publishers.forEach(it -> all.add(it::close));
        for (AutoCloseable one : all) {
            Thread closer = new Thread(() -> closeOne(one), THREADS + "-close");
            closer.setDaemon(true);
            closer.start();
            closer.join(workload.patience().toMillis());
            if (closer.isAlive()) {
                notes.add("a connection did not close within "
                        + workload.patience().toSeconds() + " s");
            }
        }
    }

    private static void closeOne(AutoCloseable one) {
        try {
            one.close();
        } catch (Exception e) {
            LOG.debug("{} was not closed in good order", one, e);
        }
    }

    /** False when it takes longer than our patience. */
    private boolean await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + workload.patience().toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            pause(POLL_MILLIS);
        }
        return true;
    }

    private static void pause(long millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(millis);
    }

    /** Nothing goes on. */
    static final class StalledException extends Exception {

        private static final long serialVersionUID = 1L;

        StalledException(String message) {
            super(message);
        }
    }
}
