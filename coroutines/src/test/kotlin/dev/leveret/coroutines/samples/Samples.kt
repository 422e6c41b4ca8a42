package dev.leveret.coroutines.samples

import dev.leveret.amqp.api.BasicProperties
import dev.leveret.amqp.api.ConnectionEvent
import dev.leveret.amqp.api.RecoveryOptions
import dev.leveret.amqp.api.Topology
import dev.leveret.coroutines.AmqpChannel
import dev.leveret.coroutines.AmqpConnection
import dev.leveret.coroutines.apply
import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.delete
import dev.leveret.coroutines.plan
import dev.leveret.coroutines.properties
import dev.leveret.coroutines.publish
import dev.leveret.coroutines.send
import dev.leveret.coroutines.topology
import dev.leveret.coroutines.use
import dev.leveret.coroutines.verify
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds
import kotlin.time.toJavaDuration

/*
 * The examples of the documentation with what they need around them, so that the compiler sees them; a test compares.
 */

suspend fun connect() {
    connectAmqp("amqp://orders:secret@localhost/prod") {
        heartbeat = 20.seconds
    }.use { connection ->
        println("connected to ${connection.serverInfo}")
    }
}

suspend fun recovering() {
    connectAmqp("amqp://localhost") {
        recovery = RecoveryOptions.standard().withGivingUpAfter(5.minutes.toJavaDuration())
    }.use { connection ->
        println("connected to ${connection.serverInfo}")
    }
}

fun CoroutineScope.events(connection: AmqpConnection) {
    launch {
        connection.events.collect { event ->
            if (event is ConnectionEvent.Blocked) println("the broker takes no messages: ${event.reason()}")
        }
    }
}

suspend fun scopedChannel(connection: AmqpConnection): Long {
    val backlog = connection.channel { declareQueuePassive("orders").messageCount() }
    return backlog
}

suspend fun consuming(connection: AmqpConnection) {
    connection.channel {
        consume("orders", prefetch = 64).collect { delivery ->
            println(delivery.body().decodeToString())
            delivery.ack()
        }
    }
}

suspend fun pulling(connection: AmqpConnection) {
    connection.channel {
        pull("orders") {
            while (true) {
                val order = receive(timeout = 5.seconds) ?: break
                println(order.body().decodeToString())
                order.ack()
            }
        }
    }
}

suspend fun publishingMany(channel: AmqpChannel, lines: List<String>) {
    channel.publishWindow(size = 500) {
        lines.forEach { publish(exchange = "", routingKey = "lines", body = it.encodeToByteArray()) }
    }
}

suspend fun shuttingDown(connection: AmqpConnection) {
    val left = connection.shutdown(patience = 10.seconds)
    if (!left.isClean) println("not brought to an end: $left")
}

suspend fun publishing(channel: AmqpChannel, json: ByteArray) {
    channel.publish(exchange = "orders", routingKey = "order.42.paid", body = json, mandatory = true) {
        contentType = "application/json"
        persistent = true
    }
}

suspend fun sending(channel: AmqpChannel, sample: ByteArray) {
    channel.send(exchange = "metrics", routingKey = "cpu", body = sample)
}

fun propertiesOfMessages(): BasicProperties {
    val json = properties {
        contentType = "application/json"
        header("x-attempt", 1)
    }
    return json
}

fun billing(): Topology {
    val billing = topology {
        val orders = topicExchange("orders")
        fanoutExchange("orders.dead")
        queue("billing") {
            quorum { deliveryLimit = 5 }
            deadLetterTo(exchange = "orders.dead")
            bind(orders, routingKey = "order.*.paid")
        }
    }
    return billing
}

fun retrying(): Topology = topology {
    queue("orders") {
        quorum { deliveryLimit = 5 }
        retries(after = listOf(1.seconds, 30.seconds, 10.minutes))
    }
}

suspend fun provisioning(connection: AmqpConnection, billing: Topology) {
    val plan = connection.plan(billing)
    if (!plan.isFulfilled) println(plan)
    connection.apply(billing).requireComplete()
    connection.verify(billing)
    connection.delete(billing, ifEmpty = false).requireComplete()
}
