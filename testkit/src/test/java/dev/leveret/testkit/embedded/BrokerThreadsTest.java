package dev.leveret.testkit.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BrokerThreadsTest {

    private final CountDownLatch programMayEnd = new CountDownLatch(1);
    private final CountDownLatch watched = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    @Test
    void theBrokerEndsWithTheProgramAlthoughTheBuildToolThatRunsItGoesOn() throws InterruptedException {
        Thread program = program(false);
        watched.await();
        assertThat(ended.await(300, TimeUnit.MILLISECONDS)).isFalse();

        programMayEnd.countDown();
        program.join();

        // This thread is what the tool's would be: no daemon, and in a group above the program's.
        assertThat(Thread.currentThread().isDaemon()).isFalse();
        assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aDaemonThatStartsABrokerForOthersDoesNotEndItWithItself() throws InterruptedException {
        Thread program = program(true);
        watched.await();

        programMayEnd.countDown();
        program.join();

        assertThat(ended.await(500, TimeUnit.MILLISECONDS)).isFalse();
    }

    /** A program in a group of its own that starts a broker. */
    private Thread program(boolean daemon) {
        Thread program = new Thread(new ThreadGroup("program"), () -> {
            new BrokerThreads().endWithOthers(() -> false, ended::countDown);
            watched.countDown();
            try {
                programMayEnd.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        program.setDaemon(daemon);
        program.start();
        return program;
    }
}
