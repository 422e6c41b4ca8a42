package dev.leveret.coroutines.broker

import dev.leveret.amqp.api.Delivery
import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.coroutines.AmqpChannel
import kotlinx.coroutines.delay
import kotlin.time.Duration.Companion.milliseconds

internal fun numbered(queue: String, number: Int): OutboundMessage =
    OutboundMessage.toQueue(queue, "$number".toByteArray())

internal val Delivery.number: Int get() = body().decodeToString().toInt()

/**
 * Waits until as many messages are in a queue: brokers tell only how many there are when they are asked. RabbitMQ
 * counts those that are ready, Broker-J also those that are delivered and not acknowledged.
 */
internal suspend fun AmqpChannel.awaitCount(queue: String, count: Int) {
    while (declareQueuePassive(queue).messageCount() != count.toLong()) {
        delay(10.milliseconds)
    }
}
