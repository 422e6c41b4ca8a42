package dev.leveret.benchmarks.client;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What this process has used so far.
 *
 * @param nanos the clock
 * @param cpuSeconds of all threads, the collector's and the compiler's too; the kernel counts in hundredths
 * @param systemSeconds the kernel's part of them; not a number where there is no {@code /proc}
 * @param allocated bytes by thread, or of all threads that ever were under the key 0
 */
public record Usage(long nanos, double cpuSeconds, double systemSeconds, Map<Long, Long> allocated) {

    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Path STAT = Path.of("/proc/self/stat");
    private static final double TICKS_PER_SECOND = 100; // what every Linux tells its processes

    /** Until now. */
    public static Usage now() {
        return new Usage(System.nanoTime(), PROCESS.getProcessCpuTime() / 1e9, system(), allocations());
    }

    /** Bytes allocated since. Before JDK 21 without what threads allocated that have ended in between. */
    public long allocatedSince(Usage earlier) {
        long bytes = 0;
        for (Map.Entry<Long, Long> thread : allocated.entrySet()) {
            bytes += thread.getValue() - earlier.allocated.getOrDefault(thread.getKey(), 0L);
        }
        return bytes;
    }

    private static double system() {
        if (!Files.isReadable(STAT)) {
            return Double.NaN;
        }
        try {
            String stat = Files.readString(STAT);
            String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return Long.parseLong(afterName[12]) / TICKS_PER_SECOND;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<Long, Long> allocations() {
        try {
            Object total =
                    ThreadMXBean.class.getMethod("getTotalThreadAllocatedBytes").invoke(THREADS); // JDK 21
            return Map.of(0L, (Long) total);
        } catch (ReflectiveOperationException e) {
            return allocationsByThread();
        }
    }

    private static Map<Long, Long> allocationsByThread() {
        long[] ids = THREADS.getAllThreadIds();
        long[] bytes = THREADS.getThreadAllocatedBytes(ids);
        Map<Long, Long> allocated = new HashMap<>();
        for (int i = 0; i < ids.length; i++) {
            if (bytes[i] >= 0) {
                allocated.put(ids[i], bytes[i]);
            }
        }
        return allocated;
    }
}
