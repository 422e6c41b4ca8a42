package dev.leveret.coroutines

import dev.leveret.amqp.api.AsyncChannel
import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.api.PublishCallback
import dev.leveret.amqp.api.PublishException
import dev.leveret.amqp.api.PublishResult
import dev.leveret.amqp.api.ReturnedMessage
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.channels.Channel.Factory.UNLIMITED
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.channelFlow
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException

/**
 * Publishes a message and returns when the broker has confirmed it.
 *
 * Cancellation: a message that is not written yet, as while the connection is lost, is withdrawn; otherwise the broker may or
 * may not have it. Nothing is sent again.
 *
 * ```kotlin
 * channel.publish(exchange = "orders", routingKey = "order.42.paid", body = json, mandatory = true) {
 *     contentType = "application/json"
 *     persistent = true
 * }
 * ```
 *
 * @param exchange the empty name is the default exchange, which routes to the queue that is called as [routingKey]
 * @param body not copied: it must not change until this returns, and if it is cancelled, never
 * @param mandatory whether it shall fail when no queue takes the message; without it such a message is confirmed and
 *   gone
 * @throws PublishException if the message was returned, refused, not sent, or if its fate cannot be known any more:
 *   see its [result][PublishException.result]
 */
public suspend fun AmqpChannel.publish(
    exchange: String,
    routingKey: String,
    body: ByteArray,
    mandatory: Boolean = false,
    properties: PropertiesBuilder.() -> Unit = {},
): Unit = publish(OutboundMessage(exchange, routingKey, mandatory, properties(properties), body))

/**
 * Publishes a message without asking what becomes of it, and returns when there is room for more: at once, unless the
 * outbound buffer of the connection is full.
 *
 * Cancellation: a message that waits for room is not sent.
 *
 * ```kotlin
 * channel.send(exchange = "metrics", routingKey = "cpu", body = sample)
 * ```
 *
 * @param exchange the empty name is the default exchange, which routes to the queue that is called as [routingKey]
 * @param body not copied: it must not change ever after
 * @param mandatory whether the broker shall return the message when no queue takes it: see [AmqpChannel.returns]
 */
public suspend fun AmqpChannel.send(
    exchange: String,
    routingKey: String,
    body: ByteArray,
    mandatory: Boolean = false,
    properties: PropertiesBuilder.() -> Unit = {},
): Unit = send(OutboundMessage(exchange, routingKey, mandatory, properties(properties), body))

/** Over the callback and not the future: that is two objects less for each message. */
internal suspend fun AsyncChannel.publishConfirmed(message: OutboundMessage): Unit = publishConfirmed(message, Unit)

/**
 * Nothing is to be done after the suspension, so that the caller's own continuation is what is dispatched, and none of
 * ours is needed. For any type [T], because the compiler sees to that only where it need not return `Unit` in place of
 * the result.
 */
private suspend fun <T> AsyncChannel.publishConfirmed(message: OutboundMessage, whenConfirmed: T): T =
    suspendCancellableCoroutine { waiting ->
        if (waiting.isActive) {
            publish(message, Confirmation(message, waiting, whenConfirmed))
        }
    }

/** Resumes who waits for the fate of its message. */
private class Confirmation<T>(
    private val message: OutboundMessage,
    private val waiting: CancellableContinuation<T>,
    private val whenConfirmed: T,
) : PublishCallback {
    /** Whoever was cancelled while the message waited to be written, for a connection perhaps, does not want it. */
    override fun isWanted(): Boolean = waiting.isActive

    override fun onResult(result: PublishResult) {
        if (result is PublishResult.Confirmed) {
            waiting.resume(whenConfirmed)
        } else {
            waiting.resumeWithException(PublishException.of(message, result).withCallersOf(waiting))
        }
    }
}

internal fun AsyncChannel.returnFlow(): Flow<ReturnedMessage> = channelFlow {
    val listener = onReturn { trySend(it) }
    try {
        throwIfFailed(closed().awaitEnd())
    } finally {
        listener.close()
    }
}.buffer(UNLIMITED)
