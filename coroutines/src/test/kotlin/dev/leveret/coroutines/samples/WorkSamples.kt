package dev.leveret.coroutines.samples

import dev.leveret.amqp.api.Delivery
import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.coroutines.AmqpChannel
import dev.leveret.coroutines.AmqpConnection
import dev.leveret.coroutines.ConnectionState
import dev.leveret.coroutines.FailureAction
import dev.leveret.coroutines.FailurePolicy
import dev.leveret.coroutines.Intake
import dev.leveret.coroutines.RpcReply
import dev.leveret.coroutines.call
import dev.leveret.coroutines.process
import dev.leveret.coroutines.publishAll
import dev.leveret.coroutines.rpcClient
import dev.leveret.coroutines.rpcReply
import dev.leveret.coroutines.serve
import kotlinx.coroutines.Job
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.launch
import java.io.IOException
import kotlin.io.path.Path
import kotlin.io.path.useLines
import kotlin.time.Duration.Companion.seconds

/*
 * The examples of the documentation of process, publishAll, RPC and the connection's state with what they need around them.
 */

fun patience(): FailurePolicy {
    val patient = FailurePolicy { _, failure ->
        when (failure) {
            is IOException -> FailureAction.REQUEUE.also { delay(1.seconds) }
            else -> FailureAction.REJECT
        }
    }
    return patient
}

suspend fun draining(channel: AmqpChannel, stopRequested: Job, handle: suspend (Delivery) -> Unit) {
    coroutineScope {
        val intake = Intake()
        launch { channel.process("orders", concurrency = 8, intake = intake) { order -> handle(order) } }
        stopRequested.join()
        intake.close() // what is in hand is finished and acknowledged, then process returns
    }
}

suspend fun processing(connection: AmqpConnection, book: suspend (Delivery) -> Unit) {
    connection.channel {
        process("payments", concurrency = 8, key = { it.properties().header("account") }) { payment ->
            book(payment)
        }
    }
}

suspend fun publishingAll(channel: AmqpChannel) {
    val lines = Path("lines.txt").useLines { lines ->
        channel.publishAll(lines.map { OutboundMessage.toQueue("lines", it.encodeToByteArray()) }.asFlow())
    }
    println("$lines lines are the broker's")
}

suspend fun calling(connection: AmqpConnection) {
    connection.rpcClient {
        val reply = call(exchange = "", routingKey = "prices", body = "hare".encodeToByteArray(), timeout = 2.seconds)
        println(reply.body().decodeToString())
    }
}

suspend fun serving(connection: AmqpConnection, priceOf: suspend (ByteArray) -> ByteArray) {
    connection.channel {
        serve("prices", concurrency = 4) { request -> rpcReply(priceOf(request.body())) }
    }
}

fun replying(): RpcReply {
    val reply = rpcReply("42".encodeToByteArray()) { contentType = "application/json" }
    return reply
}

fun health(connection: AmqpConnection): Boolean {
    val healthy = connection.state.value is ConnectionState.Open
    return healthy
}

fun deciding(): FailurePolicy {
    val onFailure = FailurePolicy { delivery, failure ->
        if (failure is IOException && !delivery.redelivered()) FailureAction.REQUEUE else FailureAction.REJECT
    }
    return onFailure
}

interface Database {
    fun isDown(): Boolean
}

fun pausing(intake: Intake, database: Database) {
    if (database.isDown()) intake.pause()
    if (!database.isDown()) intake.resume()
}

suspend fun stopping(intake: Intake, processing: Job) {
    intake.close()
    processing.join() // what is in hand is finished and acknowledged
}
