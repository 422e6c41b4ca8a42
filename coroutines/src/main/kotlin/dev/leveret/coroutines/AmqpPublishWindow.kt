package dev.leveret.coroutines

import dev.leveret.amqp.api.AsyncPublishWindow
import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.api.PublishException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Deferred

/**
 * Publishes with confirms and keeps a bounded number of messages unconfirmed: one coroutine keeps the broker busy, and
 * nothing piles up. [AmqpChannel.publishWindow] makes one. Thread-safe; what one coroutine publishes is sent in its
 * order.
 */
@AmqpDsl
public class AmqpPublishWindow internal constructor(private val async: AsyncPublishWindow) {
    /** How many messages are sent and not confirmed: at most the window's size. */
    public val unconfirmed: Int get() = async.unconfirmed()

    /**
     * Publishes a message as soon as there is room in the window, and waits for that. What becomes of the message the
     * result tells, as [AmqpChannel.publish] would; who does not ask it hears of failures from [flush]. Cancelling the
     * result does nothing to the message.
     *
     * Cancellation: a message that waits for room is not sent.
     *
     * ```kotlin
     * val fate = window.publish(OutboundMessage.toQueue("lines", line))
     * fate.await()
     * ```
     *
     * @throws dev.leveret.amqp.api.ChannelClosedException if the channel is closed; the message is not sent then
     */
    public suspend fun publish(message: OutboundMessage): Deferred<Unit> {
        awaitReply { async.ready() }
        val fate = CompletableDeferred<Unit>()
        async.publish(message).whenComplete { _, failure ->
            if (failure == null) fate.complete(Unit) else fate.completeExceptionally(failure)
        }
        return fate
    }

    /**
     * Waits until the fate of everything published so far is known.
     *
     * Cancellation: stops waiting. The failure that this would have thrown is not told again.
     *
     * ```kotlin
     * lines.forEach { window.publish(OutboundMessage.toQueue("lines", it)) }
     * window.flush()
     * ```
     *
     * @throws PublishException the first failure since the last flush, whoever has seen it already
     */
    public suspend fun flush() {
        awaitReply { async.flush() }
    }
}

/**
 * Publishes a message as soon as there is room in the window: see [AmqpPublishWindow.publish].
 *
 * Cancellation: a message that waits for room is not sent.
 *
 * ```kotlin
 * val fate = window.publish(exchange = "orders", routingKey = "order.42.paid", body = json) { persistent = true }
 * fate.await()
 * ```
 *
 * @param exchange the empty name is the default exchange, which routes to the queue that is called as [routingKey]
 * @param body not copied: it must not change until the result is there
 * @param mandatory whether it shall fail when no queue takes the message; without it such a message is confirmed and
 *   gone
 */
public suspend fun AmqpPublishWindow.publish(
    exchange: String,
    routingKey: String,
    body: ByteArray,
    mandatory: Boolean = false,
    properties: PropertiesBuilder.() -> Unit = {},
): Deferred<Unit> = publish(OutboundMessage(exchange, routingKey, mandatory, properties(properties), body))
