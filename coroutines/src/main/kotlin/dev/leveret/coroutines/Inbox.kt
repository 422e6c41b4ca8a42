package dev.leveret.coroutines

import dev.leveret.amqp.api.Delivery
import dev.leveret.amqp.api.DeliverySink
import dev.leveret.amqp.api.SettlementException
import dev.leveret.amqp.api.Subscription
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.Channel.Factory.CONFLATED

/**
 * The deliveries of one consumer on their way from the event loop to the collector.
 *
 * The wake-up carries nothing: a delivery leaves the inbox when the collector takes it and not before, so whatever a
 * cancelled wake-up loses is no delivery. There is one wake-up for all that arrived together.
 *
 * When more waits here than it may, the connection is not read until half of that is taken. What was taken is counted
 * with the next lock, and one by one only while the reading is stopped.
 */
internal class Inbox(private val maxMessages: Int, private val maxBytes: Long) : DeliverySink {
    private val lock = Any()

    /** What the event loop has put; guarded by [lock], as is what follows. */
    private var arrived = ArrayDeque<Delivery>()

    /** How much waits, here and in [taken]. */
    private var messages = 0
    private var bytes = 0L

    private var subscription: Subscription? = null

    /** Whether the consumer is being cancelled, so that reading must go on for the broker's answer to be seen. */
    private var stopping = false

    /** Whether what still arrives goes back at once. */
    private var closed = false

    /** Whether reading is stopped; written with [lock] held, which also keeps pausing and resuming in one order. */
    @Volatile
    private var paused = false

    /** What the collector has taken over; its own, and so are the deliveries' turns. */
    private var taken = ArrayDeque<Delivery>()

    /** What has left [taken] and is not counted yet; the collector's. */
    private var leftMessages = 0
    private var leftBytes = 0L

    private val wakeUp = Channel<Unit>(CONFLATED)

    @Volatile
    private var ended = false

    /** Whether no more deliveries come. Ask first, and then for the rest: nothing arrives between the two questions. */
    val isEnded: Boolean get() = ended

    override fun onDelivery(delivery: Delivery) {
        val unwanted =
            synchronized(lock) {
                val refused = closed || (stopping && isFull())
                if (!refused) {
                    arrived.addLast(delivery)
                    messages++
                    bytes += delivery.body().size
                    pauseIfFull()
                }
                refused
            }
        if (unwanted) delivery.giveBack()
    }

    override fun onBatchEnd() {
        wakeUp.trySend(Unit)
    }

    /** The broker has accepted the consumer; it may have delivered already. */
    fun attach(accepted: Subscription) {
        synchronized(lock) {
            subscription = accepted
            pauseIfFull()
        }
    }

    /** The consumer's cancellation has been asked for: what exceeds the bounds from now on goes back at once. */
    fun stopping() {
        synchronized(lock) {
            stopping = true
            resume()
        }
    }

    /** No more deliveries come. */
    fun end() {
        ended = true
        wakeUp.close()
    }

    /** Waits for a delivery; returns `false` if none will come. */
    suspend fun hasNext(): Boolean {
        while (true) {
            val last = isEnded
            if (hasNextNow()) return true
            if (last) return false
            wakeUp.receiveCatching()
        }
    }

    /** Whether a delivery waits. Those that cannot be settled any more are dropped. */
    fun hasNextNow(): Boolean {
        do {
            while (taken.isNotEmpty()) {
                val first = taken.first()
                if (first.isSettleable || first.autoAcknowledged()) return true
                next()
            }
        } while (takeOver())
        return false
    }

    fun next(): Delivery {
        val next = taken.removeFirst()
        leftMessages++
        leftBytes += next.body().size
        if (paused) synchronized(lock) { countLeft() }
        return next
    }

    /** Gives back, in their order, all deliveries that the collector has not got, and those that are still to come. */
    fun close() {
        val rest = ArrayList(taken)
        taken.clear()
        synchronized(lock) {
            closed = true
            rest.addAll(arrived)
            arrived.clear()
            resume()
        }
        rest.forEach { it.giveBack() }
    }

    private fun takeOver(): Boolean = synchronized(lock) {
        countLeft()
        taken = arrived.also { arrived = taken }
        taken.isNotEmpty()
    }

    // ---- with the lock held ---------------------------------------------------------------------------------------

    private fun isFull() = messages > maxMessages || bytes > maxBytes

    private fun pauseIfFull() {
        if (isFull() && !paused && !stopping && !closed) {
            subscription?.let {
                paused = true
                it.pauseReading()
            }
        }
    }

    private fun countLeft() {
        messages -= leftMessages
        bytes -= leftBytes
        leftMessages = 0
        leftBytes = 0
        if (messages <= maxMessages / 2 && bytes <= maxBytes / 2) resume()
    }

    private fun resume() {
        if (paused) {
            paused = false
            subscription?.resumeReading()
        }
    }
}

/**
 * Gives a delivery back that nobody has seen.
 *
 * A stream keeps its messages and takes none back, so they are left as they are.
 * One that the broker considers settled cannot go back: it is lost.
 */
internal fun Delivery.giveBack() {
    if (autoAcknowledged()) return
    try {
        nack(true)
    } catch (_: SettlementException) {
        // The broker has it back already, or it is a stream's.
    }
}
