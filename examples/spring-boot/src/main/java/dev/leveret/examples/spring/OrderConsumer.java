package dev.leveret.examples.spring;

import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.HandlerErrorPolicy;
import dev.leveret.amqp.api.ShutdownReport;
import dev.leveret.amqp.api.Subscription;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.context.WebServerGracefulShutdownLifecycle;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Handles the orders of the queue for as long as the application runs. */
@Component
class OrderConsumer implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(OrderConsumer.class);

    private final Connection connection;
    private final LeveretProperties properties;
    private final Orders orders;
    private volatile @Nullable Subscription subscription;

    OrderConsumer(Connection connection, LeveretProperties properties, Orders orders) {
        this.connection = connection;
        this.properties = properties;
        this.orders = orders;
    }

    @Override
    public void start() {
        ConsumeOptions options = ConsumeOptions.of(properties.queue()).withOnHandlerError(HandlerErrorPolicy.REQUEUE);
        Channel channel = connection.openChannel();
        subscription = channel.consume(options, this::handle);
    }

    private void handle(Delivery order) {
        String number = Objects.requireNonNullElse(order.properties().messageId(), "");
        orders.handle(number, new String(order.body(), StandardCharsets.UTF_8));
        order.ack();
    }

    /** What is in hand is finished and acknowledged, the rest goes back to the queue. */
    @Override
    public void stop() {
        ShutdownReport left = connection.shutdown(properties.patience());
        subscription = null;
        if (!left.isClean()) {
            LOG.warn("not brought to an end: {}", left);
        }
    }

    /** Whether it was started and has not ended since; it goes on when the connection is recovered. */
    boolean isConsuming() {
        Subscription current = subscription;
        return current != null && !current.ended().isDone();
    }

    @Override
    public boolean isRunning() {
        return subscription != null;
    }

    /** Stopped when the requests that are being answered have been: they may publish. */
    @Override
    public int getPhase() {
        return WebServerGracefulShutdownLifecycle.SMART_LIFECYCLE_PHASE - 1;
    }
}
