package dev.leveret.coroutines

import dev.leveret.amqp.api.AsyncChannel
import dev.leveret.amqp.api.BindingSpec
import dev.leveret.amqp.api.ConsumeOptions
import dev.leveret.amqp.api.Delivery
import dev.leveret.amqp.api.ExchangeSpec
import dev.leveret.amqp.api.GetResponse
import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.api.QueueInfo
import dev.leveret.amqp.api.QueueSpec
import dev.leveret.amqp.api.ReturnedMessage
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.withContext

/**
 * A channel: the line on which a connection declares, publishes and consumes. [AmqpConnection.channel] and
 * [AmqpConnection.openChannel] open one. Thread-safe; what one coroutine asks for is done in the order in which it
 * asked.
 *
 * A suspend function returns when the broker has answered. When the broker refuses an operation it closes the
 * channel: everything pending fails with [dev.leveret.amqp.api.ChannelClosedException], as does every later call.
 * Every request ends within the request timeout of the connection's options, with
 * [dev.leveret.amqp.api.AmqpTimeoutException] if the broker has not answered; with
 * [dev.leveret.amqp.api.ConnectionLostException] or [dev.leveret.amqp.api.ConnectionClosedException] if the
 * connection ends.
 *
 * A coroutine that is cancelled already sends nothing. Where a function's cancellation says that the request stays
 * sent, one that could not be written yet is withdrawn; its answer disturbs nobody.
 */
@AmqpDsl
public class AmqpChannel internal constructor(internal val async: AsyncChannel) {
    /** The channel's number on its connection. */
    public val number: Int get() = async.number()

    /** Whether the channel is open; it may end at any time. */
    public val isOpen: Boolean get() = async.isOpen

    /**
     * Declares a queue: makes it if there is none, otherwise verifies that it is equal. The result tells the name of a
     * queue that the broker was asked to name.
     *
     * Cancellation: the request stays sent.
     *
     * ```kotlin
     * val queue = channel.declareQueue(QueueSpec.temporary()).name()
     * ```
     */
    public suspend fun declareQueue(queue: QueueSpec): QueueInfo = awaitReply { async.declareQueue(queue) }

    /**
     * Looks a queue up; if there is none, the broker closes the channel (404).
     *
     * Cancellation: the request stays sent.
     *
     * ```kotlin
     * val waiting = channel.declareQueuePassive("orders").messageCount()
     * ```
     */
    public suspend fun declareQueuePassive(queue: String): QueueInfo = awaitReply { async.declareQueuePassive(queue) }

    /**
     * Deletes a queue with its messages and returns how many went with it. RabbitMQ answers so too if there is none.
     *
     * Cancellation: the request stays sent.
     *
     * ```kotlin
     * val lost = channel.deleteQueue("orders.old", ifUnused = true)
     * ```
     *
     * @param ifUnused refuse (406, which closes the channel) if it has consumers
     * @param ifEmpty refuse (406, which closes the channel) if it has messages
     */
    public suspend fun deleteQueue(queue: String, ifUnused: Boolean = false, ifEmpty: Boolean = false): Long =
        awaitReply { async.deleteQueue(queue, ifUnused, ifEmpty) }

    /**
     * Removes the messages that are ready in a queue and returns how many.
     *
     * Cancellation: the request stays sent.
     *
     * ```kotlin
     * println("${channel.purgeQueue("orders.test")} messages are gone")
     * ```
     */
    public suspend fun purgeQueue(queue: String): Long = awaitReply { async.purgeQueue(queue) }

    /**
     * Declares an exchange: makes it if there is none, otherwise verifies that it is equal.
     *
     * Cancellation: the request stays sent.
     *
     * ```kotlin
     * channel.declareExchange(ExchangeSpec.topic("orders"))
     * ```
     */
    public suspend fun declareExchange(exchange: ExchangeSpec) {
        awaitReply { async.declareExchange(exchange) }
    }

    /**
     * Looks an exchange up; if there is none, the broker closes the channel (404).
     *
     * Cancellation: the request stays sent.
     *
     * ```kotlin
     * channel.declareExchangePassive("orders") // throws if there is none
     * ```
     */
    public suspend fun declareExchangePassive(exchange: String) {
        awaitReply { async.declareExchangePassive(exchange) }
    }

