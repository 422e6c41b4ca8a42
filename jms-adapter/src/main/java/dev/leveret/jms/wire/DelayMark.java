package dev.leveret.jms.wire;

import dev.leveret.amqp.api.BasicProperties;
import java.time.Duration;

/**
 * What a message has while it waits for its time: the header by which it is put into a queue where it waits, and the time to
 * live after which it leaves that.
 */
public final class DelayMark {

    /** Names the queue in which the message waits. */
    public static final String HEADER = WireNames.DELAY;

    private DelayMark() {}

    /**
     * The properties while it waits. The broker takes the time to live away when it is over, so that nothing tells it how long
     * the message lives from then on; consumers go by the header {@code JMSExpiration}. The priority stays.
     */
    public static BasicProperties on(BasicProperties properties, String bucket, long delayMillis) {
        return properties.toBuilder()
                .header(HEADER, bucket)
                .expiration(Duration.ofMillis(delayMillis))
                .build();
    }
}
