package dev.leveret.coroutines

import dev.leveret.amqp.api.AmqpException
import dev.leveret.amqp.api.AsyncChannel
import dev.leveret.amqp.api.ConsumeOptions
import dev.leveret.amqp.api.ConsumerCancelledException
import dev.leveret.amqp.api.Delivery
import dev.leveret.amqp.api.SettlementException
import dev.leveret.amqp.api.Subscription
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.cancel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.isActive
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Semaphore
import org.slf4j.LoggerFactory
import java.util.concurrent.ConcurrentHashMap

/**
 * Handles the messages of a queue, up to [concurrency] at once, and acknowledges each when its handler has returned. Does
 * so until it is cancelled, the [intake] is closed, a handler fails and [onFailure] wants to stop, or the consumer
 * ends; in any case it returns or throws when no handler runs any more. Handlers are children of this call and run in its
 * context.
 *
 * Handlers begin in the order of the queue. Those of the same [key] are run one after the other, also when a message comes
 * again because the connection was lost; other keys do not wait for them, as long as the [prefetch] leaves room for
 * others: of what waits for its key, at most the prefetch is held. The order is that of this call: of several consumers
 * of a queue each has its own.
 *
 * A handler may settle its delivery itself. If the connection is lost while it runs, it runs on, and its message comes
 * again, to be handled once more; what it throws then is only logged if it is an [AmqpException].
 *
 * Cancellation: the handlers are cancelled, and when they have ended and the broker has cancelled the consumer, all
 * deliveries that are not settled are given back, those in hand included. One whose handler returns nevertheless is
 * acknowledged. The same happens before a failure is thrown.
 *
 * It returns when the [intake] is closed, or [AmqpConnection.shutdown] cancels the consumer, and everything in hand is
 * finished. It fails as the flow of [AmqpChannel.consume] does: when the broker ends the consumer, after everything that
 * was delivered is finished; when the channel or the connection ends, at once, as everything in hand is void.
 *
 * ```kotlin
 * connection.channel {
 *     process("payments", concurrency = 8, key = { it.properties().header("account") }) { payment ->
 *         book(payment)
 *     }
 * }
 * ```
 *
 * @param prefetch at least [concurrency], some times that with a [key]; or 0 for no limit
 * @param concurrency 1 or more
 * @param key what is the same for messages whose order matters, `null` for one whose order does not; called once for
 *   each delivery. What it throws counts as the handler's failure
 * @param onFailure what becomes of a delivery whose handler throws, which is logged unless it is thrown on
 * @param intake pauses, and brings the processing to an end
 * @param configure everything else about the consumer; automatic acknowledgement is refused
 * @throws IllegalStateException if a handler was ended by a cancellation from within, such as its own `withTimeout`, and
 *   that shall stop the processing: thrown on as it is, it would end the caller's coroutine without a word
 */
public suspend fun AmqpChannel.process(
    queue: String,
    prefetch: Int = ConsumeOptions.DEFAULT_PREFETCH,
    concurrency: Int = 1,
    key: ((Delivery) -> Any?)? = null,
    onFailure: FailurePolicy = FailurePolicy.STOP,
    intake: Intake = Intake(),
    configure: ConsumeBuilder.() -> Unit = {},
    handler: suspend (Delivery) -> Unit,
) {
    val options = ConsumeBuilder(queue, prefetch).apply(configure).build()
    require(!options.autoAck()) { "autoAck leaves nothing to acknowledge when a handler has returned: collect consume" }
    require(concurrency >= 1) { "concurrency $concurrency lets no handler run" }
    require(prefetch == 0 || prefetch >= concurrency) {
        "with a prefetch of $prefetch there are never $concurrency deliveries to handle at once"
    }
    Processing(async, options, concurrency, key, onFailure, intake, handler).run()
}

