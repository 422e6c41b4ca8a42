package dev.leveret.coroutines.fake

import dev.leveret.amqp.api.AmqpException
import dev.leveret.amqp.api.AsyncChannel
import dev.leveret.amqp.api.ChannelClosedException
import dev.leveret.amqp.api.ConsumeOptions
import dev.leveret.amqp.api.ConsumerCancelledException
import dev.leveret.amqp.api.DeliverySink
import dev.leveret.amqp.api.Subscription
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.random.Random

/**
 * A broker with one queue of numbered messages and a client with one channel, in one object that moves on one step at
 * a time: which of the possible steps comes next is random. Whoever calls [step] is the event loop.
 *
 * Three queues make the delays of the real thing: from the users' threads to the event loop, and each way of the
 * network.
 */
class SimulatedBroker(messageCount: Int, private val random: Random) {
    /** The broker's side. */
    val messages = (1..messageCount).toSet()
    val ready = messages.toSortedSet()
    val acked = sortedSetOf<Int>()
    val unacked: Set<Int> get() = consumers.flatMap { it.unacked.values }.toSortedSet()
    val liveConsumers: Int get() = consumers.count { it.live }
    private val consumers = ArrayList<BrokerConsumer>()
    private var channelClosed = false
    private var lastTag = 0

    /** The client's side. */
    val deliveries = ArrayList<FakeDelivery>()
    var readingStoppedBy = 0
        private set

    /** How often somebody has stopped the reading. */
    var pauses = 0
        private set

    private val touched = LinkedHashSet<DeliverySink>()
    private val pending = ArrayList<CompletableFuture<*>>()
    private var ended: AmqpException? = null

    /** What no client should do. */
    val violations = ConcurrentLinkedQueue<String>()

    private val commands = ConcurrentLinkedQueue<() -> Unit>()
    private val toBroker = ArrayDeque<() -> Unit>()
    private val toClient = ArrayDeque<() -> Unit>()

    val channel: AsyncChannel = Client()

    private class BrokerConsumer(val sink: DeliverySink, val prefetch: Int) {
        val unacked = HashMap<Int, Int>()
        var live = true
    }

    /** Does one thing; `false` if there is nothing to do. */
    fun step(): Boolean {
        val possible =
            listOfNotNull(
                ::executeCommand.takeIf { commands.isNotEmpty() },
                ::brokerReads.takeIf { toBroker.isNotEmpty() },
                ::clientReads.takeIf { toClient.isNotEmpty() && (readingStoppedBy == 0 || channelClosed) },
                ::deliver.takeIf { ready.isNotEmpty() && consumers.any { it.hasRoom() } },
            )
        possible.randomOrNull(random)?.invoke() ?: return false
        return true
    }

    /** As when the queue is deleted or moved: what is unsettled stays so. */
    fun cancelConsumers() {
        consumers.filter { it.live }.forEach { consumer ->
            consumer.live = false
            val cause = ConsumerCancelledException("cancelled by the test")
            toClient += { endConsumer(consumer, cause) }
        }
    }

    fun closeChannel() {
        channelClosed = true
        consumers.forEach {
            it.live = false
            ready += it.unacked.values
            it.unacked.clear()
        }
        toBroker.clear()
        toClient += { endChannel(ChannelClosedException("closed by the test", 406, true, "basic.ack", null)) }
    }

    private fun executeCommand() = commands.remove().invoke()

    private fun brokerReads() = toBroker.removeFirst().invoke()

    /** Several frames that came together, and the end of the batch after them. */
    private fun clientReads() {
        repeat(random.nextInt(1, READ + 1)) { toClient.removeFirstOrNull()?.invoke() }
        touched.forEach { it.onBatchEnd() }
        touched.clear()
    }

    private fun BrokerConsumer.hasRoom() = live && (prefetch == 0 || unacked.size < prefetch)

    private fun deliver() {
        val consumer = consumers.filter { it.hasRoom() }.random(random)
        val message = ready.first().also { ready -= it }
        val tag = ++lastTag
        consumer.unacked[tag] = message
        toClient += {
            if (ended == null) {
                val delivery =
                    FakeDelivery(message, onSettle = { fate -> command { send { settle(consumer, tag, fate) } } })
                deliveries += delivery
                touched += consumer.sink
                consumer.sink.onDelivery(delivery)
            }
        }
    }

    private fun settle(consumer: BrokerConsumer, tag: Int, fate: String) {
        val message = consumer.unacked.remove(tag) ?: return violate("$fate of an unknown tag $tag")
        when (fate) {
            "ack" -> acked += message
            "requeue" -> ready += message
            else -> violate("message $message was dropped")
        }
        if (fate == "requeue" && consumer.live) violate("message $message went back before its consumer was cancelled")
    }

    private fun violate(what: String) {
        violations += what
    }

    private fun command(execute: () -> Unit) {
        commands += execute
    }

    private fun send(frame: () -> Unit) {
        if (ended == null && !channelClosed) toBroker += frame
    }

    private fun <T> CompletableFuture<T>.request(frame: () -> Unit): CompletableFuture<T> {
        command {
            when (val cause = ended) {
                null -> pending += this
                else -> completeExceptionally(cause)
            }
            if (!isDone) send(frame) // or else it has been cancelled, and is withdrawn
        }
        return this
    }

    private fun endConsumer(consumer: BrokerConsumer, cause: AmqpException?) {
        if (touched.remove(consumer.sink)) consumer.sink.onBatchEnd()
        val subscription = subscriptions.getValue(consumer)
        if (cause == null) subscription.end.complete(null) else subscription.end.completeExceptionally(cause)
        subscription.resumeReading()
    }

    private fun endChannel(cause: AmqpException) {
        ended = cause
        deliveries.forEach { it.stale = true }
        pending.forEach { it.completeExceptionally(cause) }
        subscriptions.keys.forEach { endConsumer(it, cause) }
    }

    private val subscriptions = HashMap<BrokerConsumer, Consumption>()

    private inner class Consumption(private val consumer: BrokerConsumer) : Subscription {
        val end = CompletableFuture<Void>()
        private val cancelled = CompletableFuture<Void>()
        private val paused = AtomicBoolean()

        override fun consumerTag() = "simulated"

        override fun queue() = "simulated"

        override fun cancel(): CompletableFuture<Void> = cancelled.request {
            consumer.live = false
            toClient += {
                // In this order, and both before the end of the batch: so late does a client hear of the deliveries.
                cancelled.complete(null)
                endConsumer(consumer, null)
            }
        }

        override fun pauseReading() {
            pauses++
            if (paused.compareAndSet(false, true)) {
                readingStoppedBy++ // it is the event loop that calls, within a read
                if (end.isDone) resumeReading()
            }
        }

        override fun resumeReading() {
            if (paused.compareAndSet(true, false)) command { readingStoppedBy-- }
        }

        override fun ended(): CompletableFuture<Void> = end
    }

    private inner class Client : AsyncChannel by FakeChannel() {
        override fun consumeOnEventLoop(options: ConsumeOptions, sink: DeliverySink): CompletableFuture<Subscription> {
            val started = CompletableFuture<Subscription>()
            return started.request {
                val consumer = BrokerConsumer(sink, options.prefetch())
                consumers += consumer
                toClient += {
                    val consumption = Consumption(consumer)
                    subscriptions[consumer] = consumption
                    if (!started.complete(consumption)) consumption.cancel()
                }
            }
        }
    }

    companion object {
        /** How many frames are read at once, at most. */
        const val READ = 7
    }
}
