package dev.leveret.coroutines

import dev.leveret.amqp.api.AmqpException
import dev.leveret.amqp.api.Delivery
import dev.leveret.amqp.api.DeliverySink
import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.api.PublishException
import dev.leveret.amqp.api.PublishResult
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicLong
import kotlin.coroutines.resume
import kotlin.random.Random

/**
 * The calls of one RPC session that wait for their replies, by correlation id. Whoever removes a call from here decides
 * how it ends, so that it ends once.
 *
 * @param droppedReplies counts those that nobody waits for
 */
internal class PendingCalls(private val droppedReplies: AtomicLong) : DeliverySink {
    private class Call(val waiting: CancellableContinuation<Any>) {
        /** Whether the broker has the request; the event loop's. */
        var confirmed = false
    }

    /** Tells this session's requests from those of another one that used the same reply queue before. */
    private val session = Random.nextLong().toULong().toString(radix = 36)
    private val lastId = AtomicLong()
    private val calls = ConcurrentHashMap<String, Call>()

    @Volatile
    private var end: Throwable? = null

    fun newId(): String = "$session-${lastId.incrementAndGet()}"

    /** Makes the request and waits for its reply. One that could not be written until it is cancelled is withdrawn. */
    suspend fun await(
        id: String,
        request: OutboundMessage,
        publish: (OutboundMessage) -> CompletableFuture<Void>,
    ): Delivery {
        val outcome =
            suspendCancellableCoroutine { waiting ->
                val call = Call(waiting)
                calls[id] = call
                // Looked at only now that the end would find the call.
                val ended = end
                if (ended == null && waiting.isActive) {
                    val publishing = publish(request)
                    publishing.whenComplete { _, failure -> published(id, call, failure) }
                    waiting.invokeOnCancellation {
                        calls.remove(id, call)
                        publishing.cancel(false)
                    }
                } else {
                    fail(id, ended)
                }
            }
        return when (outcome) {
            is Delivery -> outcome

            is PublishException -> throwHere(outcome)

            else -> {
                throwIfFailed(outcome as Throwable)
                error("a call without an outcome")
            }
        }
    }

    override fun onDelivery(delivery: Delivery) {
        val call = delivery.properties().correlationId()?.let { calls.remove(it) }
        if (call == null) droppedReplies.incrementAndGet() else call.waiting.resume(delivery)
    }

    /** The connection is lost: replies to what has been sent go nowhere. What is still to be sent has its time yet. */
    fun lost(cause: AmqpException) {
        calls.forEach { (id, call) -> if (call.confirmed) fail(id, cause) }
    }

    /** No reply comes any more; the first cause counts. */
    fun end(cause: Throwable) {
        if (end == null) end = cause
        calls.keys.forEach { fail(it, end) }
    }

    private fun published(id: String, call: Call, failure: Throwable?) {
        when (val result = (failure as? PublishException)?.result()) {
            // The same whether the broker has confirmed the request before or not.
            is PublishResult.Unknown -> fail(id, result.cause())

            else -> if (failure == null) call.confirmed = true else fail(id, failure)
        }
    }

    private fun fail(id: String, cause: Throwable?) {
        val call = calls.remove(id)
        if (cause != null) call?.waiting?.resume(cause)
    }
}
