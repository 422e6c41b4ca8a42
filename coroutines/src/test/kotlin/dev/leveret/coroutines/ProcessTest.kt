package dev.leveret.coroutines

import dev.leveret.amqp.api.ChannelClosedException
import dev.leveret.amqp.api.ConnectionLostException
import dev.leveret.amqp.api.ConsumerCancelledException
import dev.leveret.amqp.api.Delivery
import dev.leveret.coroutines.fake.FakeChannel
import dev.leveret.coroutines.fake.FakeConsumer
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.job
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.advanceTimeBy
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import kotlin.time.Duration.Companion.seconds

/** [AmqpChannel.process], one situation after the other; [ProcessInterleavingsTest] has them all at once. */
@OptIn(ExperimentalCoroutinesApi::class)
class ProcessTest :
    StringSpec({
        "a delivery is acknowledged when its handler has returned, and not before" {
            runTest {
                val gate = CompletableDeferred<Unit>()
                val work = processing { gate.await() }
                work.fake.deliver(1, 2)
                runCurrent()
                work.fake.fates shouldContainExactly listOf("unsettled", "unsettled")
                gate.complete(Unit)
                runCurrent()
                work.fake.fates shouldContainExactly listOf("ack", "ack")
            }
        }

        "one at a time, they are handled in their order" {
            runTest {
                val seen = ArrayList<Long>()
                val work = processing {
                    delay((5 - it.deliveryTag()).seconds)
                    seen += it.deliveryTag()
                }
                work.fake.deliver(1, 2, 3)
                advanceTimeBy(20.seconds)
                seen shouldContainExactly listOf(1L, 2L, 3L)
            }
        }

        "no more than the concurrency run at once" {
            runTest {
                var running = 0
                var most = 0
                val work = processing(concurrency = 3) {
                    most = maxOf(most, ++running)
                    delay(1.seconds)
                    running--
                }
                work.fake.deliver(*(1..9).toList().toIntArray())
                advanceTimeBy(2.5.seconds)
                most shouldBe 3
                running shouldBe 3
                work.fake.fates.count { it == "ack" } shouldBe 6
            }
        }

        "those of one key are handled one after the other, and hold up no other key" {
            runTest {
                val began = ArrayList<Long>()
                val gates = List(10) { CompletableDeferred<Unit>() }
                val work = processing(concurrency = 3, key = { if (it.deliveryTag() <= 3) "a" else it.deliveryTag() }) {
                    began += it.deliveryTag()
                    gates[it.deliveryTag().toInt()].await()
                }
                work.fake.deliver(1, 2, 3, 4, 5, 6)
                runCurrent()
                began shouldContainExactly listOf(1L, 4L, 5L)
                gates[4].complete(Unit)
                runCurrent()
                began shouldContainExactly listOf(1L, 4L, 5L, 6L)
                gates[1].complete(Unit)
                runCurrent()
                began shouldContainExactly listOf(1L, 4L, 5L, 6L, 2L)
                gates.forEach { it.complete(Unit) }
                runCurrent()
                began.last() shouldBe 3L
                work.fake.fates shouldContainExactly List(6) { "ack" }
            }
        }

        "those without a key wait for no other" {
            runTest {
                val began = ArrayList<Long>()
                val work = processing(concurrency = 3, key = { null }) {
                    began += it.deliveryTag()
                    awaitCancellation()
                }
                work.fake.deliver(1, 2, 3, 4)
                runCurrent()
                began shouldContainExactly listOf(1L, 2L, 3L)
            }
        }

        "a failure stops the processing: the others are cancelled and, once the consumer is, all go back" {
            runTest {
                val gate = CompletableDeferred<Unit>()
                val work = processing(concurrency = 2) {
                    if (it.deliveryTag() == 2L) {
                        gate.await()
                        throw IllegalStateException("no")
                    }
                    awaitCancellation()
                }
                work.fake.deliver(1, 2, 3)
                runCurrent()
                gate.complete(Unit)
                runCurrent()
                work.fake.cancels shouldBe 1
                work.fake.fates shouldContainExactly List(3) { "unsettled" }
                work.fake.cancelOk()
                runCurrent()
                work.fake.fates shouldContainExactly List(3) { "requeue" }
                shouldThrow<IllegalStateException> { work.result.await() }.message shouldBe "no"
            }
        }

        "each policy does what it says" {
            runTest {
                listOf(
                    FailurePolicy.REQUEUE to listOf("requeue", "requeue"),
                    FailurePolicy.REJECT to listOf("drop", "drop"),
                    FailurePolicy.REQUEUE_ONCE to listOf("requeue", "drop"),
                    FailurePolicy { _, _ -> FailureAction.ACK } to listOf("ack", "ack"),
                ).forEach { (policy, fates) ->
                    val work = processing(onFailure = policy) { throw IllegalStateException("each time") }
                    work.fake.deliver(1)
                    work.fake.deliver(2, prepare = { redelivered = true })
                    runCurrent()
                    work.fake.fates shouldContainExactly fates
                    work.result.isActive shouldBe true
                    work.result.cancel()
                }
            }
        }

        "a policy may wait, and keeps the place of its handler meanwhile" {
            runTest {
                var handled = 0
                val slow = FailurePolicy { _, _ -> FailureAction.REQUEUE.also { delay(5.seconds) } }
                val work = processing(onFailure = slow) {
                    handled++
                    throw IllegalStateException("each time")
                }
                work.fake.deliver(1, 2)
                advanceTimeBy(4.seconds)
                handled shouldBe 1
                work.fake.fates shouldContainExactly listOf("unsettled", "unsettled")
                advanceTimeBy(2.seconds)
                handled shouldBe 2
                work.fake.fates shouldContainExactly listOf("requeue", "unsettled")
            }
        }

        "a policy that throws stops the processing with its exception, which has the handler's with it" {
            runTest {
                val work = processing(onFailure = { _, _ -> throw IllegalArgumentException("policy") }) {
                    throw IllegalStateException("handler")
                }
                work.fake.deliver(1)
                runCurrent()
                work.fake.cancelOk()
                val failure = shouldThrow<IllegalArgumentException> { work.result.await() }
                failure.allSuppressed().single().message shouldBe "handler"
                work.fake.fates shouldContainExactly listOf("requeue")
            }
        }

        "an error of the JVM is asked about nobody and stops the processing" {
            runTest {
                val work = processing(onFailure = FailurePolicy.REJECT) { throw StackOverflowError("deep") }
                work.fake.deliver(1)
                runCurrent()
                work.fake.cancelOk()
                shouldThrow<StackOverflowError> { work.result.await() }
                work.fake.fates shouldContainExactly listOf("requeue")
            }
        }

        "a timeout within a handler is a failure as any other" {
            runTest {
                val told = ArrayList<Exception>()
                val policy = FailurePolicy { _, failure -> FailureAction.REJECT.also { told += failure } }
                val work = processing(onFailure = policy) { withTimeout(1.seconds) { awaitCancellation() } }
                work.fake.deliver(1)
                advanceTimeBy(2.seconds)
                told.single().shouldBeInstanceOf<TimeoutCancellationException>()
                work.fake.fates shouldContainExactly listOf("drop")
            }
        }

        "a timeout within a handler that stops the processing is not taken for a cancellation" {
            runTest {
                val work = processing { withTimeout(1.seconds) { awaitCancellation() } }
                work.fake.deliver(1)
                advanceTimeBy(2.seconds)
                work.fake.cancelOk()
                runCurrent()
                work.result.isCancelled shouldBe true
                val failure = work.result.getCompletionExceptionOrNull()
                failure.shouldBeInstanceOf<IllegalStateException>().message shouldContain "cancelled from within"
            }
        }

        "cancelled, handlers are cancelled first, and their deliveries go back when the consumer has ended" {
            runTest {
                val work = processing(concurrency = 2) { awaitCancellation() }
                work.fake.deliver(1, 2, 3)
                runCurrent()
                work.result.cancel()
                runCurrent()
                work.result.isCompleted shouldBe false
                work.fake.fates shouldContainExactly List(3) { "unsettled" }
                work.fake.cancelOk()
                runCurrent()
                work.result.isCancelled shouldBe true
                work.fake.fates shouldContainExactly List(3) { "requeue" }
                work.fake.deliveries.map { it.settleAttempts } shouldContainExactly List(3) { 1 }
            }
        }

        "cancelled before a handler has begun, its delivery goes back as well" {
            runTest {
                val work = processing(concurrency = 2) { awaitCancellation() }
                work.fake.deliver(1)
                work.result.cancel()
                runCurrent()
                work.fake.cancelOk()
                runCurrent()
                work.fake.fates shouldContainExactly listOf("requeue")
            }
        }

        "a handler that returns although it is cancelled has its delivery acknowledged" {
            runTest {
                val work = processing { withContext(NonCancellable) { delay(5.seconds) } }
                work.fake.deliver(1, 2)
                runCurrent()
                work.result.cancel()
                runCurrent()
                work.fake.cancelOk()
                advanceTimeBy(6.seconds)
                work.result.isCancelled shouldBe true
                work.fake.fates shouldContainExactly listOf("ack", "requeue")
            }
        }

        "a handler that swallows its cancellation and returns has its delivery acknowledged" {
            runTest {
                val work = processing { runCatching { awaitCancellation() } }
                work.fake.deliver(1, 2)
                runCurrent()
                work.result.cancel()
                runCurrent()
                work.fake.cancelOk()
                runCurrent()
                work.fake.fates shouldContainExactly listOf("ack", "requeue")
            }
        }

        "what a handler has settled itself stays as it is" {
            runTest {
                val work = processing { it.nack(false) }
                work.fake.deliver(1)
                runCurrent()
                work.fake.fates shouldContainExactly listOf("drop")
                work.fake.deliveries.single().settleAttempts shouldBe 1
                work.result.isActive shouldBe true
            }
        }

        "a handler whose channel is lost meanwhile stops nothing, whether it returns or fails over that" {
            runTest {
                val gate = CompletableDeferred<Unit>()
                val work = processing(concurrency = 2) {
                    gate.await()
                    if (it.deliveryTag() == 1L) throw ConnectionLostException("the publish was lost", null)
                }
                work.fake.deliver(1, 2)
                runCurrent()
                work.fake.deliveries.forEach { it.stale = true }
                gate.complete(Unit)
                runCurrent()
                work.result.isActive shouldBe true
                work.fake.fates shouldContainExactly listOf("unsettled", "unsettled")
            }
        }

        "what has become stale before its handler began is not handled" {
            runTest {
                val seen = ArrayList<Long>()
                val gate = CompletableDeferred<Unit>()
                val work = processing(concurrency = 2, key = { "all" }) {
                    seen += it.deliveryTag()
                    gate.await()
                }
                work.fake.deliver(1, 2)
                runCurrent()
                work.fake.deliveries.forEach { it.stale = true }
                work.fake.deliver(3)
                gate.complete(Unit)
                runCurrent()
                seen shouldContainExactly listOf(1L, 3L)
                work.fake.fates shouldContainExactly listOf("unsettled", "unsettled", "ack")
            }
        }

        "what a stream delivered cannot go back, so its failure stops the processing whatever the policy says" {
            runTest {
                val work = processing(onFailure = FailurePolicy.REQUEUE) { throw IllegalStateException("no") }
                work.fake.deliver(1, prepare = { ofStream = true })
                runCurrent()
                work.fake.cancelOk()
                val failure = shouldThrow<IllegalStateException> { work.result.await() }
                failure.allSuppressed().single().message shouldContain "stream"
            }
        }

        "paused, nothing new is begun and what is in hand is finished" {
            runTest {
                val intake = Intake()
                val gate = CompletableDeferred<Unit>()
                val began = ArrayList<Long>()
                val work = processing(concurrency = 2, intake = intake, key = { it.deliveryTag() % 2 }) {
                    began += it.deliveryTag()
                    gate.await()
                }
                work.fake.deliver(1, 2, 3, 4)
                runCurrent()
                intake.pause()
                intake.isPaused shouldBe true
                gate.complete(Unit)
                runCurrent()
                began shouldContainExactly listOf(1L, 2L)
                work.fake.fates shouldContainExactly listOf("ack", "ack", "unsettled", "unsettled")
                work.fake.cancels shouldBe 0
                intake.resume()
                runCurrent()
                work.fake.fates shouldContainExactly List(4) { "ack" }
            }
        }

        "closed, the consumer is cancelled, what nobody has begun goes back at once, what is in hand is finished" {
            runTest {
                val intake = Intake()
                val gate = CompletableDeferred<Unit>()
                val work =
                    processing(concurrency = 2, intake = intake, key = { it.deliveryTag() == 4L }) { gate.await() }
                work.fake.deliver(1, 2, 3, 4, 5)
                runCurrent()
                intake.close()
                runCurrent()
                work.fake.cancels shouldBe 1
                work.fake.fates shouldContainExactly List(5) { "unsettled" }
                work.fake.cancelOk()
                runCurrent()
                work.fake.fates shouldContainExactly listOf("unsettled", "requeue", "requeue", "unsettled", "requeue")
                work.result.isCompleted shouldBe false
                gate.complete(Unit)
                runCurrent()
                work.fake.fates shouldContainExactly listOf("ack", "requeue", "requeue", "ack", "requeue")
                work.result.await()
            }
        }

        "closed while it is paused or idle, it ends; closed from the start, it does not begin" {
            runTest {
                listOf(true, false).forEach { paused ->
                    val intake = Intake()
                    val work = processing(intake = intake) {}
                    if (paused) intake.pause()
                    work.fake.deliver(*if (paused) intArrayOf(1) else intArrayOf())
                    runCurrent()
                    intake.close()
                    intake.resume()
                    intake.isClosed shouldBe true
                    runCurrent()
                    work.fake.cancelOk()
                    work.result.await()
                    work.fake.fates shouldContainExactly work.fake.deliveries.map { "requeue" }
                }
                val channel = FakeChannel()
                AmqpChannel(channel).process("orders", intake = Intake().apply { close() }) {}
                channel.consumers.shouldBeEmpty()
            }
        }

        "when the connection is shut down, what was delivered is finished before it returns" {
            runTest {
                val gate = CompletableDeferred<Unit>()
                val work = processing(concurrency = 2, key = { "all" }) { gate.await() }
                work.fake.deliver(1, 2, 3)
                runCurrent()
                work.fake.cancelOk()
                runCurrent()
                work.result.isCompleted shouldBe false
                gate.complete(Unit)
                work.result.await()
                work.fake.fates shouldContainExactly List(3) { "ack" }
            }
        }

        "when the broker cancels the consumer, it fails with that after everything delivered is finished" {
            runTest {
                val gate = CompletableDeferred<Unit>()
                val work = processing { gate.await() }
                work.fake.deliver(1, 2)
                runCurrent()
                work.fake.fail(ConsumerCancelledException("queue deleted"))
                runCurrent()
                work.result.isCompleted shouldBe false
                gate.complete(Unit)
                shouldThrow<ConsumerCancelledException> { work.result.await() }
                work.fake.fates shouldContainExactly listOf("ack", "ack")
            }
        }

        "when the channel ends, it fails with that at once, and handlers are cancelled" {
            runTest {
                val work = processing { awaitCancellation() }
                work.fake.deliver(1, 2)
                runCurrent()
                work.fake.channelEnds(ChannelClosedException("gone", 406, true, "basic.ack", null))
                runCurrent()
                shouldThrow<ChannelClosedException> { work.result.await() }
                work.fake.fates shouldContainExactly listOf("unsettled", "unsettled")
            }
        }

        "a key that cannot be told is a failure of its message" {
            runTest {
                val work = processing(key = { error("no account") }, onFailure = FailurePolicy.REJECT) {}
                work.fake.deliver(1)
                runCurrent()
                work.fake.fates shouldContainExactly listOf("drop")
            }
        }

        "what makes no sense is refused before anything is sent" {
            runTest {
                val fake = FakeChannel()
                val channel = AmqpChannel(fake)
                shouldThrow<IllegalArgumentException> { channel.process("orders", concurrency = 0) {} }
                shouldThrow<IllegalArgumentException> { channel.process("orders", prefetch = 2, concurrency = 3) {} }
                shouldThrow<IllegalArgumentException> { channel.process("orders", configure = { autoAck = true }) {} }
                fake.consumers.shouldBeEmpty()
            }
        }
    })

/** Also those of the original, where a copy of it was thrown that has the stack of who waited. */
private fun Throwable.allSuppressed(): List<Throwable> =
    generateSequence(this) { it.cause }.flatMap { it.suppressed.asSequence() }.toList()

private class Processed(val fake: FakeConsumer, val result: Deferred<Unit>)

/** Processes what a consumer delivers that the test plays the broker of. */
@OptIn(ExperimentalCoroutinesApi::class)
private fun TestScope.processing(
    concurrency: Int = 1,
    key: ((Delivery) -> Any?)? = null,
    onFailure: FailurePolicy = FailurePolicy.STOP,
    intake: Intake = Intake(),
    handler: suspend (Delivery) -> Unit,
): Processed {
    val channel = FakeChannel()
    // Of its own, so that a processing that fails does not fail the test.
    val scope =
        CoroutineScope(backgroundScope.coroutineContext + SupervisorJob(backgroundScope.coroutineContext.job))
    val result = scope.async {
        AmqpChannel(channel).process("orders", 10, concurrency, key, onFailure, intake, handler = handler)
    }
    runCurrent()
    val consumer = channel.consumers.single()
    consumer.start()
    runCurrent()
    return Processed(consumer, result)
}
