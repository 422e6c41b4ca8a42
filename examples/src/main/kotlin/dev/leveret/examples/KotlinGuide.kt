package dev.leveret.examples

import dev.leveret.amqp.api.AmqpTimeoutException
import dev.leveret.amqp.api.BasicProperties
import dev.leveret.amqp.api.ConnectionEvent
import dev.leveret.amqp.api.Delivery
import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.api.PublishException
import dev.leveret.amqp.api.PublishResult
import dev.leveret.coroutines.AmqpChannel
import dev.leveret.coroutines.AmqpConnection
import dev.leveret.coroutines.ConnectionState
import dev.leveret.coroutines.FailureAction
import dev.leveret.coroutines.FailurePolicy
import dev.leveret.coroutines.Intake
import dev.leveret.coroutines.MessageCodec
import dev.leveret.coroutines.PublishAllException
import dev.leveret.coroutines.UndecodableMessageException
import dev.leveret.coroutines.call
import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.process
import dev.leveret.coroutines.publish
import dev.leveret.coroutines.publishAll
import dev.leveret.coroutines.rpcClient
import dev.leveret.coroutines.rpcReply
import dev.leveret.coroutines.serve
import dev.leveret.coroutines.topology
import dev.leveret.coroutines.use
import kotlinx.coroutines.Job
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.launch
import java.io.IOException
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** The snippets of docs/kotlin.md. */
internal suspend fun hello(uri: String) {
    // guide
    connectAmqp(uri) { connectionName = "hello" }.use { connection ->
        connection.declare(topology { queue("greetings") { exclusive = true } })
        connection.channel {
            publish(exchange = "", routingKey = "greetings", body = "hello".encodeToByteArray(), mandatory = true)
            val greeting = consume("greetings").first()
            println(greeting.body().decodeToString())
            greeting.ack()
        }
    }
    // end
}

internal suspend fun publishOne(channel: AmqpChannel, queue: String, json: ByteArray): String {
    // guide
    val outcome = try {
        channel.publish(exchange = "", routingKey = queue, body = json, mandatory = true) {
            contentType = "application/json"
            persistent = true
        }
        "it is the broker's"
    } catch (failure: PublishException) {
        when (failure.result()) {
            is PublishResult.Unknown -> "the connection was lost before the broker answered: it may be there"
            else -> "it is certainly not there: ${failure.message}"
        }
    }
    // end
    return outcome
}

internal suspend fun publishLines(channel: AmqpChannel, queue: String, lines: Flow<String>) {
    // guide
    val messages = lines.map { OutboundMessage.toQueue(queue, it.encodeToByteArray()) }
    try {
        val count = channel.publishAll(messages, window = 500)
        println("all $count are the broker's")
    } catch (failure: PublishAllException) {
        println("${failure.confirmed} are the broker's; these ${failure.unconfirmed.size} are or may be not:")
        failure.unconfirmed.forEach(::println)
    }
    // end
}

internal suspend fun printAll(channel: AmqpChannel, queue: String) {
    // guide
    channel.consume(queue, prefetch = 50).take(10).collect { delivery ->
        println(delivery.body().decodeToString())
        delivery.ack()
    }
    // end
}

internal suspend fun untilIdle(channel: AmqpChannel, queue: String): Int {
    var received = 0
    // guide
    channel.pull(queue) {
        while (true) {
            val delivery = receive(timeout = 200.milliseconds) ?: break
            received++
            delivery.ack()
        }
    }
    // end
    return received
}

internal suspend fun bookPayments(channel: AmqpChannel, stop: Job, queue: String, book: suspend (Delivery) -> Unit) {
    // guide
    val onFailure = FailurePolicy { delivery, failure ->
        when {
            failure is IOException -> FailureAction.REQUEUE.also { delay(1.seconds) }
            delivery.redelivered() -> FailureAction.REJECT
            else -> FailureAction.REQUEUE
        }
    }
    val intake = Intake()
    coroutineScope {
        launch {
            channel.process(
                queue,
                concurrency = 8,
                key = { it.properties().header("account") },
                onFailure = onFailure,
                intake = intake,
            ) { payment -> book(payment) }
        }
        stop.join()
        intake.close()
    }
    println("all that was begun is done and acknowledged")
    // end
}

internal suspend fun servePrices(channel: AmqpChannel, requests: String) {
    // guide
    channel.serve(requests, concurrency = 4, onFailure = FailurePolicy.REJECT) { request ->
        val animal = request.body().decodeToString()
        rpcReply("a $animal is ${animal.length} coins".encodeToByteArray())
    }
    // end
}

internal suspend fun askForPrice(connection: AmqpConnection, requests: String, replies: String?): String {
    // guide
    val answer = connection.rpcClient(replies) {
        try {
            call("", requests, "hare".encodeToByteArray(), timeout = 2.seconds).body().decodeToString()
        } catch (late: AmqpTimeoutException) {
            "nobody answers: ${late.message}"
        } catch (failure: PublishException) {
            "there is no such service: ${failure.message}"
        }
    }
    // end
    return answer
}

// guide
internal object Cents : MessageCodec<Long> {
    override val contentType get() = "text/plain"

    override fun encode(value: Long) = "$value".encodeToByteArray()

    override fun decode(body: ByteArray, properties: BasicProperties) = body.decodeToString().toLong()
}
// end

internal suspend fun sumUp(channel: AmqpChannel, queue: String, add: (Long) -> Unit) {
    // guide
    val poisonAside = FailurePolicy { _, failure ->
        if (failure is UndecodableMessageException) FailureAction.REJECT else FailureAction.STOP
    }
    channel.publish(exchange = "", routingKey = queue, value = 995, codec = Cents)
    channel.process(queue, Cents, onFailure = poisonAside) { cents, _ -> add(cents) }
    // end
}

internal suspend fun watch(connection: AmqpConnection) = coroutineScope {
    // guide
    launch {
        connection.events.collect { event ->
            if (event is ConnectionEvent.Recovered) println("back after ${event.report().downtime()}")
        }
    }
    connection.state.first { it is ConnectionState.Open }
    // end
}
