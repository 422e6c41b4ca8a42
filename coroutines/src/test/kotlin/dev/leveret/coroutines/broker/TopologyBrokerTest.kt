package dev.leveret.coroutines.broker

import dev.leveret.amqp.api.BasicProperties
import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.topology.RetryLadder
import dev.leveret.amqp.topology.TopologyException
import dev.leveret.amqp.topology.TopologyPlan.Presence
import dev.leveret.coroutines.apply
import dev.leveret.coroutines.delete
import dev.leveret.coroutines.plan
import dev.leveret.coroutines.topology
import dev.leveret.coroutines.verify
import dev.leveret.testkit.Capability
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

class TopologyBrokerTest :
    StringSpec({
        connected("a topology is planned, applied, verified and deleted") { connection ->
            val name = uniqueName("topology")
            val billing = topology {
                val orders = topicExchange("$name.orders")
                queue("$name.billing") { bind(orders, routingKey = "order.*.paid") }
            }
            connection.plan(billing).entries(Presence.MISSING) shouldHaveSize 3
            shouldThrow<TopologyException> { connection.verify(billing) }.message shouldContain
                "+ queue '$name.billing'"
            connection.apply(billing).requireComplete()
            connection.plan(billing).entries(Presence.EQUAL) shouldHaveSize 2
            connection.verify(billing)
            connection.delete(billing).requireComplete()
            connection.plan(billing).isFulfilled shouldBe false
        }

        connected(
            "all kinds of exchanges and queues that are described are taken, and are equal the second time",
            Capability.QUORUM_QUEUES,
            Capability.STREAMS,
        ) { connection ->
            val name = uniqueName("all")
            val all = topology {
                val unrouted = fanoutExchange("$name.unrouted")
                val orders = topicExchange("$name.orders") { alternateExchange = unrouted.name() }
                val headers = headersExchange("$name.headers") { bind(orders, routingKey = "#") }
                queue("$name.classic") {
                    classic { maxPriority = 5 }
                    messageTtl = 1.seconds
                    maxLength = 10
                    deadLetterTo(unrouted.name())
                    bind(headers) {
                        header("size", "L")
                        headerPresent("gift")
                    }
                }
                queue("$name.quorum") {
                    quorum { deliveryLimit = 3 }
                    retries(after = listOf(1.seconds, 30.seconds))
                    bind(orders, routingKey = "order.#")
                }
                queue("$name.stream") {
                    stream { maxAge = 3600.seconds }
                    bind(orders, routingKey = "#")
                }
                queue("$name.unrouted") { bind(unrouted) }
            }
            repeat(2) { connection.apply(all).requireComplete() }
            connection.plan(all).entries(Presence.EQUAL) shouldHaveSize 10
            connection.delete(all, ifUnused = false, ifEmpty = false).requireComplete()
        }

        connected(
            "what a consumer cannot handle comes back later and later, and is parked in the end",
            Capability.QUORUM_QUEUES,
        ) { connection ->
            val work = uniqueName("work")
            lateinit var ladder: RetryLadder
            val described = topology {
                queue(work) {
                    quorum()
                    ladder = retries(after = listOf(100.milliseconds, 200.milliseconds))
                }
            }
            connection.apply(described).requireComplete()
            connection.channel {
                val message = OutboundMessage.toQueue(work, "7".encodeToByteArray())
                publish(message.withProperties(BasicProperties.builder().messageId("seven").build()))
                val retries = ArrayList<Int>()
                consume(work).take(3).collect { delivery ->
                    retries += ladder.retriesOf(delivery)
                    publish(ladder.next(delivery))
                    delivery.ack()
                }
                retries shouldBe listOf(0, 1, 2)
                val parked = consume("$work.parked").first()
                parked.number shouldBe 7
                parked.properties().messageId() shouldBe "seven"
                parked.properties().header(RetryLadder.FIRST_ROUTING_KEY) shouldBe work
                parked.ack()
            }
            connection.delete(described, ifUnused = false).requireComplete()
        }

        connected("what a consumer rejects is parked at once", Capability.QUORUM_QUEUES) { connection ->
            val work = uniqueName("work")
            val described = topology {
                queue(work) {
                    quorum()
                    retries(after = listOf(30.seconds))
                }
            }
            connection.apply(described).requireComplete()
            connection.channel {
                publish(numbered(work, 1))
                consume(work).first().reject(false)
                consume("$work.parked").take(1).toList().onEach { it.ack() }.map { it.number } shouldBe listOf(1)
            }
            connection.delete(described, ifUnused = false).requireComplete()
        }
    })