/** One call of [AmqpChannel.process]. */
private class Processing(
    private val channel: AsyncChannel,
    private val options: ConsumeOptions,
    concurrency: Int,
    private val key: ((Delivery) -> Any?)?,
    private val onFailure: FailurePolicy,
    private val intake: Intake,
    private val handler: suspend (Delivery) -> Unit,
) {
    private val places = Semaphore(concurrency)
    private val lanes = Lanes()

    /** What was taken from the consumer and is not settled, and whether its handler has failed. */
    private val inHand = ConcurrentHashMap<Delivery, Boolean>()

    /** When the scope is over no handler runs, and within it the consumer has ended: what is left may go back. */
    suspend fun run() {
        if (intake.isClosed) return
        var ended: Throwable? = null
        try {
            coroutineScope {
                val handlers = this
                channel.consuming(options) { subscription, inbox ->
                    intake.whileOpen {
                        cancelWhenLost(subscription)
                        beginAll(inbox, handlers)
                    }
                    ended = subscription.endOrNull()
                    if (ended !is ConsumerCancelledException) throwIfFailed(ended)
                }
                if (intake.isClosed) lanes.takeWaiting().forEach { giveBack(it) }
            }
            throwIfFailed(ended)
        } finally {
            inHand.keys.sortedBy { it.deliveryTag() }.forEach { giveBack(it) }
        }
    }

    /**
     * Ends this scope when channel or connection have ended, though all places may be taken: what is in hand is void. A
     * consumer that was cancelled leaves its deliveries to be finished.
     */
    private fun CoroutineScope.cancelWhenLost(subscription: Subscription) {
        launch {
            val cause = subscription.ended().awaitEnd()
            if (cause != null && cause !is ConsumerCancelledException) this@cancelWhenLost.cancel()
        }
    }

    private suspend fun Subscription.endOrNull(): Throwable? = ended().run { if (isDone) awaitEnd() else null }

    /** Begins what comes until nothing comes any more. */
    private suspend fun beginAll(inbox: Inbox, handlers: CoroutineScope) {
        while (true) {
            places.acquire()
            if (!beginNext(inbox, handlers)) return
        }
    }

    private suspend fun beginNext(inbox: Inbox, handlers: CoroutineScope): Boolean {
        while (inbox.hasNext()) {
            if (!intake.awaitOpen()) return false
            // While it was paused, the connection may have been lost with what waited.
            if (!inbox.hasNextNow()) continue
            val delivery = inbox.next()
            // From here on it is given back at the end if nobody else settles it: its coroutine may never run.
            inHand[delivery] = false
            val lane = laneOf(delivery)
            if (lanes.enter(lane.key, delivery)) {
                handlers.launch { work(lane, delivery) }
                return true
            }
        }
        return false
    }

    private class Lane(val key: Any?, val failure: Exception?)

    private fun laneOf(delivery: Delivery): Lane = if (key == null) {
        NO_ORDER
    } else {
        try {
            Lane(key.invoke(delivery), null)
        } catch (failure: Exception) {
            Lane(null, failure)
        }
    }

    /** Handles a delivery, and those of its key that have come meanwhile. */
    private suspend fun work(lane: Lane, first: Delivery) {
        try {
            var next: Delivery? = first
            while (next != null) {
                // What cannot be settled any more is handed to somebody again.
                if (next.isSettleable) handle(lane, next)
                inHand.remove(next)
                next = if (lane.key != null && intake.awaitOpen()) lanes.next(lane.key) else null
            }
        } finally {
            places.release()
        }
    }

    private suspend fun handle(lane: Lane, delivery: Delivery) {
        try {
            lane.failure?.let { throw it }
            handler(delivery)
        } catch (failure: Throwable) {
            if (failure is Exception && currentCoroutineContext().isActive) {
                applyPolicy(delivery, failure)
            } else {
                if (failure !is CancellationException) inHand[delivery] = true
                throw failure
            }
            return
        }
        // Without a suspension since the handler: what is done is acknowledged, cancelled or not.
        delivery.settleUnlessDone { ack() }
    }

    private suspend fun applyPolicy(delivery: Delivery, failure: Exception) {
        if (failure is AmqpException && delivery.isStale()) {
            LOG.info("{} was handled when its channel had been lost: {}", delivery, failure.toString())
            return
        }
        val action =
            try {
                onFailure.actionAfter(delivery, failure)
            } catch (second: Exception) {
                if (second !== failure) second.addSuppressed(failure)
                stop(delivery, second)
            }
        if (action == FailureAction.STOP) stop(delivery, failure)
        LOG.error("the handler of '{}' failed on {}: {}", options.queue(), delivery, action, failure)
        try {
            delivery.settleUnlessDone {
                when (action) {
                    FailureAction.ACK -> ack()

                    FailureAction.REJECT -> reject(false)

                    // A quorum queue of RabbitMQ 4.3 counts what is rejected and not what is nacked.
                    else -> reject(true)
                }
            }
        } catch (ofStream: SettlementException) {
            failure.addSuppressed(ofStream)
            stop(delivery, failure)
        }
    }

    /** A cancellation that nobody asked for would end a coroutine without a word. */
    private suspend fun stop(delivery: Delivery, failure: Exception): Nothing {
        inHand[delivery] = true
        throw if (failure is CancellationException && currentCoroutineContext().isActive) {
            IllegalStateException("the handler of '${options.queue()}' was cancelled from within on $delivery", failure)
        } else {
            failure
        }
    }

    private fun giveBack(delivery: Delivery) {
        when (inHand.remove(delivery)) {
            null -> return
            true -> delivery.giveBackAsFailed()
            false -> delivery.giveBack()
        }
    }

    private companion object {
        val LOG = LoggerFactory.getLogger(Processing::class.java)
        val NO_ORDER = Lane(null, null)
    }
}

/** Nothing if the handler has settled it, or if it comes again; a stream's refusal is thrown. */
private inline fun Delivery.settleUnlessDone(settle: Delivery.() -> Unit) {
    if (!isSettleable) return
    try {
        settle()
    } catch (refusal: SettlementException) {
        if (refusal.reason() == SettlementException.Reason.STREAM) throw refusal
    }
}

/** Whether its channel has been lost, so that it comes again. */
private fun Delivery.isStale(): Boolean {
    if (isSettleable) return false
    return try {
        ack() // never sent: it tells why not
        false
    } catch (refusal: SettlementException) {
        refusal.reason() == SettlementException.Reason.STALE
    }
}

private fun Delivery.giveBackAsFailed() {
    try {
        reject(true)
    } catch (_: SettlementException) {
        // The broker has it back already, or it is a stream's, which keeps it.
    }
}
