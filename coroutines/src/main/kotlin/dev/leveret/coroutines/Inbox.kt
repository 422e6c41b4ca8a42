package dev.leveret.coroutines

import dev.leveret.amqp.api.Delivery
import dev.leveret.amqp.api.DeliverySink
import dev.leveret.amqp.api.SettlementException
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.Channel.Factory.CONFLATED

/**
 * The deliveries of one collection on their way from the event loop to the collector.
 *
 * The wake-up carries nothing: a delivery leaves the inbox when the collector takes it and not before, so whatever a
 * cancelled wake-up loses is no delivery. There is one wake-up for all that arrived together.
 *
 * It holds at most the consumer's prefetch (of a stream, RabbitMQ 3 may send some more).
 */
internal class Inbox : DeliverySink {
    private val lock = Any()

    /** What the event loop has put; guarded by [lock]. */
    private var arrived = ArrayDeque<Delivery>()

    /** Whether what still arrives goes back at once; guarded by [lock]. */
    private var closed = false

    /** What the collector has taken over; its own, and so are the deliveries' turns. */
    private var taken = ArrayDeque<Delivery>()

    private val wakeUp = Channel<Unit>(CONFLATED)

    @Volatile
    private var ended = false

    override fun onDelivery(delivery: Delivery) {
        val late =
            synchronized(lock) {
                if (!closed) arrived.addLast(delivery)
                closed
            }
        if (late) delivery.giveBack()
    }

    override fun onBatchEnd() {
        wakeUp.trySend(Unit)
    }

    /** No more deliveries come. */
    fun end() {
        ended = true
        wakeUp.close()
    }

    /** Waits for a delivery; returns `false` if none will come. Those that cannot be settled any more are dropped. */
    suspend fun hasNext(): Boolean {
        while (true) {
            while (taken.isNotEmpty()) {
                if (taken.first().isSettleable) return true
                taken.removeFirst()
            }
            val last = ended // asked first, so that nothing arrives between the two questions
            if (!takeOver()) {
                if (last) return false
                wakeUp.receiveCatching()
            }
        }
    }

    fun next(): Delivery = taken.removeFirst()

    /** Gives back, in their order, all deliveries that the collector has not got, and those that are still to come. */
    fun close() {
        val rest = ArrayList(taken)
        taken.clear()
        synchronized(lock) {
            closed = true
            rest.addAll(arrived)
            arrived.clear()
        }
        rest.forEach { it.giveBack() }
    }

    private fun takeOver(): Boolean = synchronized(lock) {
        taken = arrived.also { arrived = taken }
        taken.isNotEmpty()
    }
}

/**
 * Gives a delivery back that nobody has seen.
 *
 * A stream keeps its messages, and RabbitMQ 3 ends the connection that gives one back, so these are left as they are.
 */
internal fun Delivery.giveBack() {
    try {
        if (properties().header(STREAM_OFFSET) == null) nack(true)
    } catch (_: SettlementException) {
        // The broker has it back already, or considered it settled from the start.
    }
}

private const val STREAM_OFFSET = "x-stream-offset"
