package dev.leveret.coroutines.broker

import dev.leveret.amqp.api.BindingSpec
import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.api.QueueSpec
import dev.leveret.coroutines.AmqpChannel
import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.publishAll
import dev.leveret.coroutines.use
import dev.leveret.testkit.Capability
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldBeUnique
import io.kotest.matchers.collections.shouldContainAll
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.ints.shouldBeLessThan
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import java.util.Collections.synchronizedList
import kotlin.random.Random
import kotlin.time.Duration.Companion.milliseconds

/**
 * The table of docs/kotlin.md, row by row, on brokers: each operation is cancelled a thousand times at any of its moments,
 * and the channel stays usable. Those of collecting, processing and calling are in the tests of those.
 */
class CancellationBrokerTest :
    StringSpec({
        connected("declaring, binding, purging: the next request gets its own answer") { connection ->
            connection.channel {
                val random = Random(1)
                val queue = exclusiveQueue()
                val requests = listOf<suspend () -> Unit>(
                    { declareQueuePassive(queue) },
                    { bind(BindingSpec.toQueue("amq.direct", queue, "key")) },
                    { declareExchangePassive("amq.direct") },
                    { purgeQueue(queue) },
                    { qos(random.nextInt(100)) },
                )
                repeat(1_000) { round ->
                    cancelledSomewhere(random) { requests.random(random)() }
                    if (round % 50 == 0) {
                        val name = uniqueName("declared")
                        declareQueue(QueueSpec.of(name).withExclusive(true)).name() shouldBe name
                        deleteQueue(name) shouldBe 0
                    }
                }
                isOpen shouldBe true
            }
        }

        onEachBroker("opening a channel: one that is opened all the same is closed") { broker ->
            val random = Random(1)
            connectAmqp("${broker.uri()}") { channelMax = 20 }.use { connection ->
                var refused = 0
                repeat(600) {
                    cancelledSomewhere(random) {
                        try {
                            connection.openChannel().close()
                        } catch (_: IllegalStateException) {
                            refused++ // those that are being closed still count
                            delay(1.milliseconds)
                        }
                    }
                }
                refused shouldBeLessThan 300
                // If one of them was left open, there would not be room for all.
                var opened: List<AmqpChannel> = emptyList()
                while (opened.size < connection.negotiated.channelMax()) {
                    opened.forEach { it.close() }
                    delay(10.milliseconds)
                    opened = buildList {
                        runCatching { repeat(connection.negotiated.channelMax()) { add(connection.openChannel()) } }
                    }
                }
            }
        }

        connected("starting to consume: no consumer is left behind, and no message with it") { connection ->
            connection.channel {
                val random = Random(1)
                val queue = queueOf(1..20)
                repeat(600) { cancelledSomewhere(random) { consume(queue, prefetch = 5).collect { it.nack(true) } } }
                while (declareQueuePassive(queue).consumerCount() > 0) delay(1.milliseconds)
                consume(queue).take(20).map { delivery -> delivery.number.also { delivery.ack() } }.toList().sorted()
                    .shouldContainExactly((1..20).toList())
            }
        }

        connected("publishing: what has returned is there once, anything else at most once") { connection ->
            connection.channel {
                val random = Random(1)
                val queue = exclusiveQueue()
                val confirmed = synchronizedList(ArrayList<Int>())
                repeat(1_500) { number ->
                    cancelledSomewhere(random) {
                        publish(numbered(queue, number))
                        confirmed += number
                    }
                }
                publish(numbered(queue, 9_999))
                val there = numbersIn(queue)
                there.shouldBeUnique()
                there shouldContainAll confirmed + 9_999
                withClue("some before and some after the confirm") { confirmed.size shouldBeLessThan 1_500 }
            }
        }

        onEachBroker(
            "waiting for room: what is cancelled is not sent, and what is sent is there once, in order",
        ) { broker ->
            val random = Random(1)
            // Full with the first message that the socket does not take.
            connectAmqp("${broker.uri()}") { outboundBuffer = 1 }.use { connection ->
                connection.channel {
                    val queue = exclusiveQueue()
                    val sent = ArrayList<Int>()
                    repeat(1_000) { number ->
                        cancelledSomewhere(random) {
                            room()
                            send(numbered(queue, number))
                            sent += number
                        }
                    }
                    send(numbered(queue, 9_999))
                    val there = numbersIn(queue, last = 9_999)
                    there.shouldBeUnique()
                    there shouldContainExactly there.sorted()
                    there shouldContainAll sent
                }
            }
        }

        connected("publishing a flow: its places are free again, and nothing is there twice") { connection ->
            connection.channel {
                val random = Random(1)
                val queue = exclusiveQueue()
                repeat(300) { round ->
                    cancelledSomewhere(random) {
                        publishAll((0 until 20).asFlow().map { numbered(queue, 20 * round + it) }, window = 4)
                    }
                }
                publishAll((6_000 until 6_100).asFlow().map { numbered(queue, it) }, window = 4) shouldBe 100
                val there = numbersIn(queue)
                there.shouldBeUnique()
                there shouldContainAll (6_000 until 6_100).toList()
            }
        }

        connected("fetching: a message that comes all the same goes back") { connection ->
            connection.channel {
                val random = Random(1)
                val queue = queueOf(1..10)
                val taken = synchronizedList(ArrayList<Int>())
                repeat(1_000) { round ->
                    cancelledSomewhere(random) {
                        val delivery = get(queue)?.delivery() ?: return@cancelledSomewhere
                        // No suspension before it is known what becomes of it.
                        if (round % 100 == 99) taken += delivery.number.also { delivery.ack() } else delivery.nack(true)
                    }
                }
                val left = ArrayList<Int>()
                consume(queue).take(10 - taken.size).collect {
                    left += it.number
                    it.ack()
                }
                (left + taken).sorted() shouldContainExactly (1..10).toList()
                get(queue).shouldBeNull()
            }
        }

        connected("receiving: a delivery that comes all the same is for the next one") { connection ->
            connection.channel {
                val random = Random(1)
                val queue = exclusiveQueue()
                val received = synchronizedList(ArrayList<Int>())
                pull(queue, prefetch = 10) {
                    repeat(1_000) { number ->
                        send(numbered(queue, number))
                        cancelledSomewhere(random) {
                            val delivery = if (number % 2 == 0) receive() else receive(timeout = 10.milliseconds)
                            received += delivery?.also { it.ack() }?.number ?: return@cancelledSomewhere
                        }
                    }
                    while (received.size <
                        1_000
                    ) {
                        receive().let { delivery -> received += delivery.number.also { delivery.ack() } }
                    }
                }
                received.sorted() shouldContainExactly (0 until 1_000).toList()
            }
        }

        connected("closing: it is closed", Capability.PUBLISHER_CONFIRMS) { connection ->
            val random = Random(1)
            repeat(300) {
                val channel = connection.openChannel()
                cancelledSomewhere(random) { channel.close() }
                channel.close()
                channel.isOpen shouldBe false
            }
            connection.isOpen shouldBe true
        }
    })

/** All that a queue has, taken out of it. */
private suspend fun AmqpChannel.numbersIn(queue: String, last: Int? = null): List<Int> {
    publish(OutboundMessage.toQueue(queue, "-1".encodeToByteArray()))
    val numbers = ArrayList<Int>()
    while (true) {
        val number = get(queue, autoAck = true)?.delivery()?.number ?: break
        if (number >= 0) numbers += number
    }
    if (last != null) numbers.last() shouldBe last
    return numbers
}
