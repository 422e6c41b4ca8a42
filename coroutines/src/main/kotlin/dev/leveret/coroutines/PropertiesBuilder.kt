package dev.leveret.coroutines

import dev.leveret.amqp.api.BasicProperties
import java.time.Instant
import kotlin.time.Duration
import java.time.Duration as JavaDuration

/**
 * The properties of a message.
 *
 * ```kotlin
 * val json = properties {
 *     contentType = "application/json"
 *     header("x-attempt", 1)
 * }
 * ```
 *
 * @throws IllegalArgumentException if a value is out of the range that AMQP can carry
 */
public fun properties(configure: PropertiesBuilder.() -> Unit): BasicProperties =
    PropertiesBuilder().apply(configure).build()

/** Collects the properties of a message; what is left `null` is not sent. Strings take up to 255 bytes of UTF-8. */
@AmqpDsl
public class PropertiesBuilder internal constructor() {
    /** MIME type of the body, such as `application/json`. */
    public var contentType: String? = null

    /** MIME encoding of the body, such as `gzip`. */
    public var contentEncoding: String? = null

    /** Whether the broker keeps the message on disk when its queue is durable. */
    public var persistent: Boolean = false

    /** 0 to 255; what it does is the queue's. */
    public var priority: Int? = null

    /** Which request this replies to. */
    public var correlationId: String? = null

    /** The queue that a reply should go to. */
    public var replyTo: String? = null

    /** How long the message may wait in a queue; cut to whole milliseconds. */
    public var expiration: Duration? = null

    /** The application's name for this message. */
    public var messageId: String? = null

    /** When the message was made; cut to whole seconds. */
    public var timestamp: Instant? = null

    /** The application's name for the kind of message. */
    public var type: String? = null

    /** The publishing user; the broker refuses a name that is not the connection's. */
    public var userId: String? = null

    /** The publishing application. */
    public var appId: String? = null

    private val headers = LinkedHashMap<String, Any?>()

    /**
     * Adds a header, or replaces it.
     *
     * ```kotlin
     * val retried = properties { header("x-attempt", 2) }
     * ```
     *
     * @param value a `Boolean, Byte, Short, Int, Long, Float, Double, BigDecimal, String, ByteArray, Instant` (sent
     *   as whole seconds), `null`, or a `List` or `Map` of these
     */
    public fun header(name: String, value: Any?) {
        headers[name] = value
    }

    /**
     * Adds all of these headers: see [header].
     *
     * ```kotlin
     * val copied = properties { headers(received.headers()) }
     * ```
     */
    public fun headers(values: Map<String, Any?>) {
        headers.putAll(values)
    }

    internal fun build(): BasicProperties {
        val properties =
            BasicProperties
                .builder()
                .contentType(contentType)
                .contentEncoding(contentEncoding)
                .headers(headers)
                .priority(priority)
                .correlationId(correlationId)
                .replyTo(replyTo)
                .messageId(messageId)
                .timestamp(timestamp)
                .type(type)
                .userId(userId)
                .appId(appId)
        if (persistent) properties.persistent(true)
        // Through a number that does not overflow: Java has no infinite duration.
        expiration?.let { properties.expiration(JavaDuration.ofMillis(it.inWholeMilliseconds)) }
        return properties.build()
    }
}