    /**
     * Deletes an exchange with its bindings.
     *
     * Cancellation: the request stays sent.
     *
     * ```kotlin
     * channel.deleteExchange("orders.old", ifUnused = true)
     * ```
     *
     * @param ifUnused refuse (406, which closes the channel) if it has bindings
     */
    public suspend fun deleteExchange(exchange: String, ifUnused: Boolean = false) {
        awaitReply { async.deleteExchange(exchange, ifUnused) }
    }

    /**
     * Binds a queue or an exchange to an exchange.
     *
     * Cancellation: the request stays sent.
     *
     * ```kotlin
     * channel.bind(BindingSpec.toQueue("orders", "billing", "order.*.paid"))
     * ```
     */
    public suspend fun bind(binding: BindingSpec) {
        awaitReply { async.bind(binding) }
    }

    /**
     * Removes a binding; its arguments must be those that it was made with.
     *
     * Cancellation: the request stays sent.
     *
     * ```kotlin
     * channel.unbind(BindingSpec.toQueue("orders", "billing", "order.*.paid"))
     * ```
     */
    public suspend fun unbind(binding: BindingSpec) {
        awaitReply { async.unbind(binding) }
    }

    /**
     * Publishes a message and returns when the broker has confirmed it. To have many in flight, publish from many
     * coroutines.
     *
     * Cancellation: a message that is not written yet, as while the connection is lost, is withdrawn; otherwise the
     * broker may or may not have it. Nothing is sent again.
     *
     * ```kotlin
     * channel.publish(OutboundMessage.toQueue("orders", json))
     * ```
     *
     * @throws dev.leveret.amqp.api.PublishException if the message was returned, refused, not sent, or if its fate
     *   cannot be known any more: see its [result][dev.leveret.amqp.api.PublishException.result]
     */
    public suspend fun publish(message: OutboundMessage): Unit = async.publishConfirmed(message)

    /**
     * Publishes a message without asking what becomes of it, and returns when there is room for more: at once, unless
     * the outbound buffer of the connection is full.
     *
     * Cancellation: a message that waits for room is not sent.
     *
     * ```kotlin
     * channel.send(OutboundMessage.of("metrics", "cpu", sample))
     * ```
     */
    public suspend fun send(message: OutboundMessage) {
        awaitReply { async.send(message) }
    }

    /**
     * Returns when a message can be sent without waiting in memory: at once, unless the outbound buffer of the
     * connection is full.
     *
     * Cancellation: stops waiting.
     *
     * ```kotlin
     * while (true) {
     *     channel.room()
     *     channel.send(OutboundMessage.of("metrics", "cpu", measure())) // measured when it can go
     * }
     * ```
     *
     * @throws dev.leveret.amqp.api.ConnectionBlockedException if the broker has blocked the connection and
     *   [ConnectionOptionsBuilder.whenBlocked] does not want to wait
     */
    public suspend fun room() {
        awaitReply { async.room() }
    }

    /**
     * Publishes with confirms, at most so many unconfirmed at a time.
     *
     * ```kotlin
     * val window = channel.publishWindow(size = 500)
     * val fates = lines.map { window.publish(OutboundMessage.toQueue("lines", it.encodeToByteArray())) }
     * fates.awaitAll()
     * ```
     *
     * @param size 1 or more; some hundreds keep a broker busy
     */
    public fun publishWindow(size: Int): AmqpPublishWindow = AmqpPublishWindow(async.publishWindow(size))

    /**
     * Publishes what [block] publishes with confirms, at most so many unconfirmed at a time, and returns when all are
     * confirmed.
     *
     * Cancellation: the broker may or may not have what was published until then. The same when [block] throws.
     *
     * ```kotlin
     * channel.publishWindow(size = 500) {
     *     lines.forEach { publish(exchange = "", routingKey = "lines", body = it.encodeToByteArray()) }
     * }
     * ```
     *
     * @param size 1 or more; some hundreds keep a broker busy
     * @throws dev.leveret.amqp.api.PublishException the first failure
     */
    public suspend fun <R> publishWindow(size: Int, block: suspend AmqpPublishWindow.() -> R): R {
        val window = publishWindow(size)
        return window.block().also { window.flush() }
    }

