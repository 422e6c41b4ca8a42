package dev.leveret.amqp.net;

import dev.leveret.amqp.api.AddressResolver;
import dev.leveret.amqp.api.AddressResolver.ResolvedAddress;
import dev.leveret.amqp.api.Endpoint;
import java.io.IOException;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A lookup of an endpoint's addresses, on a thread of its own: resolvers block, and an event loop is shared. */
public final class Lookup {

    private final Thread thread;

    private Lookup(Thread thread) {
        this.thread = thread;
    }

    /** @param outcome is given the addresses or why there are none, on the lookup's thread */
    public static Lookup start(
            AddressResolver resolver,
            Endpoint endpoint,
            BiConsumer<List<ResolvedAddress>, @Nullable Throwable> outcome) {
        Thread thread = new Thread(
                () -> {
                    try {
                        outcome.accept(List.copyOf(resolver.resolve(endpoint)), null);
                    } catch (IOException | RuntimeException | Error e) {
                        outcome.accept(List.of(), e);
                    }
                },
                "leveret-dns");
        thread.setDaemon(true);
        thread.start();
        return new Lookup(thread);
    }

    /** Nobody waits for it any more. The JVM's own resolver takes no notice, and its thread ends when it answers. */
    public void cancel() {
        thread.interrupt();
    }
}
