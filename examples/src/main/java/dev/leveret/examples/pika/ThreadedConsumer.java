package dev.leveret.examples.pika;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.QueueSpec;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Works on the messages of one consumer in several threads, which acknowledge them themselves. */
public final class ThreadedConsumer {

    private ThreadedConsumer() {}

    public static void main(String[] args) throws InterruptedException {
        System.out.println("worked in " + consume(ExampleBroker.uri(args), 4, 100));
    }

    static Set<String> consume(String uri, int threads, int messages) throws InterruptedException {
        Set<String> workers = ConcurrentHashMap.newKeySet();
        CountDownLatch open = new CountDownLatch(messages);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (Connection connection = Amqp.connect(uri);
                Channel channel = connection.openChannel()) {
            String queue = channel.declareQueue(QueueSpec.temporary()).name();
            // The prefetch bounds what waits for the threads.
            channel.consume(
                    ConsumeOptions.of(queue).withPrefetch(2 * threads),
                    delivery -> pool.execute(() -> {
                        workers.add(Thread.currentThread().getName());
                        delivery.ack();
                        open.countDown();
                    }));
            for (int i = 1; i <= messages; i++) {
                channel.publish(OutboundMessage.toQueue(queue, ("message " + i).getBytes()));
            }
            if (!open.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException(open.getCount() + " messages did not come");
            }
        } finally {
            pool.shutdown();
        }
        return workers;
    }
}
