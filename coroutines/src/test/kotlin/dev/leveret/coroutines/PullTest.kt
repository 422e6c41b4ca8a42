package dev.leveret.coroutines

import dev.leveret.amqp.api.ChannelClosedException
import dev.leveret.amqp.api.ConsumerCancelledException
import dev.leveret.coroutines.fake.FakeChannel
import dev.leveret.coroutines.fake.FakeConsumer
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.advanceTimeBy
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** [AmqpChannel.pull]. */
@OptIn(ExperimentalCoroutinesApi::class)
class PullTest :
    StringSpec({
        "the consumer lasts between calls, in order, and ends with the block" {
            runTest {
                val pull = pulling { List(3) { receive().deliveryTag() } }
                pull.fake.start()
                pull.fake.deliver(1, 2)
                runCurrent()
                pull.fake.cancels shouldBe 0
                pull.fake.deliver(3, 4)
                runCurrent()
                pull.fake.cancels shouldBe 1
                pull.result.isCompleted shouldBe false
                pull.fake.cancelOk()
                pull.result.await() shouldContainExactly listOf(1L, 2L, 3L)
                pull.fake.fates shouldContainExactly List(3) { "unsettled" } + "requeue"
            }
        }

        "a timeout returns null, and what comes later is for the next call" {
            runTest {
                val pull = pulling { listOf(receive(5.seconds), receive(5.seconds)).map { it?.deliveryTag() } }
                pull.fake.start()
                runCurrent()
                advanceTimeBy(5.seconds)
                runCurrent()
                pull.fake.deliver(1)
                runCurrent()
                pull.fake.cancelOk()
                pull.result.await() shouldContainExactly listOf(null, 1L)
            }
        }

        "a delivery that comes together with the timeout is returned or kept, not lost" {
            runTest {
                val pull =
                    pulling { listOfNotNull(receive(5.seconds), receive(Duration.ZERO)).map { it.deliveryTag() } }
                pull.fake.start()
                runCurrent()
                launch {
                    delay(5.seconds)
                    pull.fake.deliver(1)
                }
                advanceTimeBy(6.seconds)
                runCurrent()
                pull.fake.cancelOk()
                pull.result.await() shouldContainExactly listOf(1L)
            }
        }

        "no time at all takes what is there, and does not wait" {
            runTest {
                val pull = pulling {
                    delay(1.seconds)
                    List(2) { receive(Duration.ZERO)?.deliveryTag() }
                }
                pull.fake.start()
                pull.fake.deliver(1)
                advanceTimeBy(2.seconds)
                pull.fake.cancelOk()
                pull.result.await() shouldContainExactly listOf(1L, null)
            }
        }

        "several coroutines receive, and each delivery goes to one of them" {
            runTest {
                val pull = pulling {
                    coroutineScope { List(3) { async { receive(9.seconds)?.deliveryTag() } }.awaitAll() }
                }
                pull.fake.start()
                runCurrent()
                pull.fake.deliver(1, 2)
                advanceTimeBy(10.seconds)
                runCurrent()
                pull.fake.cancelOk()
                pull.result.await().filterNotNull().sorted() shouldContainExactly listOf(1L, 2L)
            }
        }

        "a receiver that is cancelled when its delivery has come leaves it to the next" {
            runTest {
                val pull = pulling {
                    coroutineScope {
                        val impatient = launch { receive() }
                        delay(1.seconds)
                        impatient.cancel()
                    }
                    receive().deliveryTag()
                }
                pull.fake.start()
                runCurrent()
                launch {
                    delay(1.seconds)
                    pull.fake.deliver(1)
                }
                advanceTimeBy(2.seconds)
                runCurrent()
                if (pull.fake.cancels == 0) pull.fake.deliver(2) // the first was taken before the cancellation
                runCurrent()
                pull.fake.cancelOk()
                pull.result.await() shouldBe 1L
            }
        }

        "cancelled, it ends the consumer and gives back what nobody has received" {
            runTest {
                val pull = pulling { awaitCancellation() }
                pull.fake.start()
                pull.fake.deliver(1, 2)
                runCurrent()
                pull.result.cancel()
                runCurrent()
                pull.fake.cancelOk()
                runCurrent()
                pull.result.isCancelled shouldBe true
                pull.fake.fates shouldContainExactly listOf("requeue", "requeue")
            }
        }

        "when the broker cancels the consumer, receiving fails after what was delivered before" {
            runTest {
                val pull = pulling {
                    receive().deliveryTag() shouldBe 1L
                    shouldThrow<ConsumerCancelledException> { receive(Duration.ZERO) }
                    shouldThrow<ConsumerCancelledException> { receive(1.seconds) }
                    shouldThrow<ConsumerCancelledException> { receive() }.message
                }
                pull.fake.start()
                pull.fake.deliver(1)
                pull.fake.fail(ConsumerCancelledException("queue deleted"))
                runCurrent()
                pull.result.await() shouldBe "queue deleted"
            }
        }

        "when this side ends the consumer, receiving says so" {
            runTest {
                lateinit var kept: AmqpConsumer
                val pull = pulling { kept = this }
                pull.fake.start()
                runCurrent()
                pull.fake.cancelOk()
                pull.result.await()
                shouldThrow<ConsumerCancelledException> { kept.receive() }
                shouldThrow<ConsumerCancelledException> { kept.receive(Duration.ZERO) }
            }
        }

        "a consumer that the broker refuses fails the pull before its block" {
            runTest {
                val pull = pulling { error("not reached") }
                pull.fake.started.completeExceptionally(ChannelClosedException("no", 404, true, "basic.consume", null))
                shouldThrow<ChannelClosedException> { pull.result.await() }
            }
        }

        "reading stops while too much waits to be received" {
            runTest {
                val pull = pulling({ buffer(messages = 2) }) {
                    delay(1.seconds)
                    receive()
                    receive()
                    delay(1.seconds)
                }
                pull.fake.start()
                pull.fake.deliver(1, 2, 3)
                pull.fake.reading shouldBe false
                advanceTimeBy(1.5.seconds)
                pull.fake.reading shouldBe true
                pull.result.cancel()
                runCurrent()
                pull.fake.cancelOk()
            }
        }

        "nothing is received from an empty queue" {
            runTest {
                val pull = pulling { receive(1.seconds) }
                pull.fake.start()
                advanceTimeBy(2.seconds)
                pull.fake.cancelOk()
                pull.result.await().shouldBeNull()
            }
        }
    })

private class Pulling<T>(val fake: FakeConsumer, val result: Deferred<T>)

@OptIn(ExperimentalCoroutinesApi::class)
private fun <T> TestScope.pulling(
    configure: ConsumeBuilder.() -> Unit = {},
    block: suspend AmqpConsumer.() -> T,
): Pulling<T> {
    val channel = FakeChannel()
    // Of its own, so that a pull that fails does not fail the test.
    val supervisor = SupervisorJob(backgroundScope.coroutineContext.job)
    val scope = CoroutineScope(backgroundScope.coroutineContext + supervisor)
    val result = scope.async { AmqpChannel(channel).pull("orders", prefetch = 10, configure, block) }
    runCurrent()
    return Pulling(channel.consumers.single(), result)
}
