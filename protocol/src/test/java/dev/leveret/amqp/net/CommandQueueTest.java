package dev.leveret.amqp.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

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
    private final Queue<Runnable> loop = new ArrayDeque<>();
    private boolean ready = true;
    private final CommandQueue queue = new CommandQueue(loop::add, new CommandQueue.Driver() {
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

    private void runLoop() {
        for (Runnable task = loop.poll(); task != null; task = loop.poll()) {
            task.run();
        }
    }

    @Test
    void commandsAreExecutedInTheirOrderInOneGo() {
        queue.put(command("1"));
        queue.put(command("2"));
        queue.put(command("3"));
        assertThat(loop).as("only the first wakes the loop").hasSize(1);
        runLoop();
        assertThat(log).containsExactly("begin", "admitted 1", "admitted 2", "admitted 3", "1", "2", "3", "end");
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
        runLoop();
        assertThat(log).startsWith("begin", "admitted 1", "1", "admitted 2", "2", "end");
        assertThat(log.stream().filter("2"::equals)).hasSize(1);
    }

    @Test
    void commandsWaitWhileTheDriverIsNotReady() {
        ready = false;
        queue.put(command("1"));
        queue.put(command("2"));
        runLoop();
        assertThat(log).containsExactly("begin", "admitted 1", "admitted 2", "end");
        queue.put(command("3"));
        runLoop();
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
        runLoop();
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
        for (Runnable task = loop.poll(); task != null; task = loop.poll()) {
            int before = executed.size();
            task.run();
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
        runLoop();
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
        runLoop();
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
        runLoop();
        assertThat(log).endsWith("good", "end");
        assertThat(queue.pendingBytes()).isZero();
        queue.put(command("later"));
        runLoop();
        assertThat(log).endsWith("later", "end");
    }

    @Test
    void whenTheLoopIsGoneCommandsAreExecutedToFailWhatTheyCarry() {
        CommandQueue orphaned = new CommandQueue(
                task -> {
                    throw new RejectedExecutionException("terminated");
                },
                new CommandQueue.Driver() {
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

    @Test
    void eachOfManyThreadsKeepsItsOrderAndNothingIsLost() throws InterruptedException {
        int threads = 8;
        int each = 5_000;
        ExecutorService eventLoop = Executors.newSingleThreadExecutor();
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
                    shared.put(new Noted("", 1) {
                        @Override
                        public void onAdmitted() {}

                        @Override
                        public void execute() {
                            if (next[thread]++ != number) {
                                disorder.add(thread + ":" + number);
                            }
                            done.countDown();
                        }
                    });
                }
            });
        }
        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        users.shutdown();
        eventLoop.shutdown();
        assertThat(eventLoop.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        assertThat(disorder).isEmpty();
        assertThat(shared.pendingBytes()).isZero();
    }
}
