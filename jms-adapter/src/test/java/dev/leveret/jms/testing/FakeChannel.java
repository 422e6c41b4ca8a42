package dev.leveret.jms.testing;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.AsyncPublishWindow;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.DeliveryHandler;
import dev.leveret.amqp.api.DeliverySink;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.GetResponse;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishCallback;
import dev.leveret.amqp.api.PublishException;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.PullConsumer;
import dev.leveret.amqp.api.QueueInfo;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.ReturnedMessage;
import dev.leveret.amqp.api.Subscription;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A channel of a {@link FakeConnection}. */
public final class FakeChannel implements AsyncChannel {

    private final FakeConnection connection;
    private final int number;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final List<FakeSubscription> consumers = new CopyOnWriteArrayList<>();
    private final List<Publish> publishes = new CopyOnWriteArrayList<>();
    private final AtomicLong lastTag = new AtomicLong();
    private volatile Consumer<? super ReturnedMessage> returns = message -> {};

    /** A publish that waits for its confirmation. */
    public record Publish(OutboundMessage message, CompletableFuture<Void> outcome) {

        public String body() {
            return new String(message.body(), StandardCharsets.UTF_8);
        }

        public void confirm() {
            outcome.complete(null);
        }

        public void fail(PublishResult result) {
            outcome.completeExceptionally(PublishException.of(message, result));
        }
    }

    FakeChannel(FakeConnection connection, int number) {
        this.connection = connection;
        this.number = number;
    }

    WireLog log() {
        return connection.log();
    }

    List<FakeSubscription> consumers() {
        return consumers;
    }

    List<Publish> publishes() {
        return publishes.stream().filter(it -> !it.outcome().isDone()).toList();
    }

    long nextTag() {
        return lastTag.incrementAndGet();
    }

    int interruptions() {
        return connection.interruptions();
    }

    void interrupt(AmqpException cause) {
        publishes.forEach(it -> it.fail(new PublishResult.Unknown(cause)));
        consumers.forEach(FakeSubscription::interrupt);
    }

    void end(AmqpException cause) {
        if (closed.completeExceptionally(cause)) {
            consumers.forEach(it -> it.end(cause));
            publishes.forEach(it -> it.fail(new PublishResult.Unknown(cause)));
        }
    }

    private <T> CompletableFuture<T> refuse(int code, String text) {
        ChannelClosedException cause = new ChannelClosedException(text, code, true, "", null);
        end(cause);
        return CompletableFuture.failedFuture(cause);
    }

    @Override
    public CompletableFuture<QueueInfo> declareQueue(QueueSpec queue) {
        return connection.whenOpen(() -> declareQueueNow(queue));
    }

    private CompletableFuture<QueueInfo> declareQueueNow(QueueSpec queue) {
        log().add("declare " + queue.name() + (queue.exclusive() ? " exclusive" : "")
                + (queue.arguments().isEmpty() ? "" : " " + queue.arguments()));
        if (connection.lockedByOthers().contains(queue.name())) {
            return refuse(405, "cannot obtain exclusive access to locked queue '" + queue.name() + "'");
        }
        connection.queues().add(queue.name());
        return CompletableFuture.completedFuture(new QueueInfo(queue.name(), 0, 0));
    }

    @Override
    public CompletableFuture<QueueInfo> declareQueuePassive(String queue) {
        return connection.whenOpen(() -> declareQueuePassiveNow(queue));
    }

    private CompletableFuture<QueueInfo> declareQueuePassiveNow(String queue) {
        log().add("passive " + queue);
        connection.lookedUp(queue);
        return connection.queues().contains(queue)
                ? CompletableFuture.completedFuture(
                        new QueueInfo(queue, 0, connection.consumers(queue).size()))
                : refuse(404, "no queue '" + queue + "'");
    }

    @Override
    public CompletableFuture<Long> deleteQueue(String queue) {
        log().add("delete " + queue);
        connection.queues().remove(queue);
        connection.consumers(queue).forEach(FakeSubscription::cancelByBroker);
        return CompletableFuture.completedFuture(0L);
    }

    @Override
    public CompletableFuture<Long> deleteQueue(String queue, boolean ifUnused, boolean ifEmpty) {
        return deleteQueue(queue);
    }

    @Override
    public CompletableFuture<Long> purgeQueue(String queue) {
        throw new AssertionError("not used");
    }

    @Override
    public CompletableFuture<Void> declareExchange(ExchangeSpec exchange) {
        log().add("declare-exchange " + exchange.name() + " " + exchange.type());
        if (connection.exchangeRefusal() != 0) {
            return refuse(connection.exchangeRefusal(), "exchange '" + exchange.name() + "'");
        }
        ExchangeSpec existing = connection.exchanges().putIfAbsent(exchange.name(), exchange);
        if (existing != null && !existing.type().equals(exchange.type())) {
            return refuse(406, "PRECONDITION_FAILED - inequivalent arg 'type' for exchange '" + exchange.name() + "'");
        }
        return existing == null || Objects.equals(alternate(existing), alternate(exchange))
                ? CompletableFuture.completedFuture(null)
                : refuse(406, "PRECONDITION_FAILED - inequivalent arg 'alternate-exchange' for exchange 'x'");
    }

