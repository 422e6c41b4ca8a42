package dev.leveret.examples

import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.publish
import dev.leveret.coroutines.topology
import dev.leveret.coroutines.use
import kotlinx.coroutines.flow.take

/** The Kotlin snippet of the README. */
suspend fun flowConsumer(uri: String) {
    // snippet
    connectAmqp(uri).use { connection ->
        connection.declare(topology { queue("greetings") })
        connection.channel {
            publish(exchange = "", routingKey = "greetings", body = "hello".encodeToByteArray(), mandatory = true)
            consume("greetings", prefetch = 64).take(1).collect { delivery ->
                println(delivery.body().decodeToString())
                delivery.ack()
            }
        }
    }
    // end
}