    /**
     * Messages that the broker returns and nobody waits for: mandatory ones of [send], from when it is collected on.
     * Those that the collector has not taken yet are kept for it. The flow ends with the channel: by failing with the
     * cause, unless this side closed it.
     */
    public val returns: Flow<ReturnedMessage> = async.returnFlow()

    /**
     * Consumes from a queue. The flow is cold: each collection starts a consumer of its own, and ends it when the
     * collection ends.
     *
     * Each delivery is to be settled once, with `ack()`, `nack()` or `reject()`, in the collector or later from
     * anywhere. The broker sends at most [prefetch] that are not settled: they are the flow's buffer. Operators with
     * a buffer of their own (`buffer`, `flowOn`, `conflate`, `shareIn`...) add nothing to that, and what they drop on
     * cancellation stays unsettled until the channel closes. Deliveries come in the collector's context, one after
     * the other.
     *
     * With automatic acknowledgement or without a prefetch, the flow's buffer is bounded by not reading from the
     * connection any more. A collector that waits for the broker on the same connection, for a confirm or an answer,
     * may then wait in vain: see [ConsumeBuilder.buffer].
     *
     * Cancellation, and every other end by the collector (an exception, `first()`, `take(n)`): the consumer is
     * cancelled, and when the broker has answered, what was delivered but not emitted is given back to the queue; for
     * a quorum queue of RabbitMQ before 4.3 that counts as a failed attempt. Acknowledged automatically, it is lost.
     * What was emitted stays the collector's
     * to settle. Cancelled before the broker has accepted the consumer, the same is done when it does.
     *
     * The flow ends by itself, without a failure, when [AmqpConnection.shutdown] cancels the consumer. It fails
     * - with [dev.leveret.amqp.api.ConsumerCancelledException] when the broker ended the consumer, as it does when
     *   the queue is deleted; after having emitted what was delivered before;
     * - with [dev.leveret.amqp.api.ChannelClosedException], [dev.leveret.amqp.api.ConnectionClosedException] or
     *   [dev.leveret.amqp.api.ConnectionLostException] when channel or connection end. What was delivered then cannot
     *   be settled any more, the broker gives it to somebody again: it is not emitted. What was acknowledged
     *   automatically is.
     *
     * It goes on when the connection is lost and recovered: see [ConnectionOptionsBuilder.recovery]. Here, too, what was
     * delivered before and is to be acknowledged is not emitted, as it comes again. For what was emitted, settling throws
     * [dev.leveret.amqp.api.SettlementException] with the reason `STALE`: a collector that catches it gets the next
     * delivery, one that does not ends the consumer.
     *
     * A delivery that something else settled in the meantime, such as [recover] or an `ackMultiple()` elsewhere on
     * the channel, is not emitted either.
     *
     * ```kotlin
     * connection.channel {
     *     consume("orders", prefetch = 64).collect { delivery ->
     *         println(delivery.body().decodeToString())
     *         delivery.ack()
     *     }
     * }
     * ```
     *
     * @param prefetch 1 to 65535, or 0 for no limit
     */
    public fun consume(
        queue: String,
        prefetch: Int = ConsumeOptions.DEFAULT_PREFETCH,
        configure: ConsumeBuilder.() -> Unit = {},
    ): Flow<Delivery> = async.deliveryFlow(ConsumeBuilder(queue, prefetch).apply(configure).build())

    /**
     * Runs [block] with a consumer whose deliveries wait to be received, and ends it on every exit. It is [consume] for
     * those who need to know that nothing has come for a while; what is said there of settling, buffers and failures
     * holds here too.
     *
     * Cancellation, and every other end of [block]: the consumer is cancelled, and when the broker has answered, what
     * was delivered but not received is given back to the queue; acknowledged automatically, it is lost.
     *
     * ```kotlin
     * connection.channel {
     *     pull("orders") {
     *         while (true) {
     *             val order = receive(timeout = 5.seconds) ?: break
     *             println(order.body().decodeToString())
     *             order.ack()
     *         }
     *     }
     * }
     * ```
     *
     * @param prefetch 1 to 65535, or 0 for no limit
     */
    public suspend fun <R> pull(
        queue: String,
        prefetch: Int = ConsumeOptions.DEFAULT_PREFETCH,
        configure: ConsumeBuilder.() -> Unit = {},
        block: suspend AmqpConsumer.() -> R,
    ): R = async.consuming(ConsumeBuilder(queue, prefetch).apply(configure).build()) { subscription, inbox ->
        AmqpConsumer(subscription, inbox).block()
    }

