package dev.leveret.coroutines

import kotlin.time.Duration

/** What only classic queues have. */
@AmqpDsl
public class ClassicQueueBuilder internal constructor() {
    /** The highest priority that the queue tells apart, 1 to 255; few are cheap (`x-max-priority`). */
    public var maxPriority: Int? = null

    internal fun addTo(arguments: Arguments) {
        arguments.setCount("x-max-priority", maxPriority, from = 1)
    }
}

/** What only quorum queues have. */
@AmqpDsl
public class QuorumQueueBuilder internal constructor() {
    /**
     * How many failed attempts at a message end in dead-lettering or dropping it (`x-delivery-limit`). There is no
     * number for "no limit": RabbitMQ 4 takes -1 for it, but RabbitMQ 3 then drops a message at its first return.
     */
    public var deliveryLimit: Int? = null

    /** On how many nodes it begins (`x-quorum-initial-group-size`). */
    public var initialGroupSize: Int? = null

    internal fun addTo(arguments: Arguments) {
        arguments.setCount("x-delivery-limit", deliveryLimit)
        arguments.setCount("x-quorum-initial-group-size", initialGroupSize, from = 1)
    }
}

/** What only streams have. */
@AmqpDsl
public class StreamBuilder internal constructor() {
    /** How old messages get; whole seconds (`x-max-age`). Only whole segments are removed. */
    public var maxAge: Duration? = null

    /** How large a segment file grows, in bytes (`x-stream-max-segment-size-bytes`). */
    public var maxSegmentSizeBytes: Long? = null

    internal fun addTo(arguments: Arguments) {
        maxAge?.let {
            require(it.isFinite() && it.inWholeSeconds > 0) {
                "a stream's maxAge is $it, which is less than a second or infinite"
            }
            arguments["x-max-age"] = "${it.inWholeSeconds}s"
        }
        arguments.setCount("x-stream-max-segment-size-bytes", maxSegmentSizeBytes, from = 1)
    }
}
