package dev.leveret.examples

import dev.leveret.amqp.api.Delivery
import dev.leveret.amqp.api.Topology
import dev.leveret.amqp.topology.Definitions
import dev.leveret.amqp.topology.RetryLadder
import dev.leveret.amqp.topology.TopologyGraph
import dev.leveret.coroutines.AmqpChannel
import dev.leveret.coroutines.AmqpConnection
import dev.leveret.coroutines.apply
import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.delete
import dev.leveret.coroutines.plan
import dev.leveret.coroutines.topology
import dev.leveret.coroutines.use
import dev.leveret.coroutines.verify
import dev.leveret.testkit.Brokers
import kotlinx.coroutines.runBlocking
import java.io.File
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

/** What is described, brought to a broker and taken away again; the argument is the URI of a RabbitMQ. */
fun main(arguments: Array<String>): Unit = runBlocking {
    connectAmqp(arguments.firstOrNull() ?: "${Brokers.rabbitMq().uri()}").use { connection ->
        bringUp(connection, shop())
        connection.delete(shop()).requireComplete()
    }
}

internal fun shop(): Topology {
    // topology
    val shop = topology {
        val unrouted = fanoutExchange("shop.unrouted")
        val orders = topicExchange("shop.orders") { alternateExchange = unrouted.name() }
        queue("shop.unrouted") { bind(unrouted) }
        queue("shop.billing") {
            quorum { deliveryLimit = 5 }
            bind(orders, routingKey = "order.*.paid")
            retries(after = listOf(1.seconds, 30.seconds, 10.minutes))
        }
        queue("shop.audit") {
            stream()
            maxLengthBytes = 5_000_000_000
            bind(orders, routingKey = "#")
        }
    }
    // end
    return shop
}

internal suspend fun bringUp(connection: AmqpConnection, shop: Topology) {
    // topology
    val plan = connection.plan(shop)
    println(plan)
    if (!plan.isFulfilled) {
        connection.apply(shop).requireComplete()
    }
    connection.verify(shop)
    // end
}

internal fun problems(shop: Topology) {
    // topology
    shop.problemsOn("4.3").forEach { println("${it.kind()}: $it") }
    // end
}

internal suspend fun consumeWithRetries(channel: AmqpChannel, ladder: RetryLadder, handle: suspend (Delivery) -> Unit) {
    // topology
    channel.consume(ladder.queue()).collect { delivery ->
        try {
            handle(delivery)
        } catch (failure: IllegalStateException) {
            // Returns when the broker has confirmed it: only then the original is let go.
            channel.publish(ladder.next(delivery))
        }
        delivery.ack()
    }
    // end
}

internal fun export(shop: Topology, directory: File) {
    // topology
    directory.resolve("shop.json").writeText(Definitions.write(shop, "/"))
    directory.resolve("shop.mmd").writeText(TopologyGraph.mermaid(shop))
    directory.resolve("shop.dot").writeText(TopologyGraph.graphviz(shop))
    // end
}
