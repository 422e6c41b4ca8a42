package dev.leveret.coroutines.broker

import dev.leveret.amqp.api.ConnectionEvent
import dev.leveret.amqp.api.QueueSpec
import dev.leveret.amqp.api.RecoveryOptions
import dev.leveret.coroutines.AmqpChannel
import dev.leveret.coroutines.AmqpConnection
import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.use
import dev.leveret.testkit.Broker
import dev.leveret.testkit.Capability
import dev.leveret.testkit.proxy.Cut
import dev.leveret.testkit.proxy.FaultProxy
import io.kotest.core.spec.style.StringSpec
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import java.time.Duration

internal val QUICK: RecoveryOptions =
    RecoveryOptions.standard().withDelay(Duration.ofMillis(20), Duration.ofMillis(200))

/** A connection, what cuts it, and what it tells. */
internal class Cuttable(
    val broker: Broker,
    val connection: AmqpConnection,
    val proxy: FaultProxy,
    val events: Channel<ConnectionEvent>,
) {
    suspend inline fun <reified E : ConnectionEvent> awaitEvent(): E {
        while (true) {
            val event = events.receive()
            if (event is E) return event
        }
    }

    suspend inline fun <reified E : ConnectionEvent> cutAndAwait(): E {
        proxy.cut(Cut.RST)
        return awaitEvent<E>()
    }

    /** A queue that outlives its connection; to be deleted. */
    suspend fun AmqpChannel.sharedQueue(): String = declareQueue(QueueSpec.of(uniqueName("recovery"))).name()
}

internal fun StringSpec.cuttable(
    name: String,
    vararg needed: Capability,
    options: RecoveryOptions = QUICK,
    test: suspend Cuttable.() -> Unit,
): Unit = onEachBroker(name, *needed) { broker ->
    FaultProxy.to(broker).use { proxy ->
        connectAmqp("${proxy.uri(broker.uri())}") { recovery = options }.use { connection ->
            coroutineScope {
                val events = Channel<ConnectionEvent>(Channel.UNLIMITED)
                // Unconfined: it listens before the test begins.
                val listening = launch(Dispatchers.Unconfined) { connection.events.collect { events.send(it) } }
                Cuttable(broker, connection, proxy, events).test()
                listening.cancelAndJoin()
            }
        }
    }
}
