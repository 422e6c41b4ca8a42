package dev.leveret.coroutines

import dev.leveret.amqp.api.BindingSpec
import dev.leveret.amqp.api.ExchangeSpec

/** An exchange in a [topology]. */
@AmqpDsl
public class ExchangeBuilder internal constructor(private val plain: ExchangeSpec) {
    /** Whether it survives a restart of the broker. */
    public var durable: Boolean = true

    /** Whether the broker deletes it when its last binding is gone. */
    public var autoDelete: Boolean = false

    /** Whether only other exchanges may publish to it. */
    public var internal: Boolean = false

    /** The exchange that gets the messages which no queue takes (`alternate-exchange`). */
    public var alternateExchange: String? = null

    private val name = plain.name()
    private val arguments = Arguments("exchange '$name'").apply { addAll(plain.arguments()) }
    internal val bindings = ArrayList<BindingSpec>()

    /**
     * Binds this exchange to another one, [source]: what that gets and the key matches comes to this one too.
     *
     * ```kotlin
     * topicExchange("orders.audit") { bind("orders", routingKey = "#") }
     * ```
     */
    public fun bind(source: String, routingKey: String = "", configure: BindingBuilder.() -> Unit = {}) {
        bindings += BindingBuilder().apply(configure).build(BindingSpec.toExchange(source, name, routingKey))
    }

    /**
     * Binds this exchange to another one, [source]: what that gets and the key matches comes to this one too.
     *
     * ```kotlin
     * val orders = topicExchange("orders")
     * fanoutExchange("orders.paid") { bind(orders, routingKey = "order.*.paid") }
     * ```
     */
    public fun bind(source: ExchangeSpec, routingKey: String = "", configure: BindingBuilder.() -> Unit = {}): Unit =
        bind(source.name(), routingKey, configure)

    /**
     * Adds another argument.
     *
     * ```kotlin
     * exchange("orders.once", type = "x-message-deduplication") { argument("x-cache-size", 1_000) }
     * ```
     */
    public fun argument(name: String, value: Any) {
        arguments[name] = value
    }

    internal fun build(): ExchangeSpec {
        arguments.setText("alternate-exchange", alternateExchange)
        return ExchangeSpec(name, plain.type(), durable, autoDelete, internal, arguments.table)
    }
}
