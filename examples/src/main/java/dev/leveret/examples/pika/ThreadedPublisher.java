package dev.leveret.examples.pika;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.QueueSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Publishes from several threads on one channel: nothing has to be handed to the thread of the connection. */
public final class ThreadedPublisher {

    private ThreadedPublisher() {}

    public static void main(String[] args) throws Exception {
        System.out.println(publish(ExampleBroker.uri(args), 4, 100) + " messages are in the queue");
    }

    static long publish(String uri, int threads, int messagesEach) throws ExecutionException, InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (Connection connection = Amqp.connect(uri);
                Channel channel = connection.openChannel()) {
            String queue = channel.declareQueue(QueueSpec.temporary()).name();
            List<Future<?>> publishers = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                publishers.add(pool.submit(() -> {
                    for (int i = 0; i < messagesEach; i++) {
                        channel.publish(OutboundMessage.toQueue(queue, new byte[100]));
                    }
                }));
            }
            for (Future<?> publisher : publishers) {
                publisher.get();
            }
            return channel.declareQueuePassive(queue).messageCount();
        } finally {
            pool.shutdown();
        }
    }
}
