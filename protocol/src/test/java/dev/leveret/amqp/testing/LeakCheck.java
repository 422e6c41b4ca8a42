package dev.leveret.amqp.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class during which a buffer was collected that nobody had released: Netty itself would only log it. It is
 * found and registered by itself, where JUnit's detection of extensions is on.
 */
public final class LeakCheck implements BeforeAllCallback, AfterAllCallback {

    private static final List<String> LEAKS = new CopyOnWriteArrayList<>();

    @Override
    public void beforeAll(ExtensionContext context) {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ByteBufUtil.setLeakListener((resourceType, records) -> LEAKS.add(resourceType + ": " + records));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (context.getRequiredTestClass().getEnclosingClass() != null) {
            return; // the enclosing class will look
        }
        List<String> leaks = leaks();
        if (!leaks.isEmpty()) {
            throw new AssertionError(leaks.size() + " buffers were never released; the first: " + leaks.get(0));
        }
    }

    /** The leaks that have been noticed since the last call, after a collection. */
    static List<String> leaks() {
        collect();
        // The detector looks at what was collected whenever it gets a new buffer to watch.
        ByteBuf probe = PooledByteBufAllocator.DEFAULT.directBuffer(16);
        probe.release();
        List<String> found = List.copyOf(LEAKS);
        LEAKS.clear();
        return found;
    }

    /**
     * Two collections, each awaited: what a collection finds is enqueued in no particular order, so only the marker of the
     * second one tells that everything of the first has been enqueued.
     */
    private static void collect() {
        collectOnce();
        collectOnce();
    }

    private static void collectOnce() {
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        PhantomReference<Object> marker = new PhantomReference<>(new Object(), queue);
        try {
            for (int attempt = 0; attempt < 5; attempt++) {
                System.gc();
                if (queue.remove(1_000) != null) {
                    return;
                }
            }
            throw new AssertionError("System.gc() collects nothing on this JVM: leaks cannot be noticed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            marker.clear();
        }
    }
}
