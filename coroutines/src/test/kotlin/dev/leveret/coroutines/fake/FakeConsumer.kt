package dev.leveret.coroutines.fake

import dev.leveret.amqp.api.AmqpException
import dev.leveret.amqp.api.ConsumeOptions
import dev.leveret.amqp.api.DeliverySink
import dev.leveret.amqp.api.Subscription
import java.util.concurrent.CompletableFuture

/** A consumer whose broker is the test. */
class FakeConsumer(val options: ConsumeOptions, private val sink: DeliverySink) : Subscription {
    val started = CompletableFuture<Subscription>()
    val cancelReply = CompletableFuture<Void>()
    private val end = CompletableFuture<Void>()

    /** How often it was told to stop. */
    var cancels = 0
        private set

    /** Whether it has not stopped the reading. */
    var reading = true
        private set

    val deliveries = ArrayList<FakeDelivery>()
    val fates: List<String> get() = deliveries.map { it.fate }

    fun start() {
        started.complete(this)
    }

    /** Delivers messages that arrived together. */
    fun deliver(vararg tags: Int, prepare: FakeDelivery.() -> Unit = {}) {
        tags.forEach { put(it, prepare) }
        batchEnd()
    }

    fun put(tag: Int, prepare: FakeDelivery.() -> Unit = {}) {
        val delivery = FakeDelivery(tag, options.autoAck()).apply(prepare)
        deliveries += delivery
        sink.onDelivery(delivery)
    }

    fun batchEnd() {
        sink.onBatchEnd()
    }

    /** The broker answers the cancel. */
    fun cancelOk() {
        cancelReply.complete(null)
        end.complete(null)
    }

    /** It ends by itself, as after a broker's `basic.cancel`. */
    fun fail(cause: AmqpException) {
        end.completeExceptionally(cause)
    }

    /** It ends with its channel. */
    fun channelEnds(cause: AmqpException) {
        deliveries.forEach { it.stale = true }
        cancelReply.completeExceptionally(cause)
        end.completeExceptionally(cause)
    }

    override fun consumerTag(): String = options.consumerTag()

    override fun queue(): String = options.queue()

    override fun cancel(): CompletableFuture<Void> {
        cancels++
        return cancelReply
    }

    override fun pauseReading() {
        check(reading) { "it does not read anyway" }
        reading = false
    }

    override fun resumeReading() {
        check(!reading) { "it reads anyway" }
        reading = true
    }

    override fun ended(): CompletableFuture<Void> = end
}
