package dev.leveret.coroutines

import dev.leveret.amqp.api.BindingSpec
import dev.leveret.amqp.api.ExchangeSpec
import dev.leveret.amqp.api.Overflow
import dev.leveret.amqp.api.QueueSpec
import dev.leveret.amqp.api.QueueType
import dev.leveret.amqp.topology.RetryLadder
import kotlin.time.Duration
import kotlin.time.toJavaDuration

/**
 * A queue in a [topology]. What is left `null` is the broker's default, which a policy can set.
 *
 * Combinations that no version of RabbitMQ takes are refused at once, with [IllegalArgumentException]; what only some
 * versions take is told by [dev.leveret.amqp.api.Topology.problemsOn].
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
    public var overflow: Overflow? = null

    /** Whether one consumer gets everything and the others wait to take its place (`x-single-active-consumer`). */
    public var singleActiveConsumer: Boolean = false

    private val arguments = Arguments("queue '$name'")
    internal val bindings = ArrayList<BindingSpec>()
    private var ladder: RetryLadder? = null

    /**
     * A queue on one node (`x-queue-type` `classic`).
     *
     * ```kotlin
     * queue("tasks") { classic { maxPriority = 5 } }
     * ```
     */
    public fun classic(configure: ClassicQueueBuilder.() -> Unit = {}) {
        arguments[QUEUE_TYPE] = "classic"
        ClassicQueueBuilder().apply(configure).addTo(arguments)
    }

    /**
     * A replicated queue (`x-queue-type` `quorum`).
     *
     * ```kotlin
     * queue("orders") { quorum { deliveryLimit = 5 } }
     * ```
     */
    public fun quorum(configure: QuorumQueueBuilder.() -> Unit = {}) {
        arguments[QUEUE_TYPE] = "quorum"
        QuorumQueueBuilder().apply(configure).addTo(arguments)
    }

    /**
     * A log that consumers read without removing (`x-queue-type` `stream`).
     *
     * ```kotlin
     * queue("log") { stream { maxAge = 7.days } }
     * ```
     */
    public fun stream(configure: StreamBuilder.() -> Unit = {}) {
        arguments[QUEUE_TYPE] = "stream"
        StreamBuilder().apply(configure).addTo(arguments)
    }

    /**
     * Sends messages that expire, are rejected or overflow to another exchange (`x-dead-letter-exchange`).
     *
     * ```kotlin
     * queue("orders") { deadLetterTo(exchange = "", routingKey = "orders.dead") }
     * ```
     *
     * @param exchange the empty name is the default exchange
     * @param routingKey `null`: each message's own
     */
    public fun deadLetterTo(exchange: String, routingKey: String? = null) {
        arguments["x-dead-letter-exchange"] = exchange
        arguments.setText("x-dead-letter-routing-key", routingKey)
    }

    /**
     * Binds this queue to an exchange: what that gets and the key matches comes to this queue.
     *
     * ```kotlin
     * queue("alarms") { bind("amq.topic", routingKey = "alarm.#") }
     * ```
     */
    public fun bind(exchange: String, routingKey: String = "", configure: BindingBuilder.() -> Unit = {}) {
        bindings += BindingBuilder().apply(configure).build(BindingSpec.toQueue(exchange, name, routingKey))
    }

    /**
     * Binds this queue to an exchange: what that gets and the key matches comes to this queue.
     *
     * ```kotlin
     * val orders = topicExchange("orders")
     * queue("billing") { bind(orders, routingKey = "order.*.paid") }
     * ```
     */
    public fun bind(exchange: ExchangeSpec, routingKey: String = "", configure: BindingBuilder.() -> Unit = {}): Unit =
        bind(exchange.name(), routingKey, configure)

    /**
     * Binds this queue to an exchange of type `x-consistent-hash`: a queue of weight 2 gets about twice as many messages
     * as one of weight 1.
     *
     * ```kotlin
     * val shards = consistentHashExchange("shards")
     * queue("shard.1") { bindByWeight(shards) }
     * queue("shard.2") { bindByWeight(shards, weight = 2) }
     * ```
     */
    public fun bindByWeight(exchange: ExchangeSpec, weight: Int = 1) {
        bindings += BindingSpec.toQueueByWeight(exchange.name(), name, weight)
    }

    /**
     * Lets what a consumer could not handle be tried again, after each of these delays in turn, and then keeps it in a
     * parking lot. It adds a queue for each delay and one for what is parked, classic ones unless this queue was said to
     * be of type quorum, and makes the parking lot the place for this queue's dead letters.
     *
     * A consumer publishes [RetryLadder.next] of what it cannot handle, with a confirm, and then acknowledges it; what it
     * rejects is parked at once.
     *
     * ```kotlin
     * queue("orders") {
     *     quorum { deliveryLimit = 5 }
     *     retries(after = listOf(1.seconds, 30.seconds, 10.minutes))
     * }
     * ```
     *
     * @param after the delay before each retry; whole milliseconds
     * @param parkingLot the name of the queue for what has no retries left
     */
    public fun retries(after: List<Duration>, parkingLot: String = "$name.parked"): RetryLadder {
        require(ladder == null) { "queue '$name' has retries twice" }
        return RetryLadder(name, after.map { it.toJavaDuration() }, parkingLot).also {
            ladder = it
            deadLetterTo(exchange = "", routingKey = parkingLot)
        }
    }

    /** The queues that come with this one. */
    internal fun companions(): List<QueueSpec> =
        ladder?.queues(QueueType.entries.firstOrNull { it.argument() == arguments[QUEUE_TYPE] } ?: QueueType.CLASSIC)
            .orEmpty()

    /**
     * Adds another argument.
     *
     * ```kotlin
     * queue("orders") { argument("x-message-deduplication", true) }
     * ```
     */
    public fun argument(name: String, value: Any) {
        arguments[name] = value
    }

    internal fun build(): QueueSpec {
        arguments.setMillis("x-message-ttl", messageTtl, from = 0)
        arguments.setMillis("x-expires", expires, from = 1)
        arguments.setCount("x-max-length", maxLength, 0L..Long.MAX_VALUE)
        arguments.setCount("x-max-length-bytes", maxLengthBytes, 0L..Long.MAX_VALUE)
        arguments.setText("x-overflow", overflow?.argument())
        if (singleActiveConsumer) arguments["x-single-active-consumer"] = true
        return QueueSpec(name, durable, exclusive, autoDelete, arguments.table)
    }

    private companion object {
        const val QUEUE_TYPE = "x-queue-type"
    }
}
