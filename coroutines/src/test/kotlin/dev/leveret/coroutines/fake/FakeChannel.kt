package dev.leveret.coroutines.fake

import dev.leveret.amqp.api.AsyncChannel
import dev.leveret.amqp.api.AsyncPublishWindow
import dev.leveret.amqp.api.BindingSpec
import dev.leveret.amqp.api.Channel
import dev.leveret.amqp.api.ConsumeOptions
import dev.leveret.amqp.api.DeliveryHandler
import dev.leveret.amqp.api.DeliverySink
import dev.leveret.amqp.api.ExchangeSpec
import dev.leveret.amqp.api.GetResponse
import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.api.PublishCallback
import dev.leveret.amqp.api.PullConsumer
import dev.leveret.amqp.api.QueueInfo
import dev.leveret.amqp.api.QueueSpec
import dev.leveret.amqp.api.ReturnedMessage
import dev.leveret.amqp.api.Subscription
import java.util.Optional
import java.util.concurrent.CompletableFuture
import java.util.function.Consumer

/** A channel that writes down what it is asked for; the test gives the answers, when it likes. */
class FakeChannel : AsyncChannel {
    val requests = Requests()
    val publishes = ArrayList<FakePublish>()
    val consumers = ArrayList<FakeConsumer>()
    val windows = ArrayList<FakeWindow>()
    val returnListeners = ArrayList<Consumer<in ReturnedMessage>>()
    val end = CompletableFuture<Void>()

    class FakePublish(val message: OutboundMessage, val callback: PublishCallback)

    override fun declareQueue(queue: QueueSpec): CompletableFuture<QueueInfo> = requests.add("declareQueue", queue)

    override fun declareQueuePassive(queue: String): CompletableFuture<QueueInfo> =
        requests.add("declareQueuePassive", queue)

    override fun deleteQueue(queue: String): CompletableFuture<Long> = requests.add("deleteQueue", queue)

    override fun deleteQueue(queue: String, ifUnused: Boolean, ifEmpty: Boolean): CompletableFuture<Long> =
        requests.add("deleteQueue", queue, ifUnused, ifEmpty)

    override fun purgeQueue(queue: String): CompletableFuture<Long> = requests.add("purgeQueue", queue)

    override fun declareExchange(exchange: ExchangeSpec): CompletableFuture<Void> =
        requests.add("declareExchange", exchange)

    override fun declareExchangePassive(exchange: String): CompletableFuture<Void> =
        requests.add("declareExchangePassive", exchange)

    override fun deleteExchange(exchange: String): CompletableFuture<Void> = requests.add("deleteExchange", exchange)

    override fun deleteExchange(exchange: String, ifUnused: Boolean): CompletableFuture<Void> =
        requests.add("deleteExchange", exchange, ifUnused)

    override fun bind(binding: BindingSpec): CompletableFuture<Void> = requests.add("bind", binding)

    override fun unbind(binding: BindingSpec): CompletableFuture<Void> = requests.add("unbind", binding)

    override fun publish(message: OutboundMessage): CompletableFuture<Void> = requests.add("publish", message)

    override fun publish(message: OutboundMessage, callback: PublishCallback) {
        publishes += FakePublish(message, callback)
    }

    override fun send(message: OutboundMessage): CompletableFuture<Void> = requests.add("send", message)

    override fun room(): CompletableFuture<Void> = requests.add("room")

    override fun publishWindow(size: Int): AsyncPublishWindow = FakeWindow(size).also { windows += it }

    override fun onReturn(listener: Consumer<in ReturnedMessage>): AutoCloseable {
        returnListeners += listener
        return AutoCloseable { returnListeners -= listener }
    }

    override fun consume(options: ConsumeOptions, handler: DeliveryHandler): CompletableFuture<Subscription> =
        requests.add("consume", options)

    override fun consumeOnEventLoop(options: ConsumeOptions, sink: DeliverySink): CompletableFuture<Subscription> =
        FakeConsumer(options, sink).also { consumers += it }.started

    override fun pull(options: ConsumeOptions): CompletableFuture<PullConsumer> = throw UnsupportedOperationException()

    override fun get(queue: String, autoAck: Boolean): CompletableFuture<Optional<GetResponse>> =
        requests.add("get", queue, autoAck)

    override fun qos(prefetch: Int): CompletableFuture<Void> = requests.add("qos", prefetch)

    override fun recover(): CompletableFuture<Void> = requests.add("recover")

    override fun txSelect(): CompletableFuture<Void> = requests.add("txSelect")

    override fun txCommit(): CompletableFuture<Void> = requests.add("txCommit")

    override fun txRollback(): CompletableFuture<Void> = requests.add("txRollback")

    override fun close(): CompletableFuture<Void> = requests.add("close")

    override fun closed(): CompletableFuture<Void> = end

    override fun isOpen(): Boolean = !end.isDone

    override fun number(): Int = 1

    override fun blocking(): Channel = throw UnsupportedOperationException("nothing here may wait")
}
