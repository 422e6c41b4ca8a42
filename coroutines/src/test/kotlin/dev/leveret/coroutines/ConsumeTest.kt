package dev.leveret.coroutines

import dev.leveret.amqp.api.AmqpTimeoutException
import dev.leveret.amqp.api.ChannelClosedException
import dev.leveret.amqp.api.ConnectionLostException
import dev.leveret.amqp.api.ConsumeOptions
import dev.leveret.amqp.api.ConsumerCancelledException
import dev.leveret.amqp.api.Delivery
import dev.leveret.coroutines.fake.FakeChannel
import dev.leveret.coroutines.fake.FakeConsumer
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import io.kotest.matchers.types.shouldBeSameInstanceAs
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.Channel.Factory.UNLIMITED
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest

/** [AmqpChannel.consume], one situation after the other; [ConsumeInterleavingsTest] has them all at once. */
@OptIn(ExperimentalCoroutinesApi::class)
class ConsumeTest :
    StringSpec({
        "nothing is asked of the broker before the flow is collected" {
            val fake = FakeChannel()
            AmqpChannel(fake).consume("orders")
            fake.consumers.shouldBeEmpty()
        }

        "each collection is a consumer of its own, with the options of the flow" {
            runTest {
                val fake = FakeChannel()
                val flow =
                    AmqpChannel(fake).consume("orders", prefetch = 7) {
                        exclusive = true
                        priority = 5
                        argument("x-stream-offset", "first")
                    }
                val collectors = List(2) { launch { flow.collect() } }
                runCurrent()
                fake.consumers.map { it.options }.distinct() shouldBe
                    listOf(
                        ConsumeOptions
                            .of("orders")
                            .withPrefetch(7)
                            .withExclusive(true)
                            .withArgument("x-priority", 5)
                            .withArgument("x-stream-offset", "first")
                            .withBuffer(Int.MAX_VALUE, Long.MAX_VALUE),
                    )
                fake.consumers.size shouldBe 2
                collectors.forEach { it.cancel() }
            }
        }

        "a prefetch that there is not and a queue without a name are refused before collecting" {
            val channel = AmqpChannel(FakeChannel())
            shouldThrow<IllegalArgumentException> { channel.consume("orders", prefetch = -1) }
            shouldThrow<IllegalArgumentException> { channel.consume("orders", prefetch = 65_536) }
            shouldThrow<IllegalArgumentException> { channel.consume("") }
        }

        "deliveries are emitted in order, in the context of the collector" {
            runTest {
                val consumer = collecting {
                    val context = currentCoroutineContext()
                    map { it.also { currentCoroutineContext() shouldBeSameInstanceAs context } }.take(3).toList()
                }
                consumer.fake.start()
                consumer.fake.deliver(1, 2)
                runCurrent()
                consumer.fake.deliver(3)
                runCurrent()
                consumer.fake.cancelOk()
                consumer.result.await().map { it.deliveryTag() } shouldContainExactly listOf(1L, 2L, 3L)
                consumer.fake.fates shouldContainExactly listOf("unsettled", "unsettled", "unsettled")
            }
        }

        "first() keeps the first delivery and gives the others back, once the consumer is gone" {
            runTest {
                val consumer = collecting { first() }
                consumer.fake.start()
                consumer.fake.deliver(1, 2, 3)
                runCurrent()
                consumer.fake.cancels shouldBe 1
                consumer.result.isCompleted shouldBe false
                consumer.fake.put(4) // it was on its way
                consumer.fake.fates shouldContainExactly List(4) { "unsettled" }
                consumer.fake.cancelOk()
                consumer.result.await().ack()
                consumer.fake.fates shouldContainExactly listOf("ack", "requeue", "requeue", "requeue")
            }
        }

        "a collector that throws ends the consumer and throws its exception" {
            runTest {
                val consumer = collecting<Unit> { collect { throw IllegalStateException("no") } }
                consumer.fake.start()
                consumer.fake.deliver(1, 2)
                runCurrent()
                consumer.fake.cancelOk()
                shouldThrow<IllegalStateException> { consumer.result.await() }.message shouldBe "no"
                consumer.fake.fates shouldContainExactly listOf("unsettled", "requeue")
            }
        }

        "cancelled while it waits for a delivery, it ends the consumer" {
            runTest {
                val consumer = collecting { collect() }
                consumer.fake.start()
                runCurrent()
                consumer.result.cancel()
                runCurrent()
                consumer.fake.cancels shouldBe 1
                consumer.result.isCompleted shouldBe false
                consumer.fake.cancelOk()
                runCurrent()
                consumer.result.isCancelled shouldBe true
            }
        }

        "cancelled when deliveries have arrived and are not seen yet, it gives them back" {
            runTest {
                val consumer = collecting { collect() }
                consumer.fake.start()
                runCurrent()
                consumer.fake.deliver(1, 2) // wakes the collector, which is cancelled before it runs
                consumer.result.cancel()
                runCurrent()
                consumer.fake.fates shouldContainExactly listOf("unsettled", "unsettled")
                consumer.fake.cancelOk()
                runCurrent()
                consumer.fake.fates shouldContainExactly listOf("requeue", "requeue")
            }
        }

        "cancelled in the collector, it leaves the collector's delivery alone and gives the others back" {
            runTest {
                val consumer = collecting<Unit> { collect { awaitCancellation() } }
                consumer.fake.start()
                consumer.fake.deliver(1, 2)
                runCurrent()
                consumer.result.cancel()
                runCurrent()
                consumer.fake.cancelOk()
                runCurrent()
                consumer.fake.fates shouldContainExactly listOf("unsettled", "requeue")
            }
        }

        "cancelled before the broker has accepted the consumer, what is delivered all the same goes back" {
            runTest {
                val consumer = collecting { collect() }
                consumer.result.cancel()
                runCurrent()
                consumer.result.isCompleted shouldBe true
                consumer.fake.started.isCancelled shouldBe true
                consumer.fake.deliver(1, 2)
                consumer.fake.fates shouldContainExactly listOf("requeue", "requeue")
            }
        }

        "cancelled between the broker's answer and the collector's resumption, it cancels the consumer itself" {
            runTest {
                val consumer = collecting { collect() }
                consumer.fake.start()
                consumer.fake.deliver(1)
                consumer.result.cancel()
                runCurrent()
                consumer.fake.cancels shouldBe 1
                consumer.fake.deliver(2)
                consumer.fake.fates shouldContainExactly listOf("requeue", "requeue")
            }
        }

        "a consumer that the broker refuses fails the flow" {
            runTest {
                val consumer = collecting { collect() }
                val refusal = ChannelClosedException("no queue", 404, true, "basic.consume", null)
                consumer.fake.started.completeExceptionally(refusal)
                runCurrent()
                shouldThrow<ChannelClosedException> { consumer.result.await() }.replyCode() shouldBe 404
                consumer.fake.cancels shouldBe 0
            }
        }

        "when the broker cancels the consumer, the flow fails after what was delivered before" {
            runTest {
                val seen = ArrayList<Long>()
                val consumer = collecting { collect { seen += it.deliveryTag() } }
                consumer.fake.start()
                consumer.fake.deliver(1, 2)
                consumer.fake.fail(ConsumerCancelledException("queue deleted"))
                runCurrent()
                shouldThrow<ConsumerCancelledException> { consumer.result.await() }
                seen shouldContainExactly listOf(1L, 2L)
                consumer.fake.cancels shouldBe 0
                consumer.fake.fates shouldContainExactly listOf("unsettled", "unsettled")
            }
        }

        "when the channel ends, the flow fails without what had been delivered and cannot be settled any more" {
            runTest {
                val seen = ArrayList<Long>()
                val gate = CompletableDeferred<Unit>()
                val consumer = collecting {
                    collect {
                        seen += it.deliveryTag()
                        gate.await()
                    }
                }
                consumer.fake.start()
                consumer.fake.deliver(1, 2, 3)
                runCurrent()
                consumer.fake.channelEnds(ConnectionLostException("reset", null))
                gate.complete(Unit)
                runCurrent()
                shouldThrow<ConnectionLostException> { consumer.result.await() }
                seen shouldContainExactly listOf(1L)
                consumer.fake.cancels shouldBe 0
            }
        }

        "when the channel ends while nothing is delivered, the flow fails at once" {
            runTest {
                val consumer = collecting { collect() }
                consumer.fake.start()
                runCurrent()
                consumer.fake.channelEnds(ChannelClosedException("gone", 406, true, "basic.ack", null))
                runCurrent()
                shouldThrow<ChannelClosedException> { consumer.result.await() }
            }
        }

        "deliveries that something else has settled are not emitted" {
            runTest {
                val consumer = collecting { take(1).toList() }
                consumer.fake.start()
                consumer.fake.deliver(1, 2, prepare = { stale = true })
                consumer.fake.deliver(3)
                runCurrent()
                consumer.fake.cancelOk()
                consumer.result.await().single().deliveryTag() shouldBe 3
            }
        }

        "when the channel ends while the consumer is being cancelled, the collector gets what it asked for" {
            runTest {
                val consumer = collecting { first() }
                consumer.fake.start()
                consumer.fake.deliver(1, 2)
                runCurrent()
                consumer.fake.channelEnds(ConnectionLostException("reset", null))
                consumer.result.await().deliveryTag() shouldBe 1
                consumer.fake.fates shouldContainExactly listOf("unsettled", "unsettled")
            }
        }

        "when the broker does not answer the cancel, the collector's exception counts and late messages go back" {
            runTest {
                val consumer = collecting<Unit> { collect { throw IllegalStateException("no") } }
                consumer.fake.start()
                consumer.fake.deliver(1, 2)
                runCurrent()
                consumer.fake.cancelReply.completeExceptionally(AmqpTimeoutException("no basic.cancel-ok"))
                runCurrent()
                val failure = consumer.result.getCompletionExceptionOrNull()
                failure.shouldBeInstanceOf<IllegalStateException>()
                failure.suppressed.single().shouldBeInstanceOf<AmqpTimeoutException>()
                consumer.fake.deliver(3)
                consumer.fake.fates shouldContainExactly listOf("unsettled", "requeue", "requeue")
            }
        }

        "messages of a stream are not given back, it keeps them anyway" {
            runTest {
                val consumer = collecting { first() }
                consumer.fake.start()
                consumer.fake.deliver(1, 2, prepare = { ofStream = true })
                runCurrent()
                consumer.fake.cancelOk()
                consumer.result.await()
                consumer.fake.fates shouldContainExactly listOf("unsettled", "unsettled")
            }
        }

        "a slow collector leaves the others to wait, not to be lost" {
            runTest {
                val seen = ArrayList<Long>()
                val gate = CompletableDeferred<Unit>()
                val consumer = collecting {
                    take(5).collect {
                        gate.await()
                        seen += it.deliveryTag()
                    }
                }
                consumer.fake.start()
                (1..5).forEach {
                    consumer.fake.deliver(it)
                    runCurrent()
                }
                seen.shouldBeEmpty()
                gate.complete(Unit)
                runCurrent()
                consumer.fake.cancelOk()
                consumer.result.await()
                seen shouldContainExactly listOf(1L, 2L, 3L, 4L, 5L)
            }
        }

        "when more waits than may, reading stops until half of it is taken" {
            runTest {
                val gate = Channel<Unit>(UNLIMITED)
                val consumer = collecting(prefetch = 0, { buffer(messages = 4) }) { collect { gate.receive() } }
                consumer.fake.start()
                consumer.fake.deliver(1, 2, 3, 4)
                consumer.fake.reading shouldBe true
                consumer.fake.deliver(5)
                runCurrent() // 1 is taken: 2 to 5 wait
                consumer.fake.reading shouldBe false
                gate.send(Unit)
                runCurrent()
                consumer.fake.reading shouldBe false // 3 to 5
                gate.send(Unit)
                runCurrent()
                consumer.fake.reading shouldBe true // 4 and 5
            }
        }

        "what waits is bounded in bytes too" {
            runTest {
                val gate = CompletableDeferred<Unit>()
                val consumer = collecting(prefetch = 10, { buffer(bytes = 1_000) }) { collect { gate.await() } }
                consumer.fake.start()
                consumer.fake.deliver(1)
                runCurrent()
                consumer.fake.deliver(2, 3, prepare = { body = ByteArray(600) })
                consumer.fake.reading shouldBe false
                gate.complete(Unit)
                runCurrent()
                consumer.fake.reading shouldBe true
            }
        }

        "a flood before the collector knows that the consumer is accepted stops the reading as well" {
            runTest {
                val consumer = collecting<Unit>(prefetch = 0, { buffer(messages = 2) }) {
                    collect { awaitCancellation() }
                }
                consumer.fake.deliver(1, 2, 3)
                consumer.fake.reading shouldBe true // there is nothing yet to stop it with
                consumer.fake.start()
                consumer.fake.reading shouldBe false
                consumer.result.cancel()
                runCurrent()
                consumer.fake.reading shouldBe true
                consumer.fake.fates shouldContainExactly listOf("requeue", "requeue", "requeue")
            }
        }

        "cancelled while reading is stopped, it reads on for the answer and gives back what exceeds the bounds" {
            runTest {
                val consumer = collecting<Unit>(prefetch = 0, { buffer(messages = 2) }) {
                    collect { awaitCancellation() }
                }
                consumer.fake.start()
                consumer.fake.deliver(1, 2, 3, 4)
                runCurrent()
                consumer.fake.reading shouldBe false
                consumer.result.cancel()
                runCurrent()
                consumer.fake.cancels shouldBe 1
                consumer.fake.reading shouldBe true
                consumer.fake.deliver(5)
                consumer.fake.fates shouldContainExactly
                    listOf("unsettled", "unsettled", "unsettled", "unsettled", "requeue")
                consumer.fake.cancelOk()
                runCurrent()
                consumer.fake.fates shouldContainExactly listOf("unsettled") + List(4) { "requeue" }
                consumer.fake.reading shouldBe true
            }
        }

        "acknowledged automatically, deliveries are emitted though nobody can settle them, also after the channel" {
            runTest {
                val seen = ArrayList<Long>()
                val consumer = collecting(prefetch = 10, { autoAck = true }) { collect { seen += it.deliveryTag() } }
                consumer.fake.options.autoAck() shouldBe true
                consumer.fake.start()
                consumer.fake.deliver(1, 2)
                consumer.fake.channelEnds(ConnectionLostException("reset", null))
                runCurrent()
                shouldThrow<ConnectionLostException> { consumer.result.await() }
                seen shouldContainExactly listOf(1L, 2L)
            }
        }

        "acknowledged automatically, what the collector leaves is lost and nothing is sent for it" {
            runTest {
                val consumer = collecting(prefetch = 10, { autoAck = true }) { first() }
                consumer.fake.start()
                consumer.fake.deliver(1, 2)
                runCurrent()
                consumer.fake.cancelOk()
                consumer.result.await().deliveryTag() shouldBe 1
                consumer.fake.deliver(3)
                consumer.fake.deliveries.map { it.settleAttempts } shouldContainExactly listOf(0, 0, 0)
            }
        }
    })

private class Collecting<T>(val fake: FakeConsumer, val result: Deferred<T>)

/** Collects from a consumer that the test plays the broker of, up to where it waits to be accepted. */
@OptIn(ExperimentalCoroutinesApi::class)
private fun <T> TestScope.collecting(
    prefetch: Int = 10,
    configure: ConsumeBuilder.() -> Unit = {},
    collect: suspend Flow<Delivery>.() -> T,
): Collecting<T> {
    val channel = FakeChannel()
    // Of its own, so that a collection that fails does not fail the test.
    val supervisor = SupervisorJob(backgroundScope.coroutineContext.job)
    val scope = CoroutineScope(backgroundScope.coroutineContext + supervisor)
    val result = scope.async { AmqpChannel(channel).consume("orders", prefetch, configure).collect() }
    runCurrent()
    return Collecting(channel.consumers.single(), result)
}
