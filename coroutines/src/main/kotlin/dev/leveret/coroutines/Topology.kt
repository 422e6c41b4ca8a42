package dev.leveret.coroutines

import dev.leveret.amqp.api.BindingSpec
import dev.leveret.amqp.api.ExchangeSpec
import dev.leveret.amqp.api.QueueSpec
import dev.leveret.amqp.api.Topology

/**
 * Describes exchanges, queues and the bindings between them, to be declared together with [AmqpConnection.declare].
 *
 * ```kotlin
 * val billing = topology {
 *     val orders = topicExchange("orders")
 *     fanoutExchange("orders.dead")
 *     queue("billing") {
 *         quorum { deliveryLimit = 5 }
 *         deadLetterTo(exchange = "orders.dead")
 *         bind(orders, routingKey = "order.*.paid")
 *     }
 * }
 * ```
 *
 * @throws IllegalArgumentException if it contradicts itself: nothing is sent to find that out
 */
public fun topology(configure: TopologyBuilder.() -> Unit): Topology = TopologyBuilder().apply(configure).build()

/**
 * Collects exchanges and queues with their bindings. All are durable unless said otherwise.
 *
 * Saying the same twice is saying it once; the same name with two definitions is an error. Bindings may name
 * exchanges that are not part of this topology: the broker has some of its own, such as `amq.topic`, and others may
 * be declared elsewhere.
 */
@AmqpDsl
public class TopologyBuilder internal constructor() {
    private val exchanges = LinkedHashMap<String, ExchangeSpec>()
    private val queues = LinkedHashMap<String, QueueSpec>()
    private val bindings = LinkedHashSet<BindingSpec>()

    /** A message goes to the queues that are bound with exactly its routing key. */
    public fun directExchange(name: String, configure: ExchangeBuilder.() -> Unit = {}): ExchangeSpec =
        exchange(name, type = "direct", configure)

    /** A message goes to every bound queue. */
    public fun fanoutExchange(name: String, configure: ExchangeBuilder.() -> Unit = {}): ExchangeSpec =
        exchange(name, type = "fanout", configure)

    /**
     * A message goes to the queues whose binding key matches its routing key: words, `*` for one, `#` for any number.
     */
    public fun topicExchange(name: String, configure: ExchangeBuilder.() -> Unit = {}): ExchangeSpec =
        exchange(name, type = "topic", configure)

    /** A message goes to the queues whose binding arguments match its headers. */
    public fun headersExchange(name: String, configure: ExchangeBuilder.() -> Unit = {}): ExchangeSpec =
        exchange(name, type = "headers", configure)

    /** An exchange of a type that a plug-in brings, such as `x-consistent-hash`. */
    public fun exchange(name: String, type: String, configure: ExchangeBuilder.() -> Unit = {}): ExchangeSpec {
        require(name.isNotEmpty()) { "an exchange has no name: the default exchange is the broker's" }
        require(type.isNotEmpty()) { "exchange '$name' has no type" }
        val builder = ExchangeBuilder(name, type).apply(configure)
        return exchanges.addOnce("exchange", name, builder.build()).also { bindings += builder.bindings }
    }

    /** A queue of the virtual host's default type, unless [configure] says which. */
    public fun queue(name: String, configure: QueueBuilder.() -> Unit = {}): QueueSpec {
        require(name.isNotEmpty()) {
            "a queue has no name: declare one that the broker names with declareQueue, which tells the name"
        }
        val builder = QueueBuilder(name).apply(configure)
        return queues.addOnce("queue", name, builder.build()).also { bindings += builder.bindings }
    }

    internal fun build(): Topology = Topology(exchanges.values.toList(), queues.values.toList(), bindings.toList())

    private fun <T : Any> MutableMap<String, T>.addOnce(what: String, name: String, spec: T): T {
        val before = putIfAbsent(name, spec)
        require(before == null || before == spec) { "$what '$name' is declared twice, differently: $before and $spec" }
        return spec
    }
}
