@file:Suppress("UNUSED_VARIABLE", "UnusedVariable")

package dev.leveret.coroutines.samples

import dev.leveret.amqp.api.BindingSpec
import dev.leveret.amqp.api.ChannelClosedException
import dev.leveret.amqp.api.Delivery
import dev.leveret.amqp.api.ExchangeSpec
import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.api.QueueSpec
import dev.leveret.coroutines.AmqpChannel
import dev.leveret.coroutines.AmqpConnection
import dev.leveret.coroutines.AmqpPublishWindow
import dev.leveret.coroutines.publish
import kotlinx.coroutines.awaitAll
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

internal suspend fun declareQueueSample(channel: AmqpChannel) {
    val queue = channel.declareQueue(QueueSpec.temporary()).name()
}

internal suspend fun declareQueuePassiveSample(channel: AmqpChannel) {
    val waiting = channel.declareQueuePassive("orders").messageCount()
}

internal suspend fun deleteQueueSample(channel: AmqpChannel) {
    val lost = channel.deleteQueue("orders.old", ifUnused = true)
}

internal suspend fun purgeQueueSample(channel: AmqpChannel) {
    println("${channel.purgeQueue("orders.test")} messages are gone")
}

internal suspend fun declareExchangeSample(channel: AmqpChannel) {
    channel.declareExchange(ExchangeSpec.topic("orders"))
}

internal suspend fun declareExchangePassiveSample(channel: AmqpChannel) {
    channel.declareExchangePassive("orders") // throws if there is none
}

internal suspend fun deleteExchangeSample(channel: AmqpChannel) {
    channel.deleteExchange("orders.old", ifUnused = true)
}

internal suspend fun bindSample(channel: AmqpChannel) {
    channel.bind(BindingSpec.toQueue("orders", "billing", "order.*.paid"))
}

internal suspend fun unbindSample(channel: AmqpChannel) {
    channel.unbind(BindingSpec.toQueue("orders", "billing", "order.*.paid"))
}

internal suspend fun publishSample(channel: AmqpChannel, json: ByteArray) {
    channel.publish(OutboundMessage.toQueue("orders", json))
}

internal suspend fun sendSample(channel: AmqpChannel, sample: ByteArray) {
    channel.send(OutboundMessage.of("metrics", "cpu", sample))
}

internal suspend fun roomSample(channel: AmqpChannel, measure: () -> ByteArray) {
    while (true) {
        channel.room()
        channel.send(OutboundMessage.of("metrics", "cpu", measure())) // measured when it can go
    }
}

internal suspend fun publishWindowSample(channel: AmqpChannel, lines: List<String>) {
    val window = channel.publishWindow(size = 500)
    val fates = lines.map { window.publish(OutboundMessage.toQueue("lines", it.encodeToByteArray())) }
    fates.awaitAll()
}

internal suspend fun getSample(channel: AmqpChannel) {
    val order = channel.get("orders")?.delivery() ?: return
    println(order.body().decodeToString())
    order.ack()
}

internal suspend fun qosSample(channel: AmqpChannel) {
    channel.qos(prefetch = 100)
}

internal suspend fun recoverSample(channel: AmqpChannel) {
    channel.recover()
}

internal suspend fun txSelectSample(channel: AmqpChannel, json: ByteArray) {
    channel.txSelect()
    channel.send(OutboundMessage.toQueue("orders", json))
    channel.txCommit()
}

internal suspend fun txCommitSample(channel: AmqpChannel, order: Delivery) {
    channel.send(OutboundMessage.toQueue("orders.next", order.body()))
    order.ack()
    channel.txCommit() // both or neither
}

internal suspend fun txRollbackSample(channel: AmqpChannel) {
    channel.txRollback()
    channel.recover()
}

internal suspend fun closeChannelSample(connection: AmqpConnection) {
    val channel = connection.openChannel()
    channel.purgeQueue("orders.test")
    channel.close()
}

internal suspend fun awaitChannelClosedSample(channel: AmqpChannel) {
    try {
        channel.awaitClosed()
    } catch (failure: ChannelClosedException) {
        println("the broker has closed the channel: ${failure.message}")
    }
}

internal suspend fun receiveSample(channel: AmqpChannel) {
    channel.pull("orders") {
        val first = receive()
        println(first.body().decodeToString())
        first.ack()
    }
}

internal suspend fun receiveInTimeSample(channel: AmqpChannel) {
    channel.pull("orders") {
        val order = receive(timeout = 5.seconds)
        if (order == null) println("nothing to do") else order.ack()
    }
}

internal suspend fun publishInWindowSample(window: AmqpPublishWindow, line: ByteArray) {
    val fate = window.publish(OutboundMessage.toQueue("lines", line))
    fate.await()
}

internal suspend fun flushSample(window: AmqpPublishWindow, lines: List<ByteArray>) {
    lines.forEach { window.publish(OutboundMessage.toQueue("lines", it)) }
    window.flush()
}

internal suspend fun publishInWindowByArgumentsSample(window: AmqpPublishWindow, json: ByteArray) {
    val fate = window.publish(exchange = "orders", routingKey = "order.42.paid", body = json) { persistent = true }
    fate.await()
}

internal suspend fun AmqpChannel.streamFilterSample() {
    consume("log", prefetch = 100) { streamFilter("invoices") }.collect { it.ack() }
}

internal suspend fun AmqpChannel.bufferSample() {
    consume("metrics", prefetch = 0) { buffer(messages = 10_000) }.collect { it.ack() }
}

internal suspend fun AmqpChannel.ackBatchSample() {
    consume("orders") { ackBatch(size = 50, delay = 10.milliseconds) }.collect { it.ack() }
}

internal suspend fun AmqpChannel.consumeArgumentSample() {
    consume("orders") { argument("x-priority", 10) }.collect { it.ack() }
}
