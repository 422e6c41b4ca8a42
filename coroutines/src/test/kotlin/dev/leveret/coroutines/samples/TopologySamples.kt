@file:Suppress("UNUSED_VARIABLE", "UnusedVariable")

package dev.leveret.coroutines.samples

import dev.leveret.amqp.api.DelayedRetryType
import dev.leveret.coroutines.QueueBuilder
import dev.leveret.coroutines.TopologyBuilder
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

internal fun QueueBuilder.bindHeaderSample() {
    bind("documents") { header("format", "pdf") }
}

internal fun QueueBuilder.bindHeaderPresentSample() {
    bind("documents") { headerPresent("signature") }
}

internal fun QueueBuilder.bindArgumentSample() {
    bind("plugin.exchange") { argument("x-weight", 3) }
}

internal fun TopologyBuilder.bindExchangeByNameSample() {
    topicExchange("orders.audit") { bind("orders", routingKey = "#") }
}

internal fun TopologyBuilder.bindExchangeSample() {
    val orders = topicExchange("orders")
    fanoutExchange("orders.paid") { bind(orders, routingKey = "order.*.paid") }
}

internal fun TopologyBuilder.exchangeArgumentSample() {
    exchange("orders.once", type = "x-message-deduplication") { argument("x-cache-size", 1_000) }
}

internal fun TopologyBuilder.classicSample() {
    queue("tasks") { classic { maxPriority = 5 } }
}

internal fun TopologyBuilder.quorumSample() {
    queue("orders") { quorum { deliveryLimit = 5 } }
}

internal fun TopologyBuilder.streamSample() {
    queue("log") { stream { maxAge = 7.days } }
}

internal fun TopologyBuilder.deadLetterToSample() {
    queue("orders") { deadLetterTo(exchange = "", routingKey = "orders.dead") }
}

internal fun TopologyBuilder.bindByNameSample() {
    queue("alarms") { bind("amq.topic", routingKey = "alarm.#") }
}

internal fun TopologyBuilder.bindQueueSample() {
    val orders = topicExchange("orders")
    queue("billing") { bind(orders, routingKey = "order.*.paid") }
}

internal fun TopologyBuilder.bindByWeightSample() {
    val shards = consistentHashExchange("shards")
    queue("shard.1") { bindByWeight(shards) }
    queue("shard.2") { bindByWeight(shards, weight = 2) }
}

internal fun TopologyBuilder.queueArgumentSample() {
    queue("orders") { argument("x-message-deduplication", true) }
}

internal fun TopologyBuilder.unlimitedDeliveriesSample() {
    queue("orders") { quorum { unlimitedDeliveries() } }
}

internal fun TopologyBuilder.delayedRetrySample() {
    queue("orders") {
        quorum { delayedRetry(DelayedRetryType.FAILED, min = 1.seconds, max = 1.minutes) }
    }
}

internal fun TopologyBuilder.directExchangeSample() {
    val levels = directExchange("levels")
    queue("errors") { bind(levels, routingKey = "error") }
}

internal fun TopologyBuilder.fanoutExchangeSample() {
    val events = fanoutExchange("events")
    queue("audit") { bind(events) }
}

internal fun TopologyBuilder.topicExchangeSample() {
    val orders = topicExchange("orders")
    queue("billing") { bind(orders, routingKey = "order.*.paid") }
}

internal fun TopologyBuilder.headersExchangeSample() {
    val documents = headersExchange("documents")
    queue("pdf") { bind(documents) { header("format", "pdf") } }
}

internal fun TopologyBuilder.localRandomExchangeSample() {
    val near = localRandomExchange("near")
    queue("near.1") { bind(near) }
}

internal fun TopologyBuilder.randomExchangeSample() {
    val some = randomExchange("some")
    queue("some.1") { bind(some) }
}

internal fun TopologyBuilder.consistentHashExchangeSample() {
    val shards = consistentHashExchange("shards", hashHeader = "account")
    queue("shard.1") { bindByWeight(shards) }
}

internal fun TopologyBuilder.modulusHashExchangeSample() {
    val shards = modulusHashExchange("shards")
    queue("shard.1") { bind(shards) }
}

internal fun TopologyBuilder.recentHistoryExchangeSample() {
    val chat = recentHistoryExchange("chat", length = 50)
    queue("chat.hare") { bind(chat) }
}

internal fun TopologyBuilder.delayedMessageExchangeSample() {
    val later = delayedMessageExchange("later", routesAs = "direct")
    queue("reminders") { bind(later, routingKey = "reminder") }
}

internal fun TopologyBuilder.exchangeSample() {
    val custom = exchange("plugin.exchange", type = "x-of-a-plugin") { durable = false }
}

internal fun TopologyBuilder.queueSample() {
    queue("orders") { maxLength = 100_000 }
}
