package dev.leveret.amqp.client;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a consumer was brought and has not taken. When it is too much the connection is not read any more, until half of it
 * is gone. Only the event loop stops and starts the reading.
 */
final class Backlog {

    private final ConnectionHandle connection;
    private final int maxMessages;
    private final long maxBytes;
    private final AtomicInteger messages = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    /** Set by the loop when it has stopped reading; whoever takes it away has reading resumed. */
    private final AtomicBoolean waiting = new AtomicBoolean();
    /** The event loop's. */
    private boolean ended;

    Backlog(ConnectionHandle connection, int maxMessages, long maxBytes) {
        this.connection = connection;
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
    }

    /** Deliveries have arrived; on the event loop. */
    void arrived(int count, long size) {
        boolean tooMany = messages.addAndGet(count) > maxMessages;
        boolean tooLarge = bytes.addAndGet(size) > maxBytes;
        if ((tooMany || tooLarge) && !ended && waiting.compareAndSet(false, true)) {
            connection.life().pauseReading();
            if (isLow()) {
                // It was taken in between, by somebody who could not know that it would be waited for.
                resume();
            }
        }
    }

    /** Deliveries were taken; on any thread. */
    void taken(int count, long size) {
        messages.addAndGet(-count);
        bytes.addAndGet(-size);
        if (waiting.get() && isLow()) {
            resume();
        }
    }

    /** Nothing will arrive any more, so nobody has to be stopped; on the event loop. */
    void end() {
        ended = true;
        resume();
    }

    private boolean isLow() {
        return messages.get() <= maxMessages / 2 && bytes.get() <= maxBytes / 2;
    }

    private void resume() {
        if (waiting.compareAndSet(true, false)) {
            connection.onLoop(connection.life()::resumeReading);
        }
    }
}
