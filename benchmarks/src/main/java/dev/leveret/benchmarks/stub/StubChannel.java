package dev.leveret.benchmarks.stub;

import static dev.leveret.benchmarks.stub.StubConnection.require;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One channel: counts what is published and settled, confirms, delivers. */
final class StubChannel {

    private static final int NO_CONTENT = -2;
    private static final int HEADER_DUE = -1;
    private static final int AUTO_ACK = 1 << 1;

    private final int number;
    private final Replies out;
    private final Counters counters;
    private final TagLedger settlements = new TagLedger();
    private long contentLeft = NO_CONTENT; // or bytes of body that are to come
    private boolean confirms;
    private long published;
    private long confirmed;
    private long delivered;
    private int prefetch;
    private @Nullable Source source;

    StubChannel(int number, Replies out, Counters counters) {
        this.number = number;
        this.out = out;
        this.counters = counters;
    }

    void method(int id, ByteBuffer in) throws IOException {
        require(contentLeft == NO_CONTENT, "a method within a content");
        switch (id) {
            case Methods.BASIC_PUBLISH -> contentLeft = HEADER_DUE;
            case Methods.BASIC_ACK -> settle(in.getLong(), in.get() != 0);
            case Methods.CONFIRM_SELECT -> {
                confirms = true;
                out.method(number, Methods.CONFIRM_SELECT_OK);
            }
            case Methods.BASIC_QOS -> {
                in.getInt(); // bytes: no broker has that
                prefetch = in.getShort() & 0xFFFF;
                out.method(number, Methods.BASIC_QOS_OK);
            }
            case Methods.QUEUE_DECLARE -> {
                in.getShort();
                String queue = shortString(in);
                out.queueDeclareOk(number, queue, (int) counters.named(queue));
            }
            case Methods.BASIC_CONSUME -> consume(in);
            case Methods.BASIC_CANCEL -> {
                source = null;
                out.consumer(number, Methods.BASIC_CANCEL_OK, shortString(in));
            }
            default -> throw new IllegalStateException("method " + (id >> 16) + "." + (id & 0xFFFF));
        }
    }

    void header(ByteBuffer in) {
        require(contentLeft == HEADER_DUE, "a content header that is not due");
        in.getInt(); // class and weight
        contentLeft = in.getLong();
        counters.publishedBytes += contentLeft;
        completeContent();
    }

    void body(int size) {
        require(contentLeft >= size && size > 0, "a body that is not due");
        contentLeft -= size;
        completeContent();
    }

    /** Confirms what has been published, delivers what the prefetch admits. */
    void afterRead() throws IOException {
        if (confirms && confirmed < published) {
            out.ack(number, published);
            counters.confirmed += published - confirmed;
            confirmed = published;
        }
        Source current = source;
        while (current != null && current.left > 0 && mayDeliver(current)) {
            current.left--;
            delivered++;
            counters.delivered++;
            out.deliver(current.encoded, current.tagAt, delivered);
        }
    }

    private void completeContent() {
        if (contentLeft == 0) {
            contentLeft = NO_CONTENT;
            published++;
            counters.published++;
        }
    }

    private boolean mayDeliver(Source from) {
        return from.autoAck || prefetch == 0 || delivered - settlements.count() < prefetch;
    }

    private void settle(long tag, boolean multiple) {
        require(tag <= delivered, "an ack of delivery " + tag + " of " + delivered);
        counters.settled += settlements.settle(tag, multiple);
    }

    private void consume(ByteBuffer in) throws IOException {
        require(source == null, "a second consumer");
        in.getShort();
        String queue = shortString(in);
        String tag = shortString(in);
        if (tag.isEmpty()) {
            tag = "stub-consumer";
        }
        source = Source.named(queue, number, tag, (in.get() & AUTO_ACK) != 0);
        out.consumer(number, Methods.BASIC_CONSUME_OK, tag);
    }

    private static String shortString(ByteBuffer in) {
        byte[] bytes = new byte[in.get() & 0xFF];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
