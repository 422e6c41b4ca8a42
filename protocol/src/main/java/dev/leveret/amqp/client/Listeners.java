package dev.leveret.amqp.client;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Users' listeners for one kind of event. Thread-safe. */
final class Listeners<E> {

    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    /** One registration: the same listener may be added twice. */
    private record Registration<E>(Consumer<? super E> listener, Object identity) {}

    private final List<Registration<E>> registrations = new CopyOnWriteArrayList<>();

    private final Object owner;

    /** @param owner what the log names */
    Listeners(Object owner) {
        this.owner = owner;
    }

    /** Adds a listener; the result removes it. */
    AutoCloseable add(Consumer<? super E> listener) {
        Registration<E> registration = new Registration<>(listener, new Object());
        registrations.add(registration);
        return () -> registrations.remove(registration);
    }

    /**
     * Tells every listener; what one throws is logged.
     *
     * @return whether there was any
     */
    boolean tell(E event) {
        boolean told = false;
        for (Registration<E> registration : registrations) {
            told = true;
            try {
                registration.listener.accept(event);
            } catch (Throwable e) {
                // Errors too: one listener's must not end the connection of all others.
                LOG.error("{}: a listener threw on {}", owner, event, e);
            }
        }
        return told;
    }
}
