package dev.leveret.coroutines

import dev.leveret.amqp.api.BindingSpec
import dev.leveret.amqp.api.HeadersMatch

/** What a binding has beyond its key: the receiver of the lambda of `bind` in a [topology]. */
@AmqpDsl
public class BindingBuilder internal constructor() {
    /** For a headers exchange: which of the headers a message must have (`x-match`). `null`: all. */
    public var match: HeadersMatch? = null

    private val arguments = Arguments("a binding")

    /**
     * For a headers exchange: a header that messages must have, with this value.
     *
     * ```kotlin
     * bind("documents") { header("format", "pdf") }
     * ```
     */
    public fun header(name: String, value: Any) {
        arguments[name] = value
    }

    /**
     * For a headers exchange: a header that messages must have, with any value.
     *
     * ```kotlin
     * bind("documents") { headerPresent("signature") }
     * ```
     */
    public fun headerPresent(name: String) {
        arguments[name] = null
    }

    /**
     * Adds another argument.
     *
     * ```kotlin
     * bind("plugin.exchange") { argument("x-weight", 3) }
     * ```
     */
    public fun argument(name: String, value: Any) {
        arguments[name] = value
    }

    internal fun build(plain: BindingSpec): BindingSpec {
        require(plain.source().isNotEmpty()) {
            "'${plain.destination()}' is bound to the default exchange, which takes none"
        }
        arguments.setText("x-match", match?.argument())
        return BindingSpec(
            plain.source(),
            plain.destinationType(),
            plain.destination(),
            plain.routingKey(),
            arguments.table,
        )
    }
}
