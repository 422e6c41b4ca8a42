package dev.leveret.amqp.testing;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.machine.ConsumerSink;
import dev.leveret.amqp.wire.BasicMethod;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A consumer that notes its deliveries. */
public final class SinkLog implements ConsumerSink {

    private final ReplyLog consuming = new ReplyLog();
    private final List<String> texts = new ArrayList<>();
    private final List<Long> tags = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private @Nullable AmqpException endCause;

    /** The outcome of {@code basic.consume}. */
    public ReplyLog consuming() {
        return consuming;
    }

    public List<String> texts() {
        return List.copyOf(texts);
    }

    public List<Long> tags() {
        return List.copyOf(tags);
    }

    /** In order: {@code "delivery 1"}, {@code "batch end"}, {@code "closing"}, {@code "end"}, {@code "end ChannelClosedException"}. */
    public List<String> events() {
        return List.copyOf(events);
    }

    public @Nullable AmqpException endCause() {
        return endCause;
    }

    @Override
    public void onDelivery(BasicMethod.Deliver deliver, byte[] properties, byte[] body) {
        texts.add(new String(body, StandardCharsets.UTF_8));
        tags.add(deliver.deliveryTag());
        events.add("delivery " + deliver.deliveryTag());
    }

    @Override
    public void onBatchEnd() {
        events.add("batch end");
    }

    @Override
    public void onClosing() {
        events.add("closing");
    }

    @Override
    public void onEnd(@Nullable AmqpException cause) {
        events.add(cause == null ? "end" : "end " + cause.getClass().getSimpleName());
        endCause = cause;
    }
}