    /**
     * Fetches one message, or returns `null` if the queue has none ready. It costs a round trip per message: to
     * process a queue, [consume] or [pull].
     *
     * Cancellation: a message that still comes is given back to the queue; with [autoAck] it is lost.
     *
     * ```kotlin
     * val order = channel.get("orders")?.delivery() ?: return
     * println(order.body().decodeToString())
     * order.ack()
     * ```
     *
     * @param autoAck whether the broker considers it settled when it sends it
     */
    public suspend fun get(queue: String, autoAck: Boolean = false): GetResponse? =
        awaitReply(undo = { late -> late.ifPresent { it.delivery().giveBack() } }) { async.get(queue, autoAck) }
            .orElse(null)

    /**
     * Bounds the unsettled deliveries of all consumers of this channel together, on top of each consumer's own
     * prefetch. RabbitMQ takes it for each consumer alone from 4.3 on, and before refuses quorum queues on such a
     * channel.
     *
     * Cancellation: the request stays sent.
     *
     * ```kotlin
     * channel.qos(prefetch = 100)
     * ```
     *
     * @param prefetch 0 (no limit) to 65535
     */
    public suspend fun qos(prefetch: Int) {
        awaitReply { async.qos(prefetch) }
    }

    /**
     * Gives all unsettled deliveries of this channel back to their queues.
     *
     * Cancellation: the request stays sent.
     *
     * ```kotlin
     * channel.recover()
     * ```
     */
    public suspend fun recover() {
        awaitReply { async.recover() }
    }

    /**
     * Makes the channel transactional: what is sent and settled on it from now on waits for [txCommit]. A channel cannot
     * go back, nor be transactional and [publish].
     *
     * Cancellation: the request stays sent.
     *
     * ```kotlin
     * channel.txSelect()
     * channel.send(OutboundMessage.toQueue("orders", json))
     * channel.txCommit()
     * ```
     *
     * @throws IllegalStateException if the channel has published with confirms
     */
    public suspend fun txSelect() {
        awaitReply { async.txSelect() }
    }

    /**
     * Publishes and settles what was sent and settled since the last commit or rollback. What is asked of the channel
     * meanwhile waits until the commit has ended. When the broker cannot do all of it, it closes the channel; a part
     * may have been done.
     *
     * Cancellation: the commit may or may not happen.
     *
     * ```kotlin
     * channel.send(OutboundMessage.toQueue("orders.next", order.body()))
     * order.ack()
     * channel.txCommit() // both or neither
     * ```
     *
     * @throws IllegalStateException if the channel is not transactional
     */
    public suspend fun txCommit() {
        awaitReply { async.txCommit() }
    }

    /**
     * Drops what was sent since the last commit or rollback, and undoes what was settled: [recover] or closing the
     * channel give these deliveries back to their queues.
     *
     * Cancellation: the request stays sent.
     *
     * ```kotlin
     * channel.txRollback()
     * channel.recover()
     * ```
     *
     * @throws IllegalStateException if the channel is not transactional
     */
    public suspend fun txRollback() {
        awaitReply { async.txRollback() }
    }

    /**
     * Closes the channel; unsettled deliveries return to their queues. It is closed at the latest after the close
     * timeout; closing it again does nothing.
     *
     * Cancellation: runs to completion.
     *
     * ```kotlin
     * val channel = connection.openChannel()
     * channel.purgeQueue("orders.test")
     * channel.close()
     * ```
     */
    public suspend fun close() {
        withContext(NonCancellable) { awaitReply { async.close() } }
    }

    /**
     * Waits until the channel has ended: returns after [close], throws the cause otherwise.
     *
     * Cancellation: stops waiting.
     *
     * ```kotlin
     * try {
     *     channel.awaitClosed()
     * } catch (failure: ChannelClosedException) {
     *     println("the broker has closed the channel: ${failure.message}")
     * }
     * ```
     */
    public suspend fun awaitClosed() {
        throwIfFailed(async.closed().awaitEnd())
    }

    override fun toString(): String = "AmqpChannel($number)"
}
