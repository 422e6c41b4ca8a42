package dev.leveret.amqp.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The threads that connections have in this JVM. */
public final class ClientThreads {

    public static final String LOOPS = "leveret-loop";
    public static final String LOOKUPS = "leveret-dns";

    private ClientThreads() {}

    /** Those that are alive, of any of these kinds. */
    public static List<Thread> alive(String... kinds) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> Stream.of(kinds).anyMatch(thread.getName()::startsWith))
                .toList();
    }

    /** Waits until there is none, for 20 s. An event loop that never ran is started once more, to end. */
    public static void awaitNone(String... kinds) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        for (List<Thread> left = alive(kinds); !left.isEmpty(); left = alive(kinds)) {
            assertThat(System.nanoTime()).as("%s are left", left).isLessThan(until);
            left.get(0).join(100);
        }
    }
}
