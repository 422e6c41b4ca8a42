package dev.leveret.benchmarks.client

import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.api.QueueSpec
import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.properties
import dev.leveret.coroutines.publishAll
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import java.time.Duration
import java.util.function.Consumer
import kotlin.time.toKotlinDuration

/** The Kotlin face for Java: one connection, one channel, one coroutine at a time, as the other peers have one thread. */
class KotlinFace(uri: String) : AutoCloseable {
    private val dispatcher = Dispatchers.Default.limitedParallelism(1)
    private val connection = runBlocking { connectAmqp(uri) }
    private val channel = runBlocking { connection.openChannel() }

    /** Publishes for this time from as many coroutines, each one message after the other, and returns how many it were. */
    fun publish(queue: String, body: ByteArray, coroutines: Int, time: Duration): Long = runBlocking(dispatcher) {
        var over = false // of whoever runs
        val publishers =
            List(coroutines) {
                async {
                    var published = 0L
                    while (!over) {
                        channel.publish(OutboundMessage("", queue, false, PROPERTIES, body))
                        published++
                    }
                    published
                }
            }
        delay(time.toKotlinDuration())
        over = true
        publishers.awaitAll().sum()
    }

    /** Publishes one flow for this time, with at most so many unconfirmed, and returns how many it were. */
    fun publishAll(queue: String, body: ByteArray, window: Int, time: Duration): Long = runBlocking(dispatcher) {
        channel.publishAll(
            flow {
                val end = System.nanoTime() + time.toNanos()
                while (System.nanoTime() - end < 0) {
                    repeat(BETWEEN_CLOCKS) { emit(OutboundMessage("", queue, false, PROPERTIES, body)) }
                }
            },
            window,
        )
    }

    /** Collects and acknowledges until closed. */
    fun consume(queue: String, prefetch: Int, onBody: Consumer<ByteArray>): AutoCloseable {
        val collecting =
            CoroutineScope(dispatcher).launch {
                channel.consume(queue, prefetch).collect { delivery ->
                    onBody.accept(delivery.body())
                    delivery.ack()
                }
            }
        return AutoCloseable { runBlocking { collecting.cancelAndJoin() } }
    }

    fun messageCount(queue: String): Long = runBlocking { channel.declareQueuePassive(queue).messageCount() }

    fun declareQueue(queue: String) {
        runBlocking { channel.declareQueue(QueueSpec.of(queue)) }
    }

    fun deleteQueue(queue: String) {
        runBlocking { channel.deleteQueue(queue) }
    }

    override fun close() {
        runBlocking { connection.close() }
    }

    private companion object {
        const val BETWEEN_CLOCKS = 64
        val PROPERTIES =
            properties {
                contentType = "application/octet-stream"
                persistent = true
            }
    }
}
