package dev.leveret.coroutines.broker

import dev.leveret.amqp.api.AmqpException
import dev.leveret.amqp.api.ChannelClosedException
import dev.leveret.amqp.api.ConsumerCancelledException
import dev.leveret.amqp.api.SettlementException
import dev.leveret.testkit.Capability
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.supervisorScope
import kotlin.random.Random
import kotlin.time.Duration.Companion.microseconds
import kotlin.time.Duration.Companion.milliseconds

class ConsumeBrokerTest :
    StringSpec({
        connected("what is acknowledged is gone, in the order in which it was published") { connection ->
            connection.channel {
                val queue = queueOf(1..500)
                val numbers = consume(queue, prefetch = 20).take(500).map { delivery ->
                    delivery.number.also { delivery.ack() }
                }
                numbers.toList() shouldContainExactly (1..500).toList()
                get(queue).shouldBeNull()
            }
        }

        connected("when collecting is cancelled, all that is not acknowledged is read again by another") { connection ->
            connection.channel {
                val queue = queueOf(1..50)
                coroutineScope {
                    val held = CompletableDeferred<Unit>()
                    val collecting = launch {
                        consume(queue, prefetch = 20).collect { delivery ->
                            if (delivery.number < 5) {
                                delivery.ack()
                            } else {
                                held.complete(Unit)
                                awaitCancellation()
                            }
                        }
                    }
                    held.await()
                    collecting.cancelAndJoin()
                }
                isOpen shouldBe true
                // 1 to 4 were acknowledged, 5 stays with the collector for as long as this channel is open.
                connection.channel {
                    consume(queue, prefetch = 7).take(45).map { delivery -> delivery.number.also { delivery.ack() } }
                        .toList() shouldContainExactlyInAnyOrder (6..50).toList()
                }
                close()
                connection.channel {
                    val last = consume(queue).first()
                    last.number shouldBe 5
                    last.redelivered() shouldBe true
                    last.ack()
                }
            }
        }

        connected(
            "no more than the prefetch is delivered and not acknowledged",
            Capability.PER_CONSUMER_QOS,
        ) { connection ->
            connection.channel {
                val queue = queueOf(1..20)
                coroutineScope {
                    val collecting = launch { consume(queue, prefetch = 3).collect { awaitCancellation() } }
                    connection.channel {
                        awaitCount(queue, 17)
                        delay(50.milliseconds) // time for a broker to send too much
                        awaitCount(queue, 17)
                        collecting.cancelAndJoin()
                        awaitCount(queue, 19)
                    }
                }
            }
        }

        connected("first() takes one and leaves the others in the queue") { connection ->
            connection.channel {
                val queue = queueOf(1..20)
                val first = consume(queue, prefetch = 10).first()
                first.number shouldBe 1
                first.ack()
                shouldThrow<SettlementException> { first.ack() }
                awaitCount(queue, 19)
            }
        }

        connected("two flows of one channel share a queue") { connection ->
            connection.channel {
                val queue = queueOf(1..200)
                val numbers = coroutineScope {
                    List(2) {
                        async {
                            consume(queue, prefetch = 5).take(100).map { delivery ->
                                delivery.number.also { delivery.ack() }
                            }.toList()
                        }
                    }.flatMap { it.await() }
                }
                // What one of them gave back when it had its hundred, the other got.
                numbers shouldContainExactlyInAnyOrder (1..200).toList()
            }
        }

        connected("when the queue is deleted, the flow fails", Capability.CONSUMER_CANCEL_NOTIFY) { connection ->
            connection.channel {
                val queue = queueOf(1..1)
                val failure = supervisorScope {
                    val seen = CompletableDeferred<Unit>()
                    val collecting = async {
                        consume(queue).collect {
                            it.ack()
                            seen.complete(Unit)
                        }
                    }
                    seen.await()
                    connection.channel { deleteQueue(queue) }
                    runCatching { collecting.await() }.exceptionOrNull()
                }
                failure.shouldBeInstanceOf<ConsumerCancelledException>()
                isOpen shouldBe true
            }
        }

        connected("when the channel is closed by the broker, the flow fails", Capability.CHANNEL_ERRORS) { connection ->
            val broken = connection.openChannel()
            val queue = broken.queueOf(1..10)
            val failure = supervisorScope {
                val seen = CompletableDeferred<Unit>()
                val collecting = async {
                    broken.consume(queue).collect {
                        seen.complete(Unit)
                        while (broken.isOpen) delay(1.milliseconds)
                    }
                }
                seen.await()
                shouldThrow<ChannelClosedException> { broken.declareQueuePassive(uniqueName("missing")) }
                runCatching { collecting.await() }.exceptionOrNull()
            }
            failure.shouldBeInstanceOf<ChannelClosedException>().replyCode() shouldBe 404
            connection.channel { awaitCount(queue, 10) }
        }

        connected("consuming from a queue that does not exist fails", Capability.CHANNEL_ERRORS) { connection ->
            connection.channel {
                shouldThrow<AmqpException> { consume(uniqueName("missing")).collect() }
            }
        }

        connected("recover brings everything again that is not acknowledged") { connection ->
            connection.channel {
                val queue = queueOf(1..3)
                coroutineScope {
                    val numbers = ArrayList<Int>()
                    val all = async { consume(queue).take(6).collect { numbers += it.number } }
                    while (numbers.size < 3) delay(1.milliseconds)
                    recover()
                    all.await()
                    numbers shouldContainExactlyInAnyOrder listOf(1, 2, 3, 1, 2, 3)
                }
            }
        }

        connected(
            "whenever collecting is cancelled, at last each message has been acknowledged exactly once",
        ) { connection ->
            connection.channel {
                val random = Random(1)
                val queue = queueOf(1..300)
                val acknowledged = ArrayList<Int>()
                var rounds = 0
                while (acknowledged.size < 300) {
                    check(++rounds < 5_000) { "only ${acknowledged.size} of 300" }
                    coroutineScope {
                        val collecting = launch {
                            consume(queue, prefetch = random.nextInt(1, 30)).collect { delivery ->
                                delivery.ack()
                                acknowledged += delivery.number
                                delay(random.nextInt(300).microseconds)
                            }
                        }
                        // Longer and longer, so that a busy machine gets somewhere too.
                        delay(random.nextInt(6_000 + 20 * rounds).microseconds)
                        collecting.cancelAndJoin()
                    }
                }
                acknowledged.sorted() shouldContainExactly (1..300).toList()
                isOpen shouldBe true
                get(queue).shouldBeNull()
            }
        }

        connected("a slow collector without a prefetch stops the reading, and gets everything in order") { connection ->
            connection.channel {
                val queue = queueOf(1..2_000)
                val numbers = consume(queue, prefetch = 0) { buffer(messages = 10) }.take(2_000).map { delivery ->
                    if (delivery.number % 500 == 1) delay(20.milliseconds)
                    delivery.number.also { delivery.ack() }
                }
                numbers.toList() shouldContainExactly (1..2_000).toList()
                get(queue).shouldBeNull()
            }
        }

        connected("first() without a prefetch gives all the others back, and reading goes on") { connection ->
            connection.channel {
                val queue = queueOf(1..2_000)
                val first = consume(queue, prefetch = 0) { buffer(messages = 10) }.first()
                first.number shouldBe 1
                first.ack()
                awaitCount(queue, 1_999)
                // The channel is as good as before.
                consume(queue).take(1_999).map { delivery -> delivery.number.also { delivery.ack() } }
                    .toList() shouldContainExactlyInAnyOrder (2..2_000).toList()
            }
        }

        connected("what is acknowledged automatically comes in order, however slow the collector is") { connection ->
            connection.channel {
                val queue = queueOf(1..1_000)
                val numbers = consume(queue) {
                    autoAck = true
                    buffer(messages = 10)
                }.take(1_000).map { delivery ->
                    if (delivery.number % 200 == 1) delay(20.milliseconds)
                    delivery.number
                }
                numbers.toList() shouldContainExactly (1..1_000).toList()
                get(queue).shouldBeNull()
            }
        }

        connected("acknowledgements that are gathered all arrive") { connection ->
            connection.channel {
                val queue = queueOf(1..95)
                connection.channel {
                    consume(queue, prefetch = 40) { ackBatch(size = 10, delay = 50.milliseconds) }
                        .take(95)
                        .collect { it.ack() }
                }
                // The channel is closed: an acknowledgement that was not sent would have its message here again.
                get(queue).shouldBeNull()
            }
        }

        connected("a pull outlasts an idle time and gives the rest back") { connection ->
            connection.channel {
                val queue = exclusiveQueue()
                pull(queue, prefetch = 10) {
                    receive(20.milliseconds).shouldBeNull()
                    (1..5).forEach { send(numbered(queue, it)) }
                    val numbers = List(3) { receive().also { it.ack() }.number }
                    numbers shouldContainExactly listOf(1, 2, 3)
                }
                awaitCount(queue, 2)
            }
        }
    })
