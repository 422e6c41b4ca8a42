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
 * [Topology.problemsOn] tells what a version of RabbitMQ has against it.
 *
 * @throws IllegalArgumentException if it contradicts itself, or if no version of RabbitMQ takes it: nothing is sent to
 *   find that out
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

    /**
     * A message goes to the queues that are bound with exactly its routing key.
     *
     * ```kotlin
     * val levels = directExchange("levels")
     * queue("errors") { bind(levels, routingKey = "error") }
     * ```
     */
    public fun directExchange(name: String, configure: ExchangeBuilder.() -> Unit = {}): ExchangeSpec =
        exchange(name, type = "direct", configure)

    /**
     * A message goes to every bound queue.
     *
     * ```kotlin
     * val events = fanoutExchange("events")
     * queue("audit") { bind(events) }
     * ```
     */
    public fun fanoutExchange(name: String, configure: ExchangeBuilder.() -> Unit = {}): ExchangeSpec =
        exchange(name, type = "fanout", configure)

    /**
     * A message goes to the queues whose binding key matches its routing key: words, `*` for one, `#` for any number.
     *
     * ```kotlin
     * val orders = topicExchange("orders")
     * queue("billing") { bind(orders, routingKey = "order.*.paid") }
     * ```
     */
    public fun topicExchange(name: String, configure: ExchangeBuilder.() -> Unit = {}): ExchangeSpec =
        exchange(name, type = "topic", configure)

    /**
     * A message goes to the queues whose binding arguments match its headers.
     *
     * ```kotlin
     * val documents = headersExchange("documents")
     * queue("pdf") { bind(documents) { header("format", "pdf") } }
     * ```
     */
    public fun headersExchange(name: String, configure: ExchangeBuilder.() -> Unit = {}): ExchangeSpec =
        exchange(name, type = "headers", configure)

    /**
     * A message goes to one of the bound queues on the node of the publishing connection, at random
     * (`x-local-random`, RabbitMQ 4.0). Bind with an empty key.
     *
     * ```kotlin
     * val near = localRandomExchange("near")
     * queue("near.1") { bind(near) }
     * ```
     */
    public fun localRandomExchange(name: String, configure: ExchangeBuilder.() -> Unit = {}): ExchangeSpec =
        exchange(name, type = "x-local-random", configure)

    /**
     * A message goes to one of the bound queues, at random (`x-random`, a plug-in).
     *
     * ```kotlin
     * val some = randomExchange("some")
     * queue("some.1") { bind(some) }
     * ```
     */
    public fun randomExchange(name: String, configure: ExchangeBuilder.() -> Unit = {}): ExchangeSpec =
        exchange(name, type = "x-random", configure)

    /**
     * A message goes to one of the bound queues, by the hash of its routing key (`x-consistent-hash`, a plug-in that
     * RabbitMQ has with it). Bind with [QueueBuilder.bindByWeight].
     *
     * ```kotlin
     * val shards = consistentHashExchange("shards", hashHeader = "account")
     * queue("shard.1") { bindByWeight(shards) }
     * ```
     *
     * @param hashHeader a header to hash in place of the routing key
     * @param hashProperty a property to hash in place of it: `message_id`, `correlation_id` or `timestamp`
     */
    public fun consistentHashExchange(
        name: String,
        hashHeader: String? = null,
        hashProperty: String? = null,
        configure: ExchangeBuilder.() -> Unit = {},
    ): ExchangeSpec {
        require(hashHeader == null || hashProperty == null) {
            "exchange '$name' has both a hashHeader and a hashProperty"
        }
        val plain = ExchangeSpec.consistentHash(named(name))
        val hashing = hashHeader?.let(plain::withHashHeader) ?: hashProperty?.let(plain::withHashProperty)
        return add(hashing ?: plain, configure)
    }

    /**
     * A message goes to one of the bound queues, by the hash of its routing key modulo their number (`x-modulus-hash`;
     * a plug-in before RabbitMQ 4.3).
     *
     * ```kotlin
     * val shards = modulusHashExchange("shards")
     * queue("shard.1") { bind(shards) }
     * ```
     */
    public fun modulusHashExchange(name: String, configure: ExchangeBuilder.() -> Unit = {}): ExchangeSpec =
        exchange(name, type = "x-modulus-hash", configure)

    /**
     * A fanout that gives a queue its last messages when it is bound (`x-recent-history`, a plug-in that RabbitMQ has
     * with it).
     *
     * ```kotlin
     * val chat = recentHistoryExchange("chat", length = 50)
     * queue("chat.hare") { bind(chat) }
     * ```
     *
     * @param length how many messages it keeps, at least 1
     */
    public fun recentHistoryExchange(
        name: String,
        length: Int,
        configure: ExchangeBuilder.() -> Unit = {},
    ): ExchangeSpec = add(ExchangeSpec.recentHistory(named(name), length), configure)

    /**
     * Holds a message back for the milliseconds in its header `x-delay` and then routes as another type does
     * (`x-delayed-message`, a plug-in).
     *
     * ```kotlin
     * val later = delayedMessageExchange("later", routesAs = "direct")
     * queue("reminders") { bind(later, routingKey = "reminder") }
     * ```
     *
     * @param routesAs the type by which it routes, such as `direct`
     */
    public fun delayedMessageExchange(
        name: String,
        routesAs: String,
        configure: ExchangeBuilder.() -> Unit = {},
    ): ExchangeSpec = add(ExchangeSpec.delayedMessage(named(name), routesAs), configure)

    /**
     * An exchange of any type, such as one that a plug-in brings.
     *
     * ```kotlin
     * val custom = exchange("plugin.exchange", type = "x-of-a-plugin") { durable = false }
     * ```
     */
    public fun exchange(name: String, type: String, configure: ExchangeBuilder.() -> Unit = {}): ExchangeSpec {
        require(type.isNotEmpty()) { "exchange '$name' has no type" }
        return add(ExchangeSpec.of(named(name), type), configure)
    }

    private fun named(exchange: String): String {
        require(exchange.isNotEmpty()) { "an exchange has no name: the default exchange is the broker's" }
        return exchange
    }

    private fun add(plain: ExchangeSpec, configure: ExchangeBuilder.() -> Unit): ExchangeSpec {
        val builder = ExchangeBuilder(plain).apply(configure)
        return exchanges.addOnce("exchange", plain.name(), builder.build()).also { bindings += builder.bindings }
    }

    /**
     * A queue of the virtual host's default type, unless [configure] says which.
     *
     * ```kotlin
     * queue("orders") { maxLength = 100_000 }
     * ```
     *
     * @throws IllegalArgumentException if no version of RabbitMQ takes it, such as an exclusive quorum queue
     */
    public fun queue(name: String, configure: QueueBuilder.() -> Unit = {}): QueueSpec {
        require(name.isNotEmpty()) {
            "a queue has no name: declare one that the broker names with declareQueue, which tells the name"
        }
        val builder = QueueBuilder(name).apply(configure)
        val queue = builder.build()
        val problems = queue.problems()
        require(problems.isEmpty()) { "queue '$name' ${problems.joinToString("; ")}" }
        queues.addOnce("queue", name, queue)
        builder.companions().forEach { queues.addOnce("queue", it.name(), it) }
        bindings += builder.bindings
        return queue
    }

    internal fun build(): Topology = Topology(exchanges.values.toList(), queues.values.toList(), bindings.toList())

    private fun <T : Any> MutableMap<String, T>.addOnce(what: String, name: String, spec: T): T {
        val before = putIfAbsent(name, spec)
        require(before == null || before == spec) { "$what '$name' is declared twice, differently: $before and $spec" }
        return spec
    }
}
