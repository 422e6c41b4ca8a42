package dev.leveret.jms;

import jakarta.jms.JMSException;
import java.util.concurrent.atomic.AtomicInteger;

/** The connection that several contexts share; it closes with the last of them (Jakarta Messaging 3.1, section 6.1.8). */
final class SharedConnection {

    private final JmsConnection connection;
    private final AtomicInteger contexts = new AtomicInteger();

    SharedConnection(JmsConnection connection) {
        this.connection = connection;
    }

    JmsConnection connection() {
        return connection;
    }

    /** One context more. */
    void retain() {
        contexts.incrementAndGet();
    }

    /** One context less. */
    void release() throws JMSException {
        if (contexts.decrementAndGet() == 0) {
            connection.close();
        }
    }
}
