package dev.leveret.coroutines

import dev.leveret.amqp.api.BasicProperties
import dev.leveret.amqp.api.ConsumeOptions
import dev.leveret.amqp.api.Delivery
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/**
 * Turns values into bodies of messages and back. Thread-safe. `leveret-coroutines-json` has one for JSON; your own is
 * two functions and a name:
 *
 * ```kotlin
 * object Cents : MessageCodec<Long> {
 *     override val contentType get() = "text/plain"
 *
 *     override fun encode(value: Long) = "$value".encodeToByteArray()
 *
 *     override fun decode(body: ByteArray, properties: BasicProperties) = body.decodeToString().toLong()
 * }
 * ```
 */
public interface MessageCodec<T> {
    /** The `content-type` of what [encode] makes, such as `application/json`. */
    public val contentType: String

    /**
     * Makes the body. Another call's must not be changed by it: bodies are not copied.
     *
     * ```kotlin
     * override fun encode(value: Long) = "$value".encodeToByteArray()
     * ```
     */
    public fun encode(value: T): ByteArray

    /**
     * Reads a body; throws whatever says best what is wrong with it.
     *
     * ```kotlin
     * override fun decode(body: ByteArray, properties: BasicProperties) = body.decodeToString().toLong()
     * ```
     */
    public fun decode(body: ByteArray, properties: BasicProperties): T

    /**
     * Whether a body of this `content-type` is worth decoding: by default one of the same media type, whatever parameters
     * it has, or one without a type.
     *
     * ```kotlin
     * override fun accepts(contentType: String?) = contentType == null || contentType.startsWith("text/")
     * ```
     */
    public fun accepts(contentType: String?): Boolean =
        contentType == null || mediaType(contentType).equals(mediaType(this.contentType), ignoreCase = true)
}

/**
 * A message is not what was expected: its `content-type` is another one, or its body cannot be read, for which the [cause]
 * is what the codec threw. It will not be another one when it comes again.
 */
public class UndecodableMessageException internal constructor(message: String, cause: Throwable? = null) :
    RuntimeException(message, cause)

/**
 * The body as a value.
 *
 * ```kotlin
 * channel.consume("prices").collect { delivery ->
 *     println(delivery.decode(Cents))
 *     delivery.ack()
 * }
 * ```
 *
 * @throws UndecodableMessageException if the codec does not accept the message's `content-type`, or cannot decode it
 */
public fun <T> Delivery.decode(codec: MessageCodec<T>): T {
    val properties = properties()
    if (!codec.accepts(properties.contentType())) {
        throw UndecodableMessageException(
            "$this has the content-type '${properties.contentType()}', expected is '${codec.contentType}'",
        )
    }
    return try {
        codec.decode(body(), properties)
    } catch (failure: Exception) {
        throw UndecodableMessageException("$this cannot be decoded as '${codec.contentType}': $failure", failure)
    }
}

/**
 * Publishes a value and returns when the broker has confirmed it: see [AmqpChannel.publish].
 *
 * Cancellation: the broker may or may not have the message; nothing is sent again.
 *
 * ```kotlin
 * channel.publish(exchange = "orders", routingKey = "order.42.paid", value = 995, codec = Cents)
 * ```
 *
 * @param properties may say another content type than the codec's
 */
public suspend fun <T> AmqpChannel.publish(
    exchange: String,
    routingKey: String,
    value: T,
    codec: MessageCodec<T>,
    mandatory: Boolean = false,
    properties: PropertiesBuilder.() -> Unit = {},
): Unit = publish(exchange, routingKey, codec.encode(value), mandatory) {
    contentType = codec.contentType
    properties()
}

/**
 * Handles the messages of a queue as values: see [AmqpChannel.process]. A message that cannot be decoded counts as a failure
 * of its handler, with [UndecodableMessageException]: [onFailure] should reject it, as it would fail again.
 *
 * Cancellation: as there.
 *
 * ```kotlin
 * val poisonAside = FailurePolicy { _, failure ->
 *     if (failure is UndecodableMessageException) FailureAction.REJECT else FailureAction.REQUEUE
 * }
 * channel.process("prices", Cents, concurrency = 4, onFailure = poisonAside) { cents, delivery ->
 *     println("${delivery.routingKey()}: $cents")
 * }
 * ```
 */
public suspend fun <T> AmqpChannel.process(
    queue: String,
    codec: MessageCodec<T>,
    prefetch: Int = ConsumeOptions.DEFAULT_PREFETCH,
    concurrency: Int = 1,
    key: ((Delivery) -> Any?)? = null,
    onFailure: FailurePolicy = FailurePolicy.STOP,
    intake: Intake = Intake(),
    configure: ConsumeBuilder.() -> Unit = {},
    handler: suspend (value: T, delivery: Delivery) -> Unit,
): Unit = process(queue, prefetch, concurrency, key, onFailure, intake, configure) { handler(it.decode(codec), it) }

/**
 * Answers the requests of a queue, values with values: see [AmqpChannel.serve] and the failures of [process].
 *
 * Cancellation: as there.
 *
 * ```kotlin
 * channel.serve("doubling", requests = Cents, replies = Cents) { cents -> 2 * cents }
 * ```
 */
public suspend fun <Q, R> AmqpChannel.serve(
    queue: String,
    requests: MessageCodec<Q>,
    replies: MessageCodec<R>,
    prefetch: Int = ConsumeOptions.DEFAULT_PREFETCH,
    concurrency: Int = 1,
    onFailure: FailurePolicy = FailurePolicy.STOP,
    intake: Intake = Intake(),
    configure: ConsumeBuilder.() -> Unit = {},
    handler: suspend (request: Q) -> R,
): Unit = serve(queue, prefetch, concurrency, onFailure, intake, configure) { request ->
    val reply = handler(request.decode(requests))
    rpcReply(replies.encode(reply)) { contentType = replies.contentType }
}

/**
 * Sends a value and returns the reply's: see [AmqpRpcClient.call].
 *
 * Cancellation: as there.
 *
 * ```kotlin
 * val twice = client.call(exchange = "", routingKey = "doubling", value = 21, requests = Cents, replies = Cents)
 * ```
 *
 * @throws UndecodableMessageException if the reply is not what [replies] can decode
 */
public suspend fun <Q, R> AmqpRpcClient.call(
    exchange: String,
    routingKey: String,
    value: Q,
    requests: MessageCodec<Q>,
    replies: MessageCodec<R>,
    timeout: Duration = 30.seconds,
    properties: PropertiesBuilder.() -> Unit = {},
): R = call(exchange, routingKey, requests.encode(value), timeout) {
    contentType = requests.contentType
    properties()
}.decode(replies)

private fun mediaType(contentType: String): String = contentType.substringBefore(';').trim()
