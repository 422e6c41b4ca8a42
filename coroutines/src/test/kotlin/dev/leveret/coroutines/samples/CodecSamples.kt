package dev.leveret.coroutines.samples

import dev.leveret.amqp.api.BasicProperties
import dev.leveret.coroutines.AmqpChannel
import dev.leveret.coroutines.AmqpRpcClient
import dev.leveret.coroutines.FailureAction
import dev.leveret.coroutines.FailurePolicy
import dev.leveret.coroutines.MessageCodec
import dev.leveret.coroutines.UndecodableMessageException
import dev.leveret.coroutines.call
import dev.leveret.coroutines.decode
import dev.leveret.coroutines.process
import dev.leveret.coroutines.publish
import dev.leveret.coroutines.serve

/*
 * The examples of the documentation of codecs with what they need around them.
 */

object Cents : MessageCodec<Long> {
    override val contentType get() = "text/plain"

    override fun encode(value: Long) = "$value".encodeToByteArray()

    override fun decode(body: ByteArray, properties: BasicProperties) = body.decodeToString().toLong()
}

class AnyText(private val cents: MessageCodec<Long>) : MessageCodec<Long> by cents {
    override fun accepts(contentType: String?) = contentType == null || contentType.startsWith("text/")
}

suspend fun decoding(channel: AmqpChannel) {
    channel.consume("prices").collect { delivery ->
        println(delivery.decode(Cents))
        delivery.ack()
    }
}

suspend fun publishingValues(channel: AmqpChannel) {
    channel.publish(exchange = "orders", routingKey = "order.42.paid", value = 995, codec = Cents)
}

suspend fun processingValues(channel: AmqpChannel) {
    val poisonAside = FailurePolicy { _, failure ->
        if (failure is UndecodableMessageException) FailureAction.REJECT else FailureAction.REQUEUE
    }
    channel.process("prices", Cents, concurrency = 4, onFailure = poisonAside) { cents, delivery ->
        println("${delivery.routingKey()}: $cents")
    }
}

suspend fun servingValues(channel: AmqpChannel) {
    channel.serve("doubling", requests = Cents, replies = Cents) { cents -> 2 * cents }
}

suspend fun callingWithValues(client: AmqpRpcClient): Long {
    val twice = client.call(exchange = "", routingKey = "doubling", value = 21, requests = Cents, replies = Cents)
    return twice
}
