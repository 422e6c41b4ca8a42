package dev.leveret.amqp.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.Transport;
import dev.leveret.amqp.testing.SimulatedLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandQueueTest {

    /** A command that notes its execution. */
    private class Noted implements Command {
        final String name;
        final int bytes;
        private Command link;

        Noted(String name, int bytes) {
            this.name = name;
            this.bytes = bytes;
        }

        @Override
        public void execute() {
            log.add(name);
        }

        @Override
        public void onAdmitted() {
            log.add("admitted " + name);
        }

        @Override
        public int weight() {
            return bytes;
        }

        @Override
        public Command link() {
            return link;
        }

        @Override
        public void link(Command command) {
            link = command;
        }
    }

    private final List<String> log = new ArrayList<>();
    private final SimulatedLoop loop = new SimulatedLoop(0);
    private boolean ready = true;
    private final CommandQueue queue = new CommandQueue(loop, new CommandQueue.Driver() {
        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void begin() {
            log.add("begin");
        }

        @Override
        public void end() {
            log.add("end");
        }
    });

    private Noted command(String name) {
        return new Noted(name, 0);
    }

    @Test
    void commandsAreExecutedInTheirOrderInOneGo() {
        queue.put(command("1"));
        queue.put(command("2"));
        queue.put(command("3"));
        assertThat(loop.tasks()).as("only the first wakes the loop").isEqualTo(1);
        loop.runTasks();
        assertThat(log).containsExactly("begin", "admitted 1", "admitted 2", "admitted 3", "1", "2", "3", "end");
    }

    @Test
    void whoIsGoingToWaitExecutesItsCommandWhileTheLoopSleeps() {
        loop.sleep();
        queue.putAndHelp(command("1"));
        assertThat(log).containsExactly("begin", "admitted 1", "1", "end");
        assertThat(loop.tasks()).as("nothing is left to the loop").isZero();
    }

    @Test
    void whoIsGoingToWaitWakesALoopThatIsAtWork() {
        queue.putAndHelp(command("1"));
        assertThat(log).isEmpty();
        assertThat(loop.tasks()).isEqualTo(1);
        loop.runTasks();
        assertThat(log).containsExactly("begin", "admitted 1", "1", "end");
    }

    @Test
    void whoIsGoingToWaitComesBehindWhatIsThere() {
        queue.put(command("1"));
        loop.sleep();
        queue.putAndHelp(command("2"));
        assertThat(log).as("the loop has been told").isEmpty();
        loop.runTasks();
        assertThat(log).endsWith("1", "2", "end");
    }

    @Test
    void whatIsPutMeanwhileIsExecutedInTheSameGo() {
        queue.put(new Noted("1", 0) {
            @Override
            public void execute() {
                super.execute();
                queue.put(command("2"));
            }
        });
        loop.runTasks();
        assertThat(log).startsWith("begin", "admitted 1", "1", "admitted 2", "2", "end");
        assertThat(log.stream().filter("2"::equals)).hasSize(1);
    }

    @Test
    void commandsWaitWhileTheDriverIsNotReady() {
        ready = false;
        queue.put(command("1"));
        queue.put(command("2"));
        loop.runTasks();
        assertThat(log).containsExactly("begin", "admitted 1", "admitted 2", "end");
        queue.put(command("3"));
        loop.runTasks();
        log.clear();
        ready = true;
        queue.resume();
        assertThat(log).containsExactly("begin", "1", "2", "3", "end");
    }

    @Test
    void theDriverMayBecomeUnreadyInTheMiddle() {
        for (int i = 1; i <= 4; i++) {
            queue.put(new Noted("" + i, 0) {
                @Override
                public void execute() {
                    super.execute();
                    ready = !name.equals("2");
                }
            });
        }
        loop.runTasks();
        assertThat(log).endsWith("1", "2", "end");
        log.clear();
        ready = true;
        queue.resume();
        assertThat(log).containsExactly("begin", "3", "4", "end");
    }

    @Test
    void howeverManyCommandsThereAreTheLoopGetsItsTurnInBetween() {
        List<Integer> executed = new ArrayList<>();
        int count = 50_000;
        for (int i = 0; i < count; i++) {
            int number = i;
            queue.put(new Noted("", 100) {
                @Override
                public void onAdmitted() {}

                @Override
                public void execute() {
                    executed.add(number);
                }
            });
        }
        int turns = 0;
        for (int before = 0; loop.runTask(); before = executed.size()) {
            turns++;
            assertThat(executed.size() - before).isLessThan(count / 5);
        }
        assertThat(turns).isGreaterThan(5);
        assertThat(executed).hasSize(count).isSorted();
        assertThat(queue.pendingBytes()).isZero();
    }

    @Test
    void pendingBytesAreThoseOfCommandsThatHaveNotBeenExecuted() {
        queue.put(new Noted("1", 100));
        queue.put(new Noted("2", 20));
        assertThat(queue.pendingBytes()).isEqualTo(120);
        loop.runTasks();
        assertThat(queue.pendingBytes()).isZero();
    }

    @Test
    void pendingBytesAreExactWheneverTheDriverStops() {
        for (int i = 1; i <= 100; i++) {
            queue.put(new Noted("" + i, 1_000) {
                @Override
                public void execute() {
                    super.execute();
                    ready = Integer.parseInt(name) % 3 != 0; // stops after every third
                }
            });
        }
        loop.runTasks();
        for (int executed = 3; executed < 100; executed += 3) {
            assertThat(queue.pendingBytes()).isEqualTo((100 - executed) * 1_000L);
            ready = true;
            queue.resume();
        }
        assertThat(queue.pendingBytes()).isZero();
    }

    @Test
    void aCommandThatThrowsAgainstTheRulesTakesNoOtherAlong() {
        queue.put(new Noted("bad", 5) {
            @Override
            public void execute() {
                throw new IllegalStateException("a bug of the client, as this test wants it");
            }
        });
        queue.put(new Noted("good", 7));
        loop.runTasks();
        assertThat(log).endsWith("good", "end");
        assertThat(queue.pendingBytes()).isZero();
        queue.put(command("later"));
        loop.runTasks();
        assertThat(log).endsWith("later", "end");
    }

    @Test
    void whenTheLoopIsGoneCommandsAreExecutedToFailWhatTheyCarry() {
        SimulatedLoop gone = new SimulatedLoop(0);
        gone.end();
        CommandQueue orphaned = new CommandQueue(gone, new CommandQueue.Driver() {
            @Override
            public boolean isReady() {
                return true;
            }

            @Override
            public void begin() {}

            @Override
            public void end() {}
        });
        orphaned.put(new Noted("1", 3));
        orphaned.put(new Noted("2", 4));
        assertThat(log).containsExactly("1", "2");
        assertThat(orphaned.pendingBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void eachOfManyThreadsKeepsItsOrderAndNothingIsLost(boolean helping) throws InterruptedException {
        int threads = 8;
        int each = 5_000;
        EventLoops eventLoop = EventLoops.acquire(Transport.NIO);
        ExecutorService users = Executors.newFixedThreadPool(threads);
        CountDownLatch done = new CountDownLatch(threads * each);
        int[] next = new int[threads];
        List<String> disorder = new ArrayList<>();
        CommandQueue shared = new CommandQueue(eventLoop, new CommandQueue.Driver() {
            @Override
            public boolean isReady() {
                return true;
            }

            @Override
            public void begin() {}

            @Override
            public void end() {}
        });
        for (int t = 0; t < threads; t++) {
            int thread = t;
            users.execute(() -> {
                for (int i = 0; i < each; i++) {
                    int number = i;
                    Noted command = new Noted("", 1) {
                        @Override
                        public void onAdmitted() {}

                        @Override
                        public void execute() {
                            if (next[thread]++ != number || !eventLoop.isCurrent()) {
                                disorder.add(thread + ":" + number);
                            }
                            done.countDown();
                        }
                    };
                    if (helping) {
                        shared.putAndHelp(command);
                    } else {
                        shared.put(command);
                    }
                }
            });
        }
        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        users.shutdown();
        CountDownLatch idle = new CountDownLatch(1);
        eventLoop.execute(idle::countDown);
        assertThat(idle.await(20, TimeUnit.SECONDS)).isTrue();
        eventLoop.release();
        assertThat(disorder).isEmpty();
        assertThat(shared.pendingBytes()).isZero();
    }
}
