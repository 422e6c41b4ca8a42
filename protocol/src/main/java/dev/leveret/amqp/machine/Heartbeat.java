package dev.leveret.amqp.machine;

import java.time.Duration;

/**
 * Keeps the broker informed that we live, and notices when it does not (specification section 4.2.7).
 *
 * <p>A heartbeat goes out when nothing has been written for half the interval. Nothing read for two intervals means that
 * the peer is dead. Any traffic counts, in both directions.
 */
final class Heartbeat {

    private final Deadlines deadlines;
    private final long interval;
    private final Runnable send;
    private final Runnable dead;
    private long lastRead;
    private long lastWrite;
    private boolean stopped;

    private Heartbeat(Deadlines deadlines, Duration interval, Runnable send, Runnable dead) {
        this.deadlines = deadlines;
        this.interval = interval.toNanos();
        this.send = send;
        this.dead = dead;
        this.lastRead = deadlines.now();
        this.lastWrite = deadlines.now();
    }

    /** @param interval as negotiated; zero for no heartbeats */
    static Heartbeat start(Deadlines deadlines, Duration interval, Runnable send, Runnable dead) {
        Heartbeat heartbeat = new Heartbeat(deadlines, interval, send, dead);
        if (!interval.isZero()) {
            heartbeat.watchWrites();
            heartbeat.watchReads();
        }
        return heartbeat;
    }

    void onRead() {
        lastRead = deadlines.now();
    }

    void onWrite() {
        lastWrite = deadlines.now();
    }

    void stop() {
        stopped = true;
    }

    private void watchWrites() {
        if (stopped) {
            return;
        }
        if (deadlines.now() - (lastWrite + interval / 2) >= 0) {
            send.run();
            lastWrite = deadlines.now();
        }
        deadlines.at(lastWrite + interval / 2, this::watchWrites);
    }

    private void watchReads() {
        long due = lastRead + 2 * interval;
        deadlines.at(due, () -> readDue(due));
    }

    private void readDue(long due) {
        if (stopped) {
            return;
        }
        long now = deadlines.now();
        long graceFrom = now - interval;
        if (now - due >= interval / 2 && graceFrom - lastRead > 0) {
            // This process itself stood still, so the peer's words may lie unread in the socket: read before judging.
            lastRead = graceFrom;
        }
        if (now - lastRead >= 2 * interval) {
            dead.run();
        } else {
            watchReads();
        }
    }
}
