package dev.leveret.coroutines

import dev.leveret.amqp.api.ConsumeOptions
import dev.leveret.amqp.api.StreamOffset
import kotlin.time.Duration
import kotlin.time.toJavaDuration

/** What is rarely said about a consumer: the receiver of the lambda of [AmqpChannel.consume] and [AmqpChannel.pull]. */
@AmqpDsl
public class ConsumeBuilder internal constructor(private val queue: String, private val prefetch: Int) {
    /**
     * The consumer's name on its channel; empty: one is made up. A flow with a name of its own can be collected by
     * one at a time.
     */
    public var consumerTag: String = ""

    /**
     * Whether the broker considers each message settled when it has sent it. The prefetch does not bound these, the
     * [buffer] does; and what was delivered and not emitted when the collection ends is lost.
     */
    public var autoAck: Boolean = false

    /** Whether to be the queue's only consumer, or fail (403, which closes the channel). */
    public var exclusive: Boolean = false

    /** Consumers of lower priority get messages only when those of a higher one are busy (`x-priority`). */
    public var priority: Int? = null

    /** Where in a stream to begin (`x-stream-offset`); `null`: with the next message that is published. */
    public var streamOffset: StreamOffset? = null

    /** Whether messages of a stream without a filter value come too (`x-stream-match-unfiltered`, RabbitMQ 3.13). */
    public var streamMatchUnfiltered: Boolean? = null

    /**
     * How long a delivery may stay unsettled before the broker cancels this consumer and gives it to another
     * (`x-consumer-timeout`); whole milliseconds. Quorum queues of RabbitMQ 4.3.
     */
    public var consumerTimeout: Duration? = null

    private val arguments = LinkedHashMap<String, Any>()
    private val filters = ArrayList<String>()
    private var buffer: (ConsumeOptions) -> ConsumeOptions = ::boundedByPrefetch
    private var ackBatch: (ConsumeOptions) -> ConsumeOptions = { it }

    /**
     * Delivers only chunks of a stream that may have messages of these filter values (`x-stream-filter`, RabbitMQ
     * 3.13). A chunk may have others too, so look again.
     *
     * ```kotlin
     * consume("log", prefetch = 100) { streamFilter("invoices") }.collect { it.ack() }
     * ```
     */
    public fun streamFilter(vararg values: String) {
        filters += values
    }

    /**
     * Bounds what waits for the collector. Where more arrives, the connection is not read until half of it is taken,
     * so that the broker waits, and with it all that uses the connection: also the confirms and answers that the
     * collector itself may wait for, which would then never come. Such a collector needs its channel on another
     * connection, as [ConnectionOptionsBuilder.separatePublishing] makes one.
     *
     * Not called, the prefetch is the bound; where there is none ([autoAck], or a prefetch of 0),
     * [ConsumeOptions.DEFAULT_BUFFER_MESSAGES] and [ConsumeOptions.DEFAULT_BUFFER_BYTES] are. Both are overrun by what one
     * read of the socket brings.
     *
     * ```kotlin
     * consume("metrics", prefetch = 0) { buffer(messages = 10_000) }.collect { it.ack() }
     * ```
     *
     * @param messages 1 or more
     * @param bytes of bodies, 1 or more
     */
    public fun buffer(
        messages: Int = ConsumeOptions.DEFAULT_BUFFER_MESSAGES,
        bytes: Long = ConsumeOptions.DEFAULT_BUFFER_BYTES,
    ) {
        buffer = { it.withBuffer(messages, bytes) }
    }

    /**
     * Gathers acknowledgements: up to [size] of them, none longer than [delay], and never more than half of the
     * prefetch. What is gathered when the connection is lost is delivered again. See [ConsumeOptions.withAckBatch].
     *
     * ```kotlin
     * consume("orders") { ackBatch(size = 50, delay = 10.milliseconds) }.collect { it.ack() }
     * ```
     *
     * @param size 1 (no waiting) to 65535
     * @param delay more than zero, at most a minute
     */
    public fun ackBatch(size: Int, delay: Duration) {
        ackBatch = { it.withAckBatch(size, delay.toJavaDuration()) }
    }

    /**
     * Adds another argument of `basic.consume`.
     *
     * ```kotlin
     * consume("orders") { argument("x-priority", 10) }.collect { it.ack() }
     * ```
     */
    public fun argument(name: String, value: Any) {
        arguments[name] = value
    }

    internal fun build(): ConsumeOptions {
        require(queue.isNotEmpty()) { "the queue to consume from has no name" }
        var options =
            ConsumeOptions
                .of(queue)
                .withConsumerTag(consumerTag)
                .withPrefetch(prefetch)
                .withAutoAck(autoAck)
                .withExclusive(exclusive)
        arguments.forEach { (name, value) -> options = options.withArgument(name, value) }
        priority?.let { options = options.withPriority(it) }
        streamOffset?.let { options = options.withStreamOffset(it) }
        streamMatchUnfiltered?.let { options = options.withStreamMatchUnfiltered(it) }
        consumerTimeout?.let { options = options.withConsumerTimeout(it.toJavaDuration()) }
        if (filters.isNotEmpty()) options = options.withStreamFilter(*filters.toTypedArray())
        return ackBatch(buffer(options))
    }

    /** A bound that stops the reading, and may stop the collector with it, is not imposed on who has another. */
    private fun boundedByPrefetch(options: ConsumeOptions): ConsumeOptions =
        if (autoAck || prefetch == 0) options else options.withBuffer(Int.MAX_VALUE, Long.MAX_VALUE)
}
