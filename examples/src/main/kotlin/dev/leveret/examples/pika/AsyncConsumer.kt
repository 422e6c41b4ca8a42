package dev.leveret.examples.pika

import dev.leveret.amqp.api.AmqpException
import dev.leveret.amqp.api.Delivery
import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.use
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** Consumes from a queue that exists, and connects again whenever the connection has ended: `amqp://host queue`. */
fun main(args: Array<String>): Unit = runBlocking {
    consumeForever(args[0], args[1]) { println(it.body().decodeToString()) }
}

internal suspend fun consumeForever(
    uri: String,
    queue: String,
    pause: Duration = 1.seconds,
    handle: suspend (Delivery) -> Unit,
): Nothing {
    while (true) {
        try {
            connectAmqp(uri).use { connection ->
                connection.channel {
                    consume(queue, prefetch = 10).collect { delivery ->
                        handle(delivery)
                        delivery.ack()
                    }
                }
            }
        } catch (failure: AmqpException) {
            println("not connected: ${failure.message}")
            delay(pause)
        }
    }
}
