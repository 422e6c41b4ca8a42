package dev.leveret.examples.pika

import dev.leveret.amqp.api.PublishException
import dev.leveret.amqp.api.QueueSpec
import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.publish
import dev.leveret.coroutines.use
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.runBlocking

/** Publishes from many coroutines, each of which learns what became of its message. */
fun main(args: Array<String>): Unit = runBlocking {
    println("${publishAll(ExampleBroker.uri(args), messages = 100)} messages are confirmed")
}

internal suspend fun publishAll(uri: String, messages: Int): Int = connectAmqp(uri).use { connection ->
    connection.channel {
        val queue = declareQueue(QueueSpec.temporary()).name()
        coroutineScope {
            List(messages) { number ->
                async {
                    try {
                        publish(exchange = "", routingKey = queue, body = "message $number".encodeToByteArray())
                        1
                    } catch (failure: PublishException) {
                        println(failure.message)
                        0
                    }
                }
            }.awaitAll().sum()
        }
    }
}
