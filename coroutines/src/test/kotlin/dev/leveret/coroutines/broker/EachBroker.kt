package dev.leveret.coroutines.broker

import dev.leveret.amqp.api.QueueSpec
import dev.leveret.coroutines.AmqpChannel
import dev.leveret.coroutines.AmqpConnection
import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.use
import dev.leveret.testkit.Broker
import dev.leveret.testkit.BrokerOffer
import dev.leveret.testkit.Brokers
import dev.leveret.testkit.Capability
import io.kotest.core.spec.style.StringSpec
import io.kotest.core.test.Enabled
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import java.util.UUID
import kotlin.jvm.optionals.getOrNull
import kotlin.time.Duration.Companion.seconds

private val LONGER_THAN_ANY_OF_THESE = 60.seconds

/**
 * A test for each broker that can be had. For one that is missing or cannot do what is needed it is skipped; its name
 * says why, because not every report shows the reason.
 */
internal fun StringSpec.onEachBroker(name: String, vararg needed: Capability, test: suspend (Broker) -> Unit) {
    Brokers.each().forEach { offer ->
        val reason = offer.whyNot(needed.toSet())
        if (reason == null) {
            "$name (${offer.name()})" {
                withContext(Dispatchers.Default) {
                    withTimeout(LONGER_THAN_ANY_OF_THESE) { test(offer.broker().orElseThrow()) }
                }
            }
        } else {
            "$name (skipped: $reason)".config(enabledOrReasonIf = { Enabled.disabled(reason) }) {}
        }
    }
}

/** The same with a connection of its own. */
internal fun StringSpec.connected(name: String, vararg needed: Capability, test: suspend (AmqpConnection) -> Unit) =
    onEachBroker(name, *needed) { broker -> connect(broker).use(test) }

internal suspend fun connect(broker: Broker): AmqpConnection = connectAmqp("${broker.uri()}")

/** Declares a queue that goes with its connection and not before. */
internal suspend fun AmqpChannel.exclusiveQueue(): String =
    declareQueue(QueueSpec.temporary().withAutoDelete(false)).name()

/** The same with numbered messages in it. */
internal suspend fun AmqpChannel.queueOf(messages: IntRange): String {
    val queue = exclusiveQueue()
    messages.forEach { send(numbered(queue, it)) }
    awaitCount(queue, messages.count())
    return queue
}

internal fun uniqueName(what: String): String = "leveret.test.$what.${UUID.randomUUID()}"

private fun BrokerOffer.whyNot(needed: Set<Capability>): String? {
    val broker = broker().getOrNull() ?: return skipReason().orElseThrow()
    val missing = needed - broker.capabilities()
    return if (missing.isEmpty()) null else "${broker.description()} lacks $missing"
}