    private static Object alternate(ExchangeSpec exchange) {
        return exchange.arguments().get("alternate-exchange");
    }

    @Override
    public CompletableFuture<Void> declareExchangePassive(String exchange) {
        log().add("passive-exchange " + exchange);
        return connection.exchangeRefusal() == 0
                ? CompletableFuture.completedFuture(null)
                : refuse(connection.exchangeRefusal(), "exchange '" + exchange + "'");
    }

    @Override
    public CompletableFuture<Void> deleteExchange(String exchange) {
        log().add("delete-exchange " + exchange);
        connection.exchanges().remove(exchange);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> deleteExchange(String exchange, boolean ifUnused) {
        throw new AssertionError("not used");
    }

    @Override
    public CompletableFuture<Void> bind(BindingSpec binding) {
        log().add("bind " + binding.source() + " " + binding.routingKey());
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> unbind(BindingSpec binding) {
        throw new AssertionError("not used");
    }

    private boolean isUnroutable(OutboundMessage message) {
        return message.mandatory()
                && message.exchange().isEmpty()
                && !connection.queues().contains(message.routingKey());
    }

    private static ReturnedMessage returned(OutboundMessage message) {
        return new ReturnedMessage(
                312, "NO_ROUTE", message.exchange(), message.routingKey(), message.properties(), message.body());
    }

    @Override
    public CompletableFuture<Void> publish(OutboundMessage message) {
        return connection.whenOpen(() -> publishNow(message));
    }

    private CompletableFuture<Void> publishNow(OutboundMessage message) {
        connection.remember(message);
        log().add("publish " + new String(message.body(), StandardCharsets.UTF_8));
        if (isUnroutable(message)) {
            return CompletableFuture.failedFuture(
                    PublishException.of(message, new PublishResult.Returned(returned(message))));
        }
        if (!connection.confirmsHeld()) {
            return CompletableFuture.completedFuture(null);
        }
        Publish publish = new Publish(message, new CompletableFuture<>());
        publishes.add(publish);
        return publish.outcome();
    }

    @Override
    public void publish(OutboundMessage message, PublishCallback callback) {
        throw new AssertionError("not used");
    }

    @Override
    public CompletableFuture<Void> send(OutboundMessage message) {
        connection.remember(message);
        log().add("send " + new String(message.body(), StandardCharsets.UTF_8));
        if (isUnroutable(message)) {
            returns.accept(returned(message));
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Subscription> consume(ConsumeOptions options, DeliveryHandler handler) {
        throw new AssertionError("not used");
    }

    @Override
    public CompletableFuture<Subscription> consumeOnEventLoop(ConsumeOptions options, DeliverySink sink) {
        return connection.whenOpen(() -> consumeNow(options, sink));
    }

    private CompletableFuture<Subscription> consumeNow(ConsumeOptions options, DeliverySink sink) {
        log().add("consume " + options.queue() + " " + options.prefetch());
        if (!connection.queues().contains(options.queue())) {
            return refuse(404, "no queue '" + options.queue() + "'");
        }
        FakeSubscription consumer = new FakeSubscription(this, options, sink);
        consumers.add(consumer);
        return CompletableFuture.completedFuture(consumer);
    }

    @Override
    public CompletableFuture<PullConsumer> pull(ConsumeOptions options) {
        throw new AssertionError("not used");
    }

    @Override
    public CompletableFuture<Void> room() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public AsyncPublishWindow publishWindow(int size) {
        throw new AssertionError("not used");
    }

    @Override
    public CompletableFuture<Optional<GetResponse>> get(String queue, boolean autoAck) {
        throw new AssertionError("not used");
    }

    @Override
    public CompletableFuture<Void> qos(int prefetch) {
        throw new AssertionError("not used");
    }

    @Override
    public CompletableFuture<Void> recover() {
        throw new AssertionError("not used");
    }

    @Override
    public CompletableFuture<Void> txSelect() {
        throw new AssertionError("not used");
    }

    @Override
    public CompletableFuture<Void> txCommit() {
        throw new AssertionError("not used");
    }

    @Override
    public CompletableFuture<Void> txRollback() {
        throw new AssertionError("not used");
    }

    @Override
    public CompletableFuture<Void> close() {
        if (closed.complete(null)) {
            log().add("close " + number);
            consumers.forEach(FakeSubscription::channelClosed);
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public AutoCloseable onReturn(Consumer<? super ReturnedMessage> listener) {
        returns = listener;
        return () -> {};
    }

    @Override
    public CompletableFuture<Void> closed() {
        return closed;
    }

    @Override
    public boolean isOpen() {
        return !closed.isDone() && connection.isOpen();
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public Channel blocking() {
        throw new AssertionError("not used");
    }
}
