package dev.leveret.coroutines

import dev.leveret.amqp.api.AsyncChannel
import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.api.PublishCallback
import dev.leveret.amqp.api.PublishException
import dev.leveret.amqp.api.PublishResult
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.isActive
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Semaphore
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicLong
import java.util.concurrent.atomic.AtomicReference

/**
 * Publishes the messages of a flow in their order, up to [window] of them unconfirmed at a time, and returns how many that
 * were when all are confirmed. The flow is collected no faster than messages are confirmed.
 *
 * It stops at the first failure: nothing more is collected or published, the fate of what was published before is waited
 * for, and then [PublishAllException] tells what became of each message that was taken from the flow.
 *
 * Cancellation: the flow is cancelled, and the broker may or may not have the up to [window] messages that were not
 * confirmed. Those of them that are not written yet are withdrawn.
 *
 * ```kotlin
 * val lines = Path("lines.txt").useLines { lines ->
 *     channel.publishAll(lines.map { OutboundMessage.toQueue("lines", it.encodeToByteArray()) }.asFlow())
 * }
 * println("$lines lines are the broker's")
 * ```
 *
 * @param window 1 or more; some hundreds keep a broker busy
 * @throws PublishAllException if a message was not confirmed, or the flow failed
 */
public suspend fun AmqpChannel.publishAll(messages: Flow<OutboundMessage>, window: Int = 256): Long {
    require(window >= 1) { "a window of $window messages lets none through" }
    return PublishPipeline(async, window).publish(messages)
}

/**
 * [AmqpChannel.publishAll] has stopped. Its [cause] is the first failure: the [PublishException] of a message, or what the
 * flow threw.
 *
 * @property confirmed how many messages are confirmed
 * @property unconfirmed all others that were taken from the flow, in its order: at most as many as the window, and one
 */
public class PublishAllException internal constructor(
    public val confirmed: Long,
    public val unconfirmed: List<UnconfirmedMessage>,
    cause: Throwable,
) : RuntimeException(
    "publishing has stopped after ${confirmed + unconfirmed.size} messages, of which $confirmed are confirmed, " +
        "${unconfirmed.count { it.isUnknown }} may or may not be the broker's, " +
        "${unconfirmed.count { it.isFailed }} have failed and ${unconfirmed.count { it.result == null }} " +
        "were not sent: ${cause.message}",
    cause,
) {
    /** How many messages were taken from the flow. */
    public val taken: Long get() = confirmed + unconfirmed.size
}

/**
 * A message that [AmqpChannel.publishAll] has taken from its flow and that is not confirmed.
 *
 * @property index its place in the flow, from 0
 * @property result what became of it; `null` if it was not sent
 */
public class UnconfirmedMessage internal constructor(
    public val index: Long,
    public val message: OutboundMessage,
    public val result: PublishResult?,
) {
    /** Whether the broker may have it all the same, so that publishing it again may duplicate it. */
    public val isUnknown: Boolean get() = result is PublishResult.Unknown

    /** Whether the broker was asked to take it and has certainly not. */
    public val isFailed: Boolean get() = result != null && !isUnknown

    override fun toString(): String = "#$index $message: ${result ?: "not sent"}"
}

/** One call of [AmqpChannel.publishAll]. */
private class PublishPipeline(private val channel: AsyncChannel, private val window: Int) {
    /** One is taken by each message that is published and undecided. */
    private val places = Semaphore(window)
    private val confirmed = AtomicLong()
    private val unconfirmed = ConcurrentLinkedQueue<UnconfirmedMessage>()
    private val firstFailure = AtomicReference<Throwable>()

    /** The collector's. */
    private var taken = 0L
    private lateinit var collecting: Job

    /** Whether nobody waits any more, so that what is not written need not be. */
    @Volatile
    private var over = false

    suspend fun publish(messages: Flow<OutboundMessage>): Long {
        try {
            collect(messages)
            // When all places are free, all is decided.
            repeat(window) { places.acquire() }
        } finally {
            over = true
        }
        val cause = firstFailure.get() ?: return confirmed.get()
        throwHere(PublishAllException(confirmed.get(), unconfirmed.sortedBy { it.index }, cause))
    }

    /** Returns when the flow is over, or at the first failure, which does not wait for the flow's next message. */
    private suspend fun collect(messages: Flow<OutboundMessage>): Unit = coroutineScope {
        launch(start = CoroutineStart.UNDISPATCHED) {
            collecting = coroutineContext.job
            try {
                messages.collect { publish(it) }
            } catch (failure: Exception) {
                // Or else it is the cancellation, by stop or from outside.
                if (isActive) stop(failure) else throw failure
            }
        }
    }

    private suspend fun publish(message: OutboundMessage) {
        val index = taken++
        try {
            places.acquire()
            try {
                awaitReply { channel.room() }
            } catch (failure: Throwable) {
                places.release()
                throw failure
            }
        } catch (failure: Throwable) {
            unconfirmed += UnconfirmedMessage(index, message, null)
            throw failure
        }
        channel.publish(
            message,
            object : PublishCallback {
                override fun isWanted() = !over

                override fun onResult(result: PublishResult) = decided(index, message, result)
            },
        )
    }

    private fun decided(index: Long, message: OutboundMessage, result: PublishResult) {
        if (result is PublishResult.Confirmed) {
            confirmed.incrementAndGet()
        } else {
            unconfirmed += UnconfirmedMessage(index, message, result)
            stop(PublishException.of(message, result))
        }
        places.release()
    }

    private fun stop(failure: Throwable) {
        if (firstFailure.compareAndSet(null, failure)) collecting.cancel()
    }
}
