package dev.leveret.amqp.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChannelClosureTest {

    // The texts are those of RabbitMQ 3.10 to 4.3, but for the second, which is Broker-J's.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            404 | NOT_FOUND - no queue 'q' in vhost '/'                                             | NOT_FOUND
            404 | Queue 'q' in vhost 'default' does not exist                                       | NOT_FOUND
            404 | NOT_FOUND - queue 'q' in vhost '/' process is stopped by supervisor               | QUEUE_DOWN
            404 | NOT_FOUND - queue 'no queue' in vhost '/' has crashed and failed to restart       | QUEUE_DOWN
            404 | NOT_FOUND - home node 'b' of durable queue 'q' in vhost '/' is down or inaccessible | QUEUE_DOWN
            403 | ACCESS_REFUSED - queue 'q' in vhost '/' in exclusive use                          | ACCESS_REFUSED
            405 | RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'q'              | RESOURCE_LOCKED
            406 | PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out             | DELIVERY_TIMEOUT
            406 | PRECONDITION_FAILED - unknown delivery tag 7                                      | UNKNOWN_DELIVERY_TAG
            406 | PRECONDITION_FAILED - message size 9 is larger than max size 8                    | MESSAGE_TOO_LARGE
            406 | PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'q'                    | PRECONDITION_FAILED
            311 | CONTENT_TOO_LARGE                                                                 | MESSAGE_TOO_LARGE
            541 | INTERNAL_ERROR                                                                    | OTHER
            """)
    void theBrokersCodeAndTextTellTheCause(int code, String text, ChannelClosure kind) {
        assertThat(ChannelClosure.of(closed(code, text, true))).isEqualTo(kind);
    }

    @Test
    void whatThisSideClosesIsNoneOfThem() {
        assertThat(ChannelClosure.of(closed(404, "NOT_FOUND - no queue 'q' in vhost '/'", false)))
                .isEqualTo(ChannelClosure.OTHER);
    }

    private static ChannelClosedException closed(int code, String text, boolean byBroker) {
        return new ChannelClosedException(
                "the broker closed channel 1 because of queue.declare: " + code + " " + text,
                code,
                byBroker,
                "queue.declare",
                null);
    }
}
