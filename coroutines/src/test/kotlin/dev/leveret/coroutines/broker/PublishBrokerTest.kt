package dev.leveret.coroutines.broker

import dev.leveret.amqp.api.ExchangeSpec
import dev.leveret.amqp.api.PublishException
import dev.leveret.amqp.api.PublishResult
import dev.leveret.coroutines.publish
import dev.leveret.coroutines.send
import dev.leveret.coroutines.topology
import dev.leveret.testkit.Capability
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch

class PublishBrokerTest :
    StringSpec({
        connected("what is confirmed can be fetched as it was", Capability.PUBLISHER_CONFIRMS) { connection ->
            connection.channel {
                val queue = exclusiveQueue()
                publish(exchange = "", routingKey = queue, body = "hello".toByteArray(), mandatory = true) {
                    contentType = "text/plain"
                    header("x-attempt", 1)
                }
                val fetched = get(queue).shouldNotBeNull()
                fetched.delivery().body().decodeToString() shouldBe "hello"
                fetched.delivery().properties().contentType() shouldBe "text/plain"
                fetched.delivery().properties().header("x-attempt") shouldBe 1
                fetched.delivery().ack()
                get(queue).shouldBeNull()
            }
        }

        connected("a mandatory message that nobody takes fails", Capability.PUBLISHER_CONFIRMS) { connection ->
            connection.channel {
                val failure = shouldThrow<PublishException> {
                    publish(exchange = "", routingKey = uniqueName("missing"), body = ByteArray(3), mandatory = true)
                }
                // Broker-J also refuses what it returns, and it may say that first.
                when (val result = failure.result()) {
                    is PublishResult.Returned -> result.message().replyCode() shouldBe 312
                    else -> result.shouldBeInstanceOf<PublishResult.Nacked>()
                }
                isOpen shouldBe true
            }
        }

        connected("thousands of publishes are in flight at once", Capability.PUBLISHER_CONFIRMS) { connection ->
            connection.channel {
                val queue = exclusiveQueue()
                coroutineScope {
                    repeat(3_000) { launch { publish(numbered(queue, it)) } }
                }
                purgeQueue(queue) shouldBe 3_000
            }
        }

        connected(
            "a message to an exchange that does not exist fails its publish",
            Capability.PUBLISHER_CONFIRMS,
        ) { connection ->
            connection.channel {
                val failure = shouldThrow<PublishException> {
                    publish(exchange = uniqueName("missing"), routingKey = "", body = ByteArray(3))
                }
                // Broker-J closes the connection instead of the channel, and names no publish.
                if (connection.serverInfo.product() == "RabbitMQ") {
                    failure.result().shouldBeInstanceOf<PublishResult.Rejected>()
                } else {
                    failure.result().shouldBeInstanceOf<PublishResult.Unknown>()
                }
            }
        }

        connected("a mandatory message that was merely sent comes back to who collects returns") { connection ->
            connection.channel {
                coroutineScope {
                    val returned = async(start = CoroutineStart.UNDISPATCHED) { returns.first() }
                    val nowhere = uniqueName("missing")
                    send(exchange = "", routingKey = nowhere, body = "back".toByteArray(), mandatory = true)
                    returned.await().routingKey() shouldBe nowhere
                    returned.await().body().decodeToString() shouldBe "back"
                }
            }
        }

        connected("a topology routes as it says") { connection ->
            val orders = uniqueName("orders")
            val billing = uniqueName("billing")
            connection.declare(
                topology {
                    topicExchange(orders) {
                        durable = false
                        autoDelete = true
                    }
                    queue(billing) {
                        durable = false
                        exclusive = true
                        bind(orders, routingKey = "order.*.paid")
                    }
                },
            )
            connection.channel {
                send(exchange = orders, routingKey = "order.1.shipped", body = "no".toByteArray())
                send(exchange = orders, routingKey = "order.2.paid", body = "yes".toByteArray())
                val delivery = consume(billing).first()
                delivery.body().decodeToString() shouldBe "yes"
                delivery.ack()
            }
        }

        connected("an exchange is bound to an exchange", Capability.EXCHANGE_TO_EXCHANGE) { connection ->
            val source = uniqueName("source")
            val audit = uniqueName("audit")
            connection.channel {
                listOf(source, audit).forEach {
                    declareExchange(ExchangeSpec.fanout(it).withDurable(false).withAutoDelete(true))
                }
            }
            val queue = uniqueName("queue")
            connection.declare(
                topology {
                    fanoutExchange(source) {
                        durable = false
                        autoDelete = true
                    }
                    fanoutExchange(audit) {
                        durable = false
                        autoDelete = true
                        bind(source)
                    }
                    queue(queue) {
                        durable = false
                        exclusive = true
                        bind(audit)
                    }
                },
            )
            connection.channel {
                send(exchange = source, routingKey = "", body = "through".toByteArray())
                consume(queue).first().body().decodeToString() shouldBe "through"
            }
        }

        connected(
            "a window publishes everything, in order, from one coroutine",
            Capability.PUBLISHER_CONFIRMS,
        ) { connection ->
            connection.channel {
                val queue = exclusiveQueue()
                room()
                publishWindow(size = 20) {
                    repeat(2_000) {
                        publish(numbered(queue, it))
                        check(unconfirmed <= 20) { "$unconfirmed are unconfirmed" }
                    }
                }
                val numbers = consume(queue).take(2_000).map { delivery -> delivery.number.also { delivery.ack() } }
                numbers.toList() shouldContainExactly (0 until 2_000).toList()
            }
        }

        connected(
            "a window tells each message's fate, and at the flush the first failure",
            Capability.PUBLISHER_CONFIRMS,
        ) { connection ->
            connection.channel {
                val queue = exclusiveQueue()
                val window = publishWindow(size = 5)
                val arrived = window.publish(exchange = "", routingKey = queue, body = ByteArray(1), mandatory = true)
                val lost =
                    window.publish(exchange = "", routingKey = uniqueName("no"), body = ByteArray(1), mandatory = true)
                arrived.await()
                runCatching { lost.await() }.exceptionOrNull().shouldBeInstanceOf<PublishException>()
                shouldThrow<PublishException> { window.flush() }
                window.flush()
                window.unconfirmed shouldBe 0
            }
        }
    })
