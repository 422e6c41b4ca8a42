package dev.leveret.jms;

import jakarta.jms.ExceptionListener;
import jakarta.jms.JMSException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a connection's {@link ExceptionListener} what nobody else hears of (Jakarta Messaging 3.1, section 6.1.7): one call
 * at a time, each on a thread of its own, so that the listener may close the connection.
 */
final class Notifications {

    private static final Logger LOG = LoggerFactory.getLogger(Notifications.class);

    private final String name;

    private volatile @Nullable ExceptionListener listener;

    /** The last call; those that come later follow it. */
    private final AtomicReference<CompletableFuture<Boolean>> last =
            new AtomicReference<>(CompletableFuture.completedFuture(true));

    Notifications(String name) {
        this.name = name;
    }

    @Nullable
    ExceptionListener listener() {
        return listener;
    }

    void listener(@Nullable ExceptionListener value) {
        listener = value;
    }

    /** Any thread may call it. */
    void raise(JMSException failure) {
        CompletableFuture<Boolean> call = new CompletableFuture<>();
        last.getAndSet(call)
                .whenComplete((before, never) -> new Thread(
                                () -> {
                                    tell(failure);
                                    call.complete(true);
                                },
                                name)
                        .start());
    }

    private void tell(JMSException failure) {
        ExceptionListener current = listener;
        if (current == null) {
            LOG.warn("no ExceptionListener is there to hear of this: {}", failure.getMessage());
            return;
        }
        try {
            current.onException(failure);
        } catch (RuntimeException e) {
            LOG.error("the ExceptionListener threw an exception", e);
        }
    }
}
