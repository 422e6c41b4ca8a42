@file:Suppress("UNUSED_VARIABLE", "UnusedVariable")

package dev.leveret.coroutines.samples

import dev.leveret.amqp.api.AmqpException
import dev.leveret.amqp.api.BasicProperties
import dev.leveret.amqp.api.ConnectionOptions
import dev.leveret.amqp.api.Observer
import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.coroutines.AmqpConnection
import dev.leveret.coroutines.AmqpRpcClient
import dev.leveret.coroutines.call
import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.openRpcClient
import dev.leveret.coroutines.properties
import dev.leveret.coroutines.rpcClient
import dev.leveret.coroutines.topology
import dev.leveret.coroutines.use
import kotlin.time.Duration.Companion.seconds

internal suspend fun openChannelSample(connection: AmqpConnection) {
    val channel = connection.openChannel()
    channel.purgeQueue("orders.test")
    channel.close()
}

internal suspend fun declareSample(connection: AmqpConnection) {
    connection.declare(topology { queue("orders") { quorum() } })
}

internal suspend fun updateSecretSample(connection: AmqpConnection, token: String) {
    connection.updateSecret(token.encodeToByteArray(), reason = "the token expires")
}

internal suspend fun closeConnectionSample() {
    val connection = connectAmqp("amqp://localhost")
    println(connection.serverInfo)
    connection.close()
}

internal suspend fun awaitConnectionClosedSample(connection: AmqpConnection) {
    try {
        connection.awaitClosed()
    } catch (failure: AmqpException) {
        println("the connection is lost for good: ${failure.message}")
    }
}

internal suspend fun diagnosticsSample(connection: AmqpConnection) {
    println(connection.diagnostics())
}

internal suspend fun callByMessageSample(client: AmqpRpcClient, hare: ByteArray) {
    val price = client.call(OutboundMessage.toQueue("prices", hare), timeout = 2.seconds).body()
}

internal suspend fun closeRpcClientSample(connection: AmqpConnection, hare: ByteArray) {
    val client = connection.openRpcClient()
    println(client.call(exchange = "", routingKey = "prices", body = hare).body().decodeToString())
    client.close()
}

internal suspend fun openRpcClientSample(connection: AmqpConnection) {
    val client = connection.openRpcClient() // direct reply-to
}

internal suspend fun rpcClientSample(connection: AmqpConnection) {
    val prices = connection.rpcClient {
        listOf("hare", "leveret").map {
            call(exchange = "", routingKey = "prices", body = it.encodeToByteArray()).body()
        }
    }
}

internal suspend fun connectWithOptionsSample(settings: Map<String, String>) {
    val options = ConnectionOptions.from(settings, "amqp.").build()
    connectAmqp(options).use { println(it.serverInfo) }
}

internal suspend fun useConnectionSample() {
    val waiting = connectAmqp("amqp://localhost").use { connection ->
        connection.channel { declareQueuePassive("orders").messageCount() }
    }
}

internal suspend fun observingSample(metrics: Observer) {
    connectAmqp("amqp://localhost") {
        observer(metrics)
    }
}

internal suspend fun clientPropertySample() {
    connectAmqp("amqp://localhost") {
        clientProperty("team", "billing") // to be seen in the management UI
    }
}

internal fun headerSample() {
    val retried = properties { header("x-attempt", 2) }
}

internal fun headersSample(received: BasicProperties) {
    val copied = properties { headers(received.headers()) }
}
