package dev.leveret.coroutines.broker

import dev.leveret.amqp.api.ConnectionEvent
import dev.leveret.amqp.api.ConnectionLostException
import dev.leveret.amqp.api.PublishException
import dev.leveret.coroutines.PublishAllException
import dev.leveret.coroutines.publish
import dev.leveret.coroutines.publishAll
import dev.leveret.testkit.Capability
import dev.leveret.testkit.proxy.Cut
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldBeUnique
import io.kotest.matchers.collections.shouldContainAll
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.yield
import java.util.Collections.synchronizedList
import kotlin.random.Random

class PublishAllBrokerTest :
    StringSpec({
        connected(
            "a flow is published in its order, and every message confirmed",
            Capability.PUBLISHER_CONFIRMS,
        ) { connection ->
            connection.channel {
                val queue = exclusiveQueue()
                publishAll((1..3_000).asFlow().map { numbered(queue, it) }, window = 100) shouldBe 3_000
                val numbers = consume(queue).take(3_000).map { delivery -> delivery.number.also { delivery.ack() } }
                numbers.toList() shouldContainExactly (1..3_000).toList()
            }
        }

        connected(
            "a message that no queue takes stops it, and the account is exact",
            Capability.PUBLISHER_CONFIRMS,
        ) { connection ->
            connection.channel {
                val queue = exclusiveQueue()
                val nowhere = uniqueName("missing")
                val failure = shouldThrow<PublishAllException> {
                    publishAll((1..1_000).asFlow().map { numbered(if (it == 300) nowhere else queue, it) }, window = 50)
                }
                failure.cause.shouldBeInstanceOf<PublishException>()
                failure.unconfirmed.single { it.result != null }.index shouldBe 299L
                purgeQueue(queue) shouldBe failure.confirmed
                isOpen shouldBe true
            }
        }

        cuttable("when the connection is lost, what is confirmed is there, and what is unknown may be") {
            connection.channel {
                val queue = sharedQueue()
                val messages = (1..5_000).asFlow().onEach {
                    if (it == 2_000) proxy.blackHole() // no confirm comes through any more
                    if (it == 2_100) {
                        proxy.cut(Cut.RST)
                        proxy.heal()
                        awaitEvent<ConnectionEvent.Lost>()
                    }
                }
                val failure =
                    shouldThrow<PublishAllException> {
                        publishAll(messages.map { numbered(queue, it) }, window = 5_000)
                    }
                awaitEvent<ConnectionEvent.Recovered>()
                failure.cause.shouldBeInstanceOf<PublishException>().cause.shouldBeInstanceOf<ConnectionLostException>()
                failure.unconfirmed.filter { it.isFailed }.shouldBeEmpty()
                val there = declareQueuePassive(queue).messageCount()
                val unknown = failure.unconfirmed.count { it.isUnknown }
                unknown shouldBeGreaterThan 90
                (there in failure.confirmed..failure.confirmed + unknown) shouldBe true
                deleteQueue(queue)
            }
        }

        connected(
            "thousands of coroutines share a channel to publish, many are cancelled, and no other notices",
        ) { connection ->
            connection.channel {
                val queue = exclusiveQueue()
                val confirmed = synchronizedList(ArrayList<Int>())
                val random = Random(1)
                coroutineScope {
                    val publishers = List(2_000) { publisher ->
                        launch {
                            repeat(2) {
                                publish(numbered(queue, 2 * publisher + it))
                                confirmed += 2 * publisher + it
                            }
                        }
                    }
                    repeat(500) {
                        publishers[random.nextInt(publishers.size)].cancelAndJoin()
                        if (it % 10 == 0) yield()
                    }
                }
                val there = ArrayList<Int>()
                val count = declareQueuePassive(queue).messageCount().toInt()
                consume(queue, prefetch = 1_000).take(count).collect {
                    there += it.number
                    it.ack()
                }
                there.shouldBeUnique()
                there shouldContainAll confirmed
                confirmed.size shouldBeGreaterThan 2_900
                publish(exchange = "", routingKey = queue, body = ByteArray(1), mandatory = true)
            }
        }
    })
