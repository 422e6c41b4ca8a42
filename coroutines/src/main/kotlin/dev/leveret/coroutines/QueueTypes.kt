package dev.leveret.coroutines

import dev.leveret.amqp.api.DeadLetterStrategy
import dev.leveret.amqp.api.DelayedRetryType
import dev.leveret.amqp.api.LeaderLocator
import kotlin.time.Duration

/** What only classic queues have. */
@AmqpDsl
public class ClassicQueueBuilder internal constructor() {
    /** The highest priority that the queue tells apart, 1 to 255; few are cheap (`x-max-priority`). */
    public var maxPriority: Int? = null

    /** The storage format, 1 or 2 (`x-queue-version`); RabbitMQ 4.3 knows 2 only. */
    public var version: Int? = null

    /** Whether messages are kept on disk (`x-queue-mode`); from RabbitMQ 3.12 on it has no effect. */
    public var lazy: Boolean = false

    /** On which node it begins (`x-queue-leader-locator`); RabbitMQ 4.0. */
    public var leaderLocator: LeaderLocator? = null

    internal fun addTo(arguments: Arguments) {
        arguments.setCount("x-max-priority", maxPriority, 1L..255L)
        arguments.setCount("x-queue-version", version, 1L..2L)
        if (lazy) arguments["x-queue-mode"] = "lazy"
        arguments.setText(LEADER_LOCATOR, leaderLocator?.argument())
    }
}

/** What only quorum queues have. */
@AmqpDsl
public class QuorumQueueBuilder internal constructor() {
    /**
     * How many failed attempts at a message end in dead-lettering or dropping it (`x-delivery-limit`). `null`: 20 from
     * RabbitMQ 4.0 on, none before.
     */
    public var deliveryLimit: Int? = null

    /** On how many nodes it begins (`x-quorum-initial-group-size`). */
    public var initialGroupSize: Int? = null

    /** How many replicas it strives for (`x-quorum-target-group-size`); RabbitMQ 3.13. */
    public var targetGroupSize: Int? = null

    /** How sure it is that dead letters arrive (`x-dead-letter-strategy`). */
    public var deadLetterStrategy: DeadLetterStrategy? = null

    /** On which node its leader begins (`x-queue-leader-locator`). */
    public var leaderLocator: LeaderLocator? = null

    /** How long a delivery may stay unsettled (`x-consumer-timeout`); whole milliseconds. RabbitMQ 4.0. */
    public var consumerTimeout: Duration? = null

    /**
     * How long it waits for a consumer on a node that it cannot reach before others get that one's messages
     * (`x-consumer-disconnected-timeout`); whole milliseconds. RabbitMQ 4.3.
     */
    public var consumerDisconnectedTimeout: Duration? = null

    private val more = Arguments("a quorum queue")

    /**
     * Lets it deliver a message any number of times (`x-delivery-limit` -1, RabbitMQ 4.0). RabbitMQ 3 would drop each
     * message at its first return, so declaring it there is refused; it has no limit anyway.
     *
     * ```kotlin
     * queue("orders") { quorum { unlimitedDeliveries() } }
     * ```
     */
    public fun unlimitedDeliveries() {
        more[DELIVERY_LIMIT] = -1L
    }

    /**
     * Holds messages back that come back to it, longer with each failed attempt (`x-delayed-retry-type`, `-min`,
     * `-max`). Others overtake them meanwhile. RabbitMQ 4.3; [QueueBuilder.retries] does the like on any version.
     *
     * ```kotlin
     * queue("orders") {
     *     quorum { delayedRetry(DelayedRetryType.FAILED, min = 1.seconds, max = 1.minutes) }
     * }
     * ```
     */
    public fun delayedRetry(type: DelayedRetryType, min: Duration, max: Duration) {
        require(min <= max) { "a quorum queue's delayed retry has min $min, which is more than max $max" }
        more["x-delayed-retry-type"] = type.argument()
        more.setMillis("x-delayed-retry-min", min, from = 1)
        more.setMillis("x-delayed-retry-max", max, from = 1)
    }

    internal fun addTo(arguments: Arguments) {
        arguments.addAll(more.table)
        arguments.setCount(DELIVERY_LIMIT, deliveryLimit?.toLong(), 0L..Long.MAX_VALUE)
        arguments.setCount("x-quorum-initial-group-size", initialGroupSize?.toLong(), 1L..Long.MAX_VALUE)
        arguments.setCount("x-quorum-target-group-size", targetGroupSize?.toLong(), 1L..Long.MAX_VALUE)
        arguments.setText("x-dead-letter-strategy", deadLetterStrategy?.argument())
        arguments.setText(LEADER_LOCATOR, leaderLocator?.argument())
        arguments.setMillis("x-consumer-timeout", consumerTimeout, from = 1)
        arguments.setMillis("x-consumer-disconnected-timeout", consumerDisconnectedTimeout, from = 1)
    }

    private companion object {
        const val DELIVERY_LIMIT = "x-delivery-limit"
    }
}

/** What only streams have. */
@AmqpDsl
public class StreamBuilder internal constructor() {
    /** How old messages get; whole seconds (`x-max-age`). Only whole segments are removed. */
    public var maxAge: Duration? = null

    /** How large a segment file grows, in bytes, up to 3,000,000,000 (`x-stream-max-segment-size-bytes`). */
    public var maxSegmentSizeBytes: Long? = null

    /** How large the filter of each chunk is, 16 to 255 bytes (`x-stream-filter-size-bytes`); RabbitMQ 3.13. */
    public var filterSizeBytes: Int? = null

    /** On how many nodes it begins (`x-initial-cluster-size`). */
    public var initialClusterSize: Int? = null

    /** On which node its leader begins (`x-queue-leader-locator`). */
    public var leaderLocator: LeaderLocator? = null

    internal fun addTo(arguments: Arguments) {
        maxAge?.let {
            require(it.isFinite() && it.inWholeSeconds > 0) {
                "a stream's maxAge is $it, which is less than a second or infinite"
            }
            arguments["x-max-age"] = "${it.inWholeSeconds}s"
        }
        arguments.setCount("x-stream-max-segment-size-bytes", maxSegmentSizeBytes, 1L..3_000_000_000L)
        arguments.setCount("x-stream-filter-size-bytes", filterSizeBytes, 16L..255L)
        arguments.setCount("x-initial-cluster-size", initialClusterSize?.toLong(), 1L..Long.MAX_VALUE)
        arguments.setText(LEADER_LOCATOR, leaderLocator?.argument())
    }
}

private const val LEADER_LOCATOR = "x-queue-leader-locator"
