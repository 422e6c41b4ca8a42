package dev.leveret.coroutines

import dev.leveret.amqp.api.BindingSpec
import dev.leveret.amqp.api.ExchangeSpec
import dev.leveret.amqp.api.QueueSpec
import dev.leveret.amqp.api.Topology
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

class TopologyTest :
    StringSpec({
        "exchanges, queues and bindings come out as values, in the order in which they were described" {
            topology {
                val orders = topicExchange("orders")
                fanoutExchange("orders.dead")
                queue("billing") {
                    quorum { deliveryLimit = 5 }
                    deadLetterTo(exchange = "orders.dead")
                    bind(orders, routingKey = "order.*.paid")
                    bind("amq.fanout")
                }
            } shouldBe
                Topology(
                    listOf(ExchangeSpec.topic("orders"), ExchangeSpec.fanout("orders.dead")),
                    listOf(
                        QueueSpec
                            .quorum("billing")
                            .withArgument("x-delivery-limit", 5)
                            .withArgument("x-dead-letter-exchange", "orders.dead"),
                    ),
                    listOf(
                        BindingSpec.toQueue("orders", "billing", "order.*.paid"),
                        BindingSpec.toQueue("amq.fanout", "billing", ""),
                    ),
                )
        }

        "each type of exchange has its name, and others are named by hand" {
            val described = topology {
                directExchange("a")
                fanoutExchange("b")
                topicExchange("c")
                headersExchange("d")
                exchange("e", type = "x-consistent-hash")
            }
            described.exchanges().map { it.type() } shouldBe
                listOf("direct", "fanout", "topic", "headers", "x-consistent-hash")
        }

        "an exchange has all that an exchange can have" {
            val described =
                topology {
                    directExchange("a") {
                        durable = false
                        autoDelete = true
                        internal = true
                        alternateExchange = "unrouted"
                        argument("x-other", 1)
                    }
                }
            described.exchanges().single() shouldBe
                ExchangeSpec(
                    "a",
                    "direct",
                    false,
                    true,
                    true,
                    mapOf("x-other" to 1, "alternate-exchange" to "unrouted"),
                )
        }

        "an exchange is bound to another, which is the source" {
            val described =
                topology {
                    val orders = topicExchange("orders")
                    fanoutExchange("audit") { bind(orders, routingKey = "#") }
                    headersExchange("large") {
                        bind("audit") {
                            argument("x-match", "any")
                            argument("size", "L")
                        }
                    }
                }
            described.bindings() shouldBe
                listOf(
                    BindingSpec.toExchange("orders", "audit", "#"),
                    BindingSpec
                        .toExchange("audit", "large", "")
                        .withArgument("x-match", "any")
                        .withArgument("size", "L"),
                )
        }

        "a queue has all that a queue can have" {
            val described =
                topology {
                    queue("a") {
                        durable = false
                        exclusive = true
                        autoDelete = true
                        classic { maxPriority = 3 }
                        messageTtl = 1500.milliseconds
                        expires = 2.days
                        maxLength = 10
                        maxLengthBytes = 1 shl 20
                        overflow = QueueOverflow.REJECT_PUBLISH
                        singleActiveConsumer = true
                        deadLetterTo(exchange = "", routingKey = "dead")
                        argument("x-other", "y")
                    }
                }
            described.queues().single() shouldBe
                QueueSpec(
                    "a",
                    false,
                    true,
                    true,
                    mapOf(
                        "x-queue-type" to "classic",
                        "x-max-priority" to 3,
                        "x-message-ttl" to 1500L,
                        "x-expires" to 172_800_000L,
                        "x-max-length" to 10L,
                        "x-max-length-bytes" to 1_048_576L,
                        "x-overflow" to "reject-publish",
                        "x-single-active-consumer" to true,
                        "x-dead-letter-exchange" to "",
                        "x-dead-letter-routing-key" to "dead",
                        "x-other" to "y",
                    ),
                )
        }

        "a queue is durable and of the default type unless said otherwise" {
            topology { queue("a") }.queues().single() shouldBe QueueSpec.of("a")
        }

        "streams and quorum queues have arguments of their own" {
            val described =
                topology {
                    queue("log") {
                        stream {
                            maxAge = 7.days
                            maxSegmentSizeBytes = 1_000_000
                        }
                    }
                    queue("work") { quorum { initialGroupSize = 3 } }
                }
            described.queues() shouldBe
                listOf(
                    QueueSpec
                        .stream("log")
                        .withArgument("x-max-age", "604800s")
                        .withArgument("x-stream-max-segment-size-bytes", 1_000_000L),
                    QueueSpec.quorum("work").withArgument("x-quorum-initial-group-size", 3),
                )
        }

        "saying the same twice is saying it once" {
            val described =
                topology {
                    repeat(2) {
                        topicExchange("orders")
                        queue("billing") { bind("orders", routingKey = "a") }
                    }
                }
            described.exchanges().size shouldBe 1
            described.queues().size shouldBe 1
            described.bindings().size shouldBe 1
        }

        "a name with two definitions is refused" {
            refusal {
                topicExchange("orders")
                fanoutExchange("orders")
            } shouldContain "exchange 'orders' is declared twice"
            refusal {
                queue("billing")
                queue("billing") { quorum() }
            } shouldContain "queue 'billing' is declared twice"
        }

        "a queue cannot be of two types" {
            refusal {
                queue("billing") {
                    quorum()
                    stream()
                }
            } shouldContain "queue 'billing' has the argument x-queue-type twice: quorum and stream"
        }

        "an argument cannot be given twice, by its property and by its name" {
            refusal {
                queue("billing") {
                    maxLength = 5
                    argument("x-max-length", 6)
                }
            } shouldContain "x-max-length twice"
        }

        "what has to have a name has one" {
            refusal { queue("") } shouldContain "a queue has no name"
            refusal { topicExchange("") } shouldContain "an exchange has no name"
            refusal { exchange("a", type = "") } shouldContain "exchange 'a' has no type"
            refusal { queue("a") { bind("") } } shouldContain "'a' is bound to the default exchange"
            refusal { queue("x".repeat(256)) } shouldContain "256 bytes"
        }

        "numbers and times are in their range" {
            refusal { queue("a") { messageTtl = (-1).seconds } } shouldContain "x-message-ttl"
            refusal { queue("a") { messageTtl = 60.days } } shouldContain "x-message-ttl"
            refusal { queue("a") { expires = 0.seconds } } shouldContain "x-expires"
            refusal { queue("a") { maxLength = -1 } } shouldContain "x-max-length"
            refusal { queue("a") { quorum { deliveryLimit = -1 } } } shouldContain "x-delivery-limit"
            refusal { queue("a") { classic { maxPriority = 0 } } } shouldContain "x-max-priority"
            refusal { queue("a") { stream { maxAge = kotlin.time.Duration.INFINITE } } } shouldContain "maxAge"
        }
    })

private fun refusal(configure: TopologyBuilder.() -> Unit): String =
    shouldThrow<IllegalArgumentException> { topology(configure) }.message.orEmpty()
