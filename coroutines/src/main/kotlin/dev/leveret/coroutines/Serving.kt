package dev.leveret.coroutines

import dev.leveret.amqp.api.BasicProperties
import dev.leveret.amqp.api.ConsumeOptions
import dev.leveret.amqp.api.Delivery
import dev.leveret.amqp.api.OutboundMessage

/**
 * What a server answers: see [AmqpChannel.serve].
 *
 * @property properties the `correlation-id` is set to the request's when it is sent
 */
public class RpcReply(public val body: ByteArray, public val properties: BasicProperties = BasicProperties.EMPTY) {
    /** Tells its size, not what it says. */
    override fun toString(): String = "RpcReply(${body.size} bytes)"
}

/**
 * A reply with properties.
 *
 * ```kotlin
 * val reply = rpcReply("42".encodeToByteArray()) { contentType = "application/json" }
 * ```
 */
public fun rpcReply(body: ByteArray, properties: PropertiesBuilder.() -> Unit = {}): RpcReply =
    RpcReply(body, properties(properties))

/**
 * Answers the requests of a queue: what [handler] returns is published to the request's `reply-to` with its
 * `correlation-id`, and when the broker has confirmed that, the request is acknowledged. Otherwise it is [process], and
 * what is said there holds here too.
 *
 * A requester that is gone does not matter: the reply is not mandatory, so that the broker drops what nobody takes. (With
 * direct reply-to, RabbitMQ before 4.3 returns mandatory replies that it has delivered, so nothing could be learned from
 * that.) A request without a `reply-to` is handled and what is returned for it dropped. When handling fails, the
 * requester is told nothing: answer with an error of your own where it should be.
 *
 * A request may be handled and answered twice, when the connection is lost before it is acknowledged; callers drop the
 * second reply.
 *
 * Cancellation: as [process].
 *
 * ```kotlin
 * connection.channel {
 *     serve("prices", concurrency = 4) { request -> rpcReply(priceOf(request.body())) }
 * }
 * ```
 *
 * @param prefetch see [process], likewise all others
 */
public suspend fun AmqpChannel.serve(
    queue: String,
    prefetch: Int = ConsumeOptions.DEFAULT_PREFETCH,
    concurrency: Int = 1,
    onFailure: FailurePolicy = FailurePolicy.STOP,
    intake: Intake = Intake(),
    configure: ConsumeBuilder.() -> Unit = {},
    handler: suspend (Delivery) -> RpcReply,
): Unit = process(queue, prefetch, concurrency, null, onFailure, intake, configure) { request ->
    val reply = handler(request)
    request.properties().replyTo()?.let { publish(reply.message(it, request)) }
}

private fun RpcReply.message(replyTo: String, request: Delivery): OutboundMessage {
    val properties = properties.toBuilder().correlationId(request.properties().correlationId()).build()
    return OutboundMessage("", replyTo, false, properties, body)
}
