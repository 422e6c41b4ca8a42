package dev.leveret.benchmarks.fault;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.leveret.testkit.proxy.FaultProxy;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.Objects;

/**
 * What this process holds.
 *
 * @param threads without those of the proxies and of the bench
 * @param heap bytes in use after a collection
 * @param files open file descriptors; -1 where they are not counted
 */
record Footprint(long threads, long heap, long files) {

    /** @param ownBytes of the bench's own, which do not count */
    static Footprint now(long ownBytes) {
        // Twice, since what the first finds unreachable may hold what the second frees.
        System.gc();
        System.gc();
        long threads = Arrays.stream(ManagementFactory.getThreadMXBean()
                        .getThreadInfo(ManagementFactory.getThreadMXBean().getAllThreadIds()))
                .filter(Objects::nonNull)
                .map(ThreadInfo::getThreadName)
                .filter(it -> !it.startsWith(FaultProxy.THREADS) && !it.startsWith(FaultRun.THREADS))
                .count();
        long files = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : -1;
        return new Footprint(
                threads,
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() - ownBytes,
                files);
    }

    @Override
    public String toString() {
        return threads + " threads, " + Figures.mebibytes(heap) + " MiB, " + files + " files";
    }
}
