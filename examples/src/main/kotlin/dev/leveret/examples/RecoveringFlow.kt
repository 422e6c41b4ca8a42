package dev.leveret.examples

import dev.leveret.amqp.api.ConnectionEvent
import dev.leveret.amqp.api.Delivery
import dev.leveret.amqp.api.RecoveryOptions
import dev.leveret.amqp.api.SettlementException
import dev.leveret.coroutines.AmqpConnection
import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.use
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.launch
import java.time.Duration

/** The Kotlin snippets of the documentation of recovery. */
internal suspend fun recovering(uri: String, body: suspend (AmqpConnection) -> Unit) {
    // recovery
    connectAmqp(uri) {
        recovery = RecoveryOptions.standard().withGivingUpAfter(Duration.ofMinutes(10))
    }.use { connection ->
        body(connection)
    }
    // end
}

internal suspend fun consumeThroughCuts(connection: AmqpConnection, queue: String, handle: suspend (Delivery) -> Unit) =
    coroutineScope {
        // recovery
        launch {
            connection.events.filterIsInstance<ConnectionEvent.Recovered>().collect { println(it.report()) }
        }
        connection.channel {
            consume(queue).collect { delivery ->
                handle(delivery)
                try {
                    delivery.ack()
                } catch (lost: SettlementException) {
                    // The connection was cut meanwhile, and the message comes again.
                    if (lost.reason() != SettlementException.Reason.STALE) throw lost
                }
            }
        }
        // end
    }
