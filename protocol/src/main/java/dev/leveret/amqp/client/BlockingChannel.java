package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.DeliveryHandler;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.GetResponse;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishWindow;
import dev.leveret.amqp.api.PullConsumer;
import dev.leveret.amqp.api.QueueInfo;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.ReturnedMessage;
import dev.leveret.amqp.api.Subscription;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The blocking face of a {@link ChannelHandle}. */
final class BlockingChannel implements Channel {

    private final ChannelHandle async;

    BlockingChannel(ChannelHandle async) {
        this.async = async;
    }

    @Override
    public QueueInfo declareQueue(QueueSpec queue) {
        return await(() -> async.declareQueue(queue));
    }

    @Override
    public QueueInfo declareQueuePassive(String queue) {
        return await(() -> async.declareQueuePassive(queue));
    }

    @Override
    public long deleteQueue(String queue) {
        return await(() -> async.deleteQueue(queue));
    }

    @Override
    public long deleteQueue(String queue, boolean ifUnused, boolean ifEmpty) {
        return await(() -> async.deleteQueue(queue, ifUnused, ifEmpty));
    }

    @Override
    public long purgeQueue(String queue) {
        return await(() -> async.purgeQueue(queue));
    }

    @Override
    public void declareExchange(ExchangeSpec exchange) {
        await(() -> async.declareExchange(exchange));
    }

    @Override
    public void declareExchangePassive(String exchange) {
        await(() -> async.declareExchangePassive(exchange));
    }

    @Override
    public void deleteExchange(String exchange) {
        await(() -> async.deleteExchange(exchange));
    }

    @Override
    public void deleteExchange(String exchange, boolean ifUnused) {
        await(() -> async.deleteExchange(exchange, ifUnused));
    }

    @Override
    public void bind(BindingSpec binding) {
        await(() -> async.bind(binding));
    }

    @Override
    public void unbind(BindingSpec binding) {
        await(() -> async.unbind(binding));
    }

    @Override
    public void publish(OutboundMessage message) {
        await(() -> async.publishAndHelp(message));
    }

    @Override
    public void send(OutboundMessage message) {
        // On an event loop too, as long as there is room: then there is nothing to wait for.
        Await.result(
                async.connection(),
                async.send(message),
                async.connection().options().requestTimeout());
    }

    @Override
    public PublishWindow publishWindow(int size) {
        return async.publishWindow(size).blocking();
    }

    @Override
    public AutoCloseable onReturn(Consumer<? super ReturnedMessage> listener) {
        return async.onReturn(listener);
    }

    @Override
    public Subscription consume(ConsumeOptions options, DeliveryHandler handler) {
        return await(() -> async.consume(options, handler));
    }

    @Override
    public PullConsumer pull(ConsumeOptions options) {
        return await(() -> async.pull(options));
    }

    @Override
    public Optional<GetResponse> get(String queue, boolean autoAck) {
        return await(() -> async.get(queue, autoAck));
    }

    @Override
    public void qos(int prefetch) {
        await(() -> async.qos(prefetch));
    }

    @Override
    public void recover() {
        await(() -> async.recover());
    }

    @Override
    public void txSelect() {
        await(() -> async.txSelect());
    }

    @Override
    public void txCommit() {
        await(() -> async.txCommit());
    }

    @Override
    public void txRollback() {
        await(() -> async.txRollback());
    }

    @Override
    public void close() {
        Await.refuseOnLoop(async.connection());
        Await.result(
                async.connection(), async.close(), async.connection().options().closeTimeout());
    }

    @Override
    public boolean isOpen() {
        return async.isOpen();
    }

    @Override
    public int number() {
        return async.number();
    }

    @Override
    public AsyncChannel async() {
        return async;
    }

    @Override
    public String toString() {
        return async.toString();
    }

    private <T> T await(Supplier<CompletableFuture<T>> call) {
        Await.refuseOnLoop(async.connection());
        return Await.result(
                async.connection(), call.get(), async.connection().options().requestTimeout());
    }
}
