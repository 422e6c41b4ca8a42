package dev.leveret.coroutines

import dev.leveret.amqp.api.ConsumerCancelledException
import dev.leveret.amqp.api.Delivery
import dev.leveret.amqp.api.Subscription
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.time.Duration

/**
 * A consumer whose deliveries wait until they are received, for loops that want the next message, or to know that none
 * has come. [AmqpChannel.pull] makes one. Thread-safe: several coroutines may receive, each delivery goes to one of
 * them.
 */
public class AmqpConsumer internal constructor(private val subscription: Subscription, private val inbox: Inbox) {
    /** Held by whoever waits for the next delivery and takes it. */
    private val turns = Mutex()

    /** The consumer's tag: unique on its channel. */
    public val consumerTag: String get() = subscription.consumerTag()

    /** The queue that it consumes from. */
    public val queue: String get() = subscription.queue()

    /**
     * Waits for the next delivery.
     *
     * Cancellation: a delivery that comes all the same stays for the next one who receives.
     *
     * ```kotlin
     * channel.pull("orders") {
     *     val first = receive()
     *     println(first.body().decodeToString())
     *     first.ack()
     * }
     * ```
     *
     * @throws ConsumerCancelledException if the consumer has ended without its channel and nothing is left: the queue
     *   was deleted, the connection is being [shut down][AmqpConnection.shutdown], or [AmqpChannel.pull] has returned
     * @throws dev.leveret.amqp.api.ChannelClosedException if the channel has ended; likewise
     *   [dev.leveret.amqp.api.ConnectionClosedException] and [dev.leveret.amqp.api.ConnectionLostException]
     */
    public suspend fun receive(): Delivery = turns.withLock { if (inbox.hasNext()) inbox.next() else throwEnd() }

    /**
     * Waits for the next delivery, or returns `null` if none comes in time. The consumer goes on: what comes later waits
     * for the next call.
     *
     * Cancellation: as [receive] without a timeout; it throws the same.
     *
     * ```kotlin
     * channel.pull("orders") {
     *     val order = receive(timeout = 5.seconds)
     *     if (order == null) println("nothing to do") else order.ack()
     * }
     * ```
     *
     * @param timeout zero takes only what is there
     */
    public suspend fun receive(timeout: Duration): Delivery? {
        currentCoroutineContext().ensureActive()
        var mine = false
        try {
            withTimeoutOrNull(timeout) {
                turns.lock()
                mine = true
                inbox.hasNext()
            }
            // Taken only here: what is returned through the timeout it may lose.
            mine = mine || turns.tryLock()
            if (!mine) return null
            val last = inbox.isEnded
            return when {
                inbox.hasNextNow() -> inbox.next()
                last -> throwEnd()
                else -> null
            }
        } finally {
            if (mine) turns.unlock()
        }
    }

    private suspend fun throwEnd(): Nothing {
        throwIfFailed(subscription.ended().awaitEnd())
        throwHere(ConsumerCancelledException("the consumer of queue '$queue' was cancelled by this side"))
    }

    override fun toString(): String = "AmqpConsumer($consumerTag of '$queue')"
}
