package dev.leveret.coroutines

import dev.leveret.amqp.api.BindingSpec
import dev.leveret.amqp.api.ExchangeSpec
import dev.leveret.amqp.api.QueueSpec
import kotlin.time.Duration

/**
 * A queue in a [topology]. What is left `null` is the broker's default, which a policy can set.
 *
 * Combinations that no version of RabbitMQ takes are refused when the queue is declared, with
 * [IllegalArgumentException]; what only some versions take is the broker's to judge.
 */
@AmqpDsl
public class QueueBuilder internal constructor(private val name: String) {
    /** Whether the queue survives a restart of the broker. */
    public var durable: Boolean = true

    /** Whether it belongs to the declaring connection alone and goes with it. */
    public var exclusive: Boolean = false

    /** Whether the broker deletes it when its last consumer is gone. */
    public var autoDelete: Boolean = false

    /** How long a message may wait in the queue (`x-message-ttl`); whole milliseconds. */
    public var messageTtl: Duration? = null

    /** After how long without use the broker deletes the queue (`x-expires`); whole milliseconds, more than zero. */
    public var expires: Duration? = null

    /** How many ready messages it keeps (`x-max-length`). */
    public var maxLength: Long? = null

    /** How many bytes of ready messages it keeps (`x-max-length-bytes`). */
    public var maxLengthBytes: Long? = null

    /** What happens to messages beyond that (`x-overflow`). */
    public var overflow: QueueOverflow? = null

    /** Whether one consumer gets everything and the others wait to take its place (`x-single-active-consumer`). */
    public var singleActiveConsumer: Boolean = false

    private val arguments = Arguments("queue '$name'")
    internal val bindings = ArrayList<BindingSpec>()

    /** A queue on one node (`x-queue-type` `classic`). */
    public fun classic(configure: ClassicQueueBuilder.() -> Unit = {}) {
        arguments[QUEUE_TYPE] = "classic"
        ClassicQueueBuilder().apply(configure).addTo(arguments)
    }

    /** A replicated queue (`x-queue-type` `quorum`). */
    public fun quorum(configure: QuorumQueueBuilder.() -> Unit = {}) {
        arguments[QUEUE_TYPE] = "quorum"
        QuorumQueueBuilder().apply(configure).addTo(arguments)
    }

    /** A log that consumers read without removing (`x-queue-type` `stream`). */
    public fun stream(configure: StreamBuilder.() -> Unit = {}) {
        arguments[QUEUE_TYPE] = "stream"
        StreamBuilder().apply(configure).addTo(arguments)
    }

    /**
     * Sends messages that expire, are rejected or overflow to another exchange (`x-dead-letter-exchange`).
     *
     * @param exchange the empty name is the default exchange
     * @param routingKey `null`: each message's own
     */
    public fun deadLetterTo(exchange: String, routingKey: String? = null) {
        arguments["x-dead-letter-exchange"] = exchange
        routingKey?.let { arguments["x-dead-letter-routing-key"] = it }
    }

    /** Binds this queue to an exchange: what that gets and the key matches comes to this queue. */
    public fun bind(exchange: String, routingKey: String = "", configure: BindingBuilder.() -> Unit = {}) {
        bindings += BindingBuilder().apply(configure).build(BindingSpec.toQueue(exchange, name, routingKey))
    }

    /** Binds this queue to an exchange: what that gets and the key matches comes to this queue. */
    public fun bind(exchange: ExchangeSpec, routingKey: String = "", configure: BindingBuilder.() -> Unit = {}): Unit =
        bind(exchange.name(), routingKey, configure)

    /** Adds another argument. */
    public fun argument(name: String, value: Any) {
        arguments[name] = value
    }

    internal fun build(): QueueSpec {
        arguments.setMillis("x-message-ttl", messageTtl, from = 0)
        arguments.setMillis("x-expires", expires, from = 1)
        arguments.setCount("x-max-length", maxLength)
        arguments.setCount("x-max-length-bytes", maxLengthBytes)
        overflow?.let { arguments["x-overflow"] = it.argument }
        if (singleActiveConsumer) arguments["x-single-active-consumer"] = true
        return QueueSpec(name, durable, exclusive, autoDelete, arguments.table)
    }

    private companion object {
        const val QUEUE_TYPE = "x-queue-type"
    }
}

/** What a queue does with messages beyond its maximum length. */
public enum class QueueOverflow(internal val argument: String) {
    /** The oldest are dropped, or dead-lettered. */
    DROP_HEAD("drop-head"),

    /** New ones are refused: [publishing][AmqpChannel.publish] one fails. */
    REJECT_PUBLISH("reject-publish"),

    /** New ones are refused and dead-lettered; classic queues only. */
    REJECT_PUBLISH_DLX("reject-publish-dlx"),
}
