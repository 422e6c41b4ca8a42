package dev.leveret.coroutines

import dev.leveret.amqp.api.BindingSpec
import dev.leveret.amqp.api.DeadLetterStrategy
import dev.leveret.amqp.api.DelayedRetryType
import dev.leveret.amqp.api.ExchangeSpec
import dev.leveret.amqp.api.HeadersMatch
import dev.leveret.amqp.api.LeaderLocator
import dev.leveret.amqp.api.Overflow
import dev.leveret.amqp.api.QueueSpec
import dev.leveret.amqp.api.QueueType
import dev.leveret.amqp.api.Topology
import dev.leveret.amqp.topology.RetryLadder
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes
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
                            .withDeliveryLimit(5)
                            .withDeadLetterExchange("orders.dead"),
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
                        overflow = Overflow.REJECT_PUBLISH
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

        "each type of exchange has what the Java value of it has" {
            topology {
                localRandomExchange("a")
                randomExchange("b")
                consistentHashExchange("c")
                consistentHashExchange("d", hashHeader = "customer")
                consistentHashExchange("e", hashProperty = "message_id") { alternateExchange = "a" }
                modulusHashExchange("f")
                recentHistoryExchange("g", length = 20)
                delayedMessageExchange("h", routesAs = "direct") { durable = false }
            }.exchanges() shouldBe
                listOf(
                    ExchangeSpec.localRandom("a"),
                    ExchangeSpec.random("b"),
                    ExchangeSpec.consistentHash("c"),
                    ExchangeSpec.consistentHash("d").withHashHeader("customer"),
                    ExchangeSpec.consistentHash("e").withHashProperty("message_id").withAlternateExchange("a"),
                    ExchangeSpec.modulusHash("f"),
                    ExchangeSpec.recentHistory("g", 20),
                    ExchangeSpec.delayedMessage("h", "direct").withDurable(false),
                )
            refusal {
                consistentHashExchange("c", hashHeader = "a", hashProperty = "message_id")
            } shouldContain "both a hashHeader and a hashProperty"
            refusal { recentHistoryExchange("g", length = 0) } shouldContain "x-recent-history-length"
            refusal {
                consistentHashExchange("c", hashHeader = "a") { argument("hash-header", "b") }
            } shouldContain "hash-header twice"
        }

        "each type of queue has what the Java value of it has" {
            val minute = java.time.Duration.ofMinutes(1)
            topology {
                queue("classic") {
                    classic {
                        maxPriority = 10
                        version = 2
                        lazy = true
                        leaderLocator = LeaderLocator.BALANCED
                    }
                }
                queue("quorum") {
                    quorum {
                        deliveryLimit = 7
                        initialGroupSize = 3
                        targetGroupSize = 5
                        deadLetterStrategy = DeadLetterStrategy.AT_LEAST_ONCE
                        leaderLocator = LeaderLocator.CLIENT_LOCAL
                        consumerTimeout = 1.minutes
                        consumerDisconnectedTimeout = 1.minutes
                        delayedRetry(DelayedRetryType.FAILED, min = 1.seconds, max = 1.minutes)
                    }
                }
                queue("unlimited") { quorum { unlimitedDeliveries() } }
                queue("stream") {
                    maxLengthBytes = 1_000_000_000
                    stream {
                        maxAge = 7.days
                        maxSegmentSizeBytes = 1_000_000
                        filterSizeBytes = 16
                        initialClusterSize = 3
                        leaderLocator = LeaderLocator.BALANCED
                    }
                }
            }.queues() shouldBe
                listOf(
                    QueueSpec
                        .classic("classic")
                        .withMaxPriority(10)
                        .withVersion(2)
                        .withLazyMode()
                        .withLeaderLocator(LeaderLocator.BALANCED),
                    QueueSpec
                        .quorum("quorum")
                        .withDeliveryLimit(7)
                        .withInitialGroupSize(3)
                        .withTargetGroupSize(5)
                        .withDeadLetterStrategy(DeadLetterStrategy.AT_LEAST_ONCE)
                        .withLeaderLocator(LeaderLocator.CLIENT_LOCAL)
                        .withConsumerTimeout(minute)
                        .withConsumerDisconnectedTimeout(minute)
                        .withDelayedRetry(DelayedRetryType.FAILED, java.time.Duration.ofSeconds(1), minute),
                    QueueSpec.quorum("unlimited").withUnlimitedDeliveries(),
                    QueueSpec
                        .stream("stream")
                        .withMaxLengthBytes(1_000_000_000)
                        .withMaxAge(java.time.Duration.ofDays(7))
                        .withMaxSegmentSizeBytes(1_000_000)
                        .withStreamFilterSizeBytes(16)
                        .withInitialClusterSize(3)
                        .withLeaderLocator(LeaderLocator.BALANCED),
                )
        }

        "a binding has what the Java value of it has" {
            topology {
                val headers = headersExchange("headers")
                val hash = consistentHashExchange("hash")
                queue("a") {
                    bind(headers) {
                        match = HeadersMatch.ANY_WITH_X
                        header("size", "L")
                        headerPresent("x-gift")
                    }
                    bindByWeight(hash, weight = 2)
                }
            }.bindings() shouldBe
                listOf(
                    BindingSpec
                        .toQueue("headers", "a", "")
                        .withHeader("size", "L")
                        .withHeaderPresent("x-gift")
                        .withMatch(HeadersMatch.ANY_WITH_X),
                    BindingSpec.toQueueByWeight("hash", "a", 2),
                )
        }

        "retries are queues that lead back, and a parking lot for what is dead" {
            val ladder = RetryLadder.of("orders", java.time.Duration.ofSeconds(1), java.time.Duration.ofMinutes(10))
            val described = topology {
                queue("orders") {
                    quorum { deliveryLimit = 5 }
                    retries(after = listOf(1.seconds, 10.minutes)) shouldBe ladder
                }
                queue("mails") { retries(after = listOf(1.seconds), parkingLot = "lost.mails") }
            }
            described.queues() shouldBe
                listOf(ladder.on(QueueSpec.quorum("orders").withDeliveryLimit(5))) +
                ladder.queues(QueueType.QUORUM) +
                listOf(
                    QueueSpec.of("mails").withDeadLetterExchange("", "lost.mails"),
                    QueueSpec
                        .classic("mails.retry.1s")
                        .withMessageTtl(java.time.Duration.ofSeconds(1))
                        .withDeadLetterExchange("", "mails"),
                    QueueSpec.classic("lost.mails"),
                )
            refusal {
                queue("log") {
                    stream()
                    retries(after = listOf(1.seconds))
                }
            } shouldContain "x-dead-letter-exchange"
            refusal { queue("a") { retries(after = emptyList()) } } shouldContain "no delays"
            refusal {
                queue("a") {
                    retries(after = listOf(1.seconds))
                    retries(after = listOf(2.seconds))
                }
            } shouldContain "retries twice"
        }

        "what no version of RabbitMQ takes is refused where it is described" {
            refusal {
                queue("mine") {
                    quorum()
                    exclusive = true
                }
            } shouldContain "queue 'mine' cannot be exclusive: a quorum queue is durable and everybody's"
            refusal {
                queue("a") {
                    quorum()
                    argument("x-max-priority", 5)
                }
            } shouldContain "refuses for a quorum queue: x-max-priority"
        }

        "what only some versions take is told for a version" {
            val described = topology { queue("a") { classic { version = 1 } } }
            described.problemsOn("4.0").size shouldBe 0
            described.problemsOn("4.3").single().toString() shouldContain "queue 'a' has x-queue-version 1"
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
                        .withMaxSegmentSizeBytes(1_000_000),
                    QueueSpec.quorum("work").withInitialGroupSize(3),
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
            refusal { queue("a") { messageTtl = kotlin.time.Duration.INFINITE } } shouldContain "x-message-ttl"
            refusal { queue("a") { expires = 0.seconds } } shouldContain "x-expires"
            refusal { queue("a") { maxLength = -1 } } shouldContain "x-max-length"
            refusal { queue("a") { quorum { deliveryLimit = -1 } } } shouldContain "x-delivery-limit"
            refusal { queue("a") { classic { maxPriority = 0 } } } shouldContain "x-max-priority"
            refusal { queue("a") { stream { maxAge = kotlin.time.Duration.INFINITE } } } shouldContain "maxAge"
        }
    })

private fun refusal(configure: TopologyBuilder.() -> Unit): String =
    shouldThrow<IllegalArgumentException> { topology(configure) }.message.orEmpty()
