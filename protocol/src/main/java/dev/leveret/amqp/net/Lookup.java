package dev.leveret.amqp.net;

import dev.leveret.amqp.api.AddressResolver;
import dev.leveret.amqp.api.AddressResolver.ResolvedAddress;
import dev.leveret.amqp.api.Endpoint;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A lookup of an endpoint's addresses, on a thread of its own: resolvers block, and an event loop is shared. */
public final class Lookup {

    /** {@code null} where there is nothing to look up. */
    private final @Nullable Thread thread;

    private Lookup(@Nullable Thread thread) {
        this.thread = thread;
    }

    /**
     * @param outcome is given the addresses or why there are none, on the lookup's thread; what is an address already, as far
     *     as the system's resolver is concerned, within the call
     */
    public static Lookup start(
            AddressResolver resolver,
            Endpoint endpoint,
            BiConsumer<List<ResolvedAddress>, @Nullable Throwable> outcome) {
        Runnable resolve = () -> {
            try {
                outcome.accept(List.copyOf(resolver.resolve(endpoint)), null);
            } catch (IOException | RuntimeException | Error e) {
                outcome.accept(List.of(), e);
            }
        };
        if (resolver == AddressResolver.system()
                && NetUtil.createInetAddressFromIpAddressString(endpoint.host()) != null) {
            resolve.run();
            return new Lookup(null);
        }
        Thread thread = new Thread(resolve, "leveret-dns");
        thread.setDaemon(true);
        thread.start();
        return new Lookup(thread);
    }

    /** Nobody waits for it any more. The JVM's own resolver takes no notice, and its thread ends when it answers. */
    public void cancel() {
        if (thread != null) {
            thread.interrupt();
        }
    }
}
