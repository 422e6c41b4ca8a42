package dev.leveret.benchmarks.fault;

import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** A client and its broker in memory, which do one thing wrong to every hundredth message. */
final class FakeFaultClient implements FaultClient, Target {

    enum Sin {
        NONE,
        LOSES_A_CONFIRMED_MESSAGE,
        DELIVERS_TWICE_WITHOUT_A_WORD,
        DELIVERS_TWICE_AND_SAYS_SO,
        NEVER_ANSWERS,
        ANSWERS_TWICE,
        THROWS,
        THROWS_AND_ANSWERS,
        REFUSES,
        STOPS_CONSUMING,
        STOPS_CONFIRMING
    }

    private static final int EVERY = 100;

    private final Sin sin;
    private final AtomicLong published = new AtomicLong();
    private final AtomicLong consumed = new AtomicLong();
    private final Map<String, BlockingQueue<byte[]>> queues = new ConcurrentHashMap<>();
    private int faults;

    FakeFaultClient(Sin sin) {
        this.sin = sin;
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public void declareQuorumQueue(String queue) {
        queues.put(queue, new LinkedBlockingQueue<>());
    }

    private BlockingQueue<byte[]> queue(String name) {
        return queues.getOrDefault(name, new LinkedBlockingQueue<>());
    }

    @Override
    public Publisher publisher(int index, Runnable forgotten) {
        return new Publisher() {
            @Override
            public void publish(String queue, byte[] body, Verdict verdict) {
                long number = published.incrementAndGet();
                if (sin == Sin.STOPS_CONFIRMING && number > EVERY) {
                    return;
                }
                if (number % EVERY == 0) {
                    publishWrongly(queue, body, verdict);
                } else {
                    queue(queue).add(body);
                    verdict.confirmed();
                }
            }

            @Override
            public void close() {
                published.set(Long.MIN_VALUE);
            }
        };
    }

    private void publishWrongly(String queue, byte[] body, Verdict verdict) {
        switch (sin) {
            case LOSES_A_CONFIRMED_MESSAGE -> verdict.confirmed();
            case NEVER_ANSWERS -> queue(queue).add(body);
            case THROWS -> throw new IllegalStateException("cannot");
            case THROWS_AND_ANSWERS -> {
                verdict.unknown();
                throw new IllegalStateException("cannot");
            }
            case REFUSES -> verdict.negative();
            default -> {
                queue(queue).add(body);
                verdict.confirmed();
                if (sin == Sin.ANSWERS_TWICE) {
                    verdict.confirmed();
                }
            }
        }
    }

    @Override
    public AutoCloseable consume(int index, String queue, Receiver receiver) {
        Thread thread = new Thread(() -> consume(queue(queue), receiver), "fake-consumer");
        thread.setDaemon(true);
        thread.start();
        return thread::interrupt;
    }

    private void consume(BlockingQueue<byte[]> queue, Receiver receiver) {
        try {
            while (true) {
                byte[] body = queue.take();
                receiver.onMessage(body, false);
                if (consumed.incrementAndGet() % EVERY == 0) {
                    if (sin == Sin.DELIVERS_TWICE_WITHOUT_A_WORD || sin == Sin.DELIVERS_TWICE_AND_SAYS_SO) {
                        receiver.onMessage(body, sin == Sin.DELIVERS_TWICE_AND_SAYS_SO);
                    }
                    if (sin == Sin.STOPS_CONSUMING) {
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Damage inflict(Fault fault, LongConsumer broken) {
        faults++;
        broken.accept(System.nanoTime());
        return new Damage("nowhere", 0, 1);
    }

    int faults() {
        return faults;
    }

    @Override
    public long messagesIn(List<String> names) {
        return names.stream().mapToLong(it -> queue(it).size()).sum();
    }

    @Override
    public void drain(String queue, Receiver receiver) {
        byte[] body = queue(queue).poll();
        while (body != null) {
            receiver.onMessage(body, false);
            body = queue(queue).poll();
        }
    }

    @Override
    public String description() {
        return "a broker in memory";
    }
}
