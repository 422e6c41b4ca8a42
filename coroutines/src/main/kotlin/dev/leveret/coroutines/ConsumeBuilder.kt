package dev.leveret.coroutines

import dev.leveret.amqp.api.ConsumeOptions

/** What is rarely said about a consumer: the receiver of the lambda of [AmqpChannel.consume]. */
@AmqpDsl
public class ConsumeBuilder internal constructor(private val queue: String, private val prefetch: Int) {
    /**
     * The consumer's name on its channel; empty: one is made up. A flow with a name of its own can be collected by
     * one at a time.
     */
    public var consumerTag: String = ""

    /** Whether to be the queue's only consumer, or fail (403, which closes the channel). */
    public var exclusive: Boolean = false

    /** Consumers of lower priority get messages only when those of a higher one are busy (`x-priority`). */
    public var priority: Int? = null

    private val arguments = LinkedHashMap<String, Any>()

    /** Adds another argument of `basic.consume`, such as `x-stream-offset`. */
    public fun argument(name: String, value: Any) {
        arguments[name] = value
    }

    internal fun build(): ConsumeOptions {
        // Without a limit nothing would bound what waits here for the collector.
        require(prefetch in 1..65535) { "prefetch $prefetch is not in 1..65535" }
        require(queue.isNotEmpty()) { "the queue to consume from has no name" }
        priority?.let { arguments["x-priority"] = it }
        val options =
            ConsumeOptions
                .of(queue)
                .withConsumerTag(consumerTag)
                .withPrefetch(prefetch)
                .withExclusive(exclusive)
        return arguments.entries.fold(options) { all, (name, value) -> all.withArgument(name, value) }
    }
}
