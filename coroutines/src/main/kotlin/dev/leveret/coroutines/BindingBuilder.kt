package dev.leveret.coroutines

import dev.leveret.amqp.api.BindingSpec

/** What a binding has beyond its key: the receiver of the lambda of `bind` in a [topology]. */
@AmqpDsl
public class BindingBuilder internal constructor() {
    private val arguments = Arguments("a binding")

    /**
     * Adds an argument. For a headers exchange it is a header that messages must have, and `x-match` says whether `all`
     * (the default) or `any` of them.
     */
    public fun argument(name: String, value: Any) {
        arguments[name] = value
    }

    internal fun build(plain: BindingSpec): BindingSpec {
        require(plain.source().isNotEmpty()) {
            "'${plain.destination()}' is bound to the default exchange, which takes none"
        }
        return BindingSpec(
            plain.source(),
            plain.destinationType(),
            plain.destination(),
            plain.routingKey(),
            arguments.table,
        )
    }
}
