package dev.leveret.coroutines

import dev.leveret.amqp.api.BindingSpec
import dev.leveret.amqp.api.ExchangeSpec
import dev.leveret.amqp.api.GetResponse
import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.api.PublishResult
import dev.leveret.amqp.api.QueueInfo
import dev.leveret.amqp.api.QueueSpec
import dev.leveret.amqp.api.Topology
import dev.leveret.coroutines.fake.FakeChannel
import dev.leveret.coroutines.fake.FakeConnection
import dev.leveret.coroutines.fake.FakeDelivery
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.Job
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import java.util.EnumMap
import java.util.Optional
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.concurrent.thread
import kotlin.random.Random
import kotlin.time.Duration.Companion.seconds

private val MESSAGE = OutboundMessage.of("", "orders", ByteArray(1))

/** What becomes of a request whose caller is cancelled, for all but consuming. */
@OptIn(ExperimentalCoroutinesApi::class)
class CancellationTest :
    StringSpec({
        val requests: Map<String, suspend AmqpChannel.() -> Unit> =
            mapOf(
                "declareQueue" to { declareQueue(QueueSpec.of("orders")) },
                "declareQueuePassive" to { declareQueuePassive("orders") },
                "deleteQueue" to { deleteQueue("orders") },
                "purgeQueue" to { purgeQueue("orders") },
                "declareExchange" to { declareExchange(ExchangeSpec.topic("orders")) },
                "declareExchangePassive" to { declareExchangePassive("orders") },
                "deleteExchange" to { deleteExchange("orders") },
                "bind" to { bind(BindingSpec.toQueue("a", "b", "c")) },
                "unbind" to { unbind(BindingSpec.toQueue("a", "b", "c")) },
                "send" to { send(MESSAGE) },
                "room" to { room() },
                "qos" to { qos(3) },
                "recover" to { recover() },
                "get" to { get("orders") },
            )

        requests.forEach { (name, request) ->
            "$name that is cancelled while it waits cancels its future, which withdraws what is not written yet" {
                runTest {
                    val fake = FakeChannel()
                    val job = launch { AmqpChannel(fake).request() }
                    runCurrent()
                    job.cancel()
                    runCurrent()
                    job.isCompleted shouldBe true
                    fake.requests[name].future.isCancelled shouldBe true
                }
            }

            "$name of a cancelled coroutine asks for nothing" {
                runTest {
                    val fake = FakeChannel()
                    cancelled { AmqpChannel(fake).request() }
                    fake.requests.names.shouldBeEmpty()
                }
            }
        }

        "declare of a topology and openChannel that are cancelled while they wait cancel their futures as well" {
            runTest {
                val fake = FakeConnection()
                val connection = AmqpConnection(fake)
                val jobs =
                    listOf(
                        launch { connection.declare(Topology(emptyList(), emptyList(), emptyList())) },
                        launch { connection.openChannel() },
                    )
                runCurrent()
                jobs.forEach { it.cancel() }
                runCurrent()
                fake.requests["declare"].future.isCancelled shouldBe true
                fake.requests["openChannel"].future.isCancelled shouldBe true
            }
        }

        "openChannel that is cancelled between the reply and its resumption closes the channel" {
            runTest {
                val fake = FakeConnection()
                val job = launch { AmqpConnection(fake).openChannel() }
                runCurrent()
                val opened = FakeChannel()
                fake.requests["openChannel"].reply(opened)
                job.cancel()
                runCurrent()
                opened.requests.names shouldContainExactly listOf("close")
            }
        }

        "openChannel of a cancelled coroutine opens nothing" {
            runTest {
                val fake = FakeConnection()
                cancelled { AmqpConnection(fake).openChannel() }
                fake.requests.names.shouldBeEmpty()
            }
        }

        "shutdown that is cancelled leaves the shutdown going on" {
            runTest {
                val fake = FakeConnection()
                val job = launch { AmqpConnection(fake).shutdown(5.seconds) }
                runCurrent()
                job.cancel()
                runCurrent()
                job.isCompleted shouldBe true
                fake.requests["shutdown"].future.isDone shouldBe false
            }
        }

        "get that is cancelled between the reply and its resumption gives the message back" {
            runTest {
                val fake = FakeChannel()
                val job = launch { AmqpChannel(fake).get("orders") }
                runCurrent()
                val delivery = FakeDelivery(1)
                fake.requests["get"].reply(Optional.of(GetResponse(delivery, 0)))
                job.cancel()
                runCurrent()
                delivery.fate shouldBe "requeue"
            }
        }

        "get that is cancelled between the reply and its resumption does not mind that there was no message" {
            runTest {
                val fake = FakeChannel()
                val job = launch { AmqpChannel(fake).get("orders") }
                runCurrent()
                fake.requests["get"].reply(Optional.empty<GetResponse>())
                job.cancel()
                runCurrent()
                job.isCancelled shouldBe true
            }
        }

        "publish that is cancelled forgets the confirm and sends nothing again" {
            runTest {
                val fake = FakeChannel()
                val job = launch { AmqpChannel(fake).publish(MESSAGE) }
                runCurrent()
                job.cancel()
                runCurrent()
                job.isCompleted shouldBe true
                val publish = fake.publishes.single()
                publish.callback.onResult(PublishResult.Confirmed.INSTANCE)
                fake.publishes shouldContainExactly listOf(publish)
            }
        }

        "publish that is cancelled does not want its message to be written any more" {
            runTest {
                val fake = FakeChannel()
                val job = launch { AmqpChannel(fake).publish(MESSAGE) }
                runCurrent()
                val callback = fake.publishes.single().callback
                callback.isWanted() shouldBe true
                job.cancel()
                callback.isWanted() shouldBe false
                callback.onResult(PublishResult.Rejected(IllegalStateException("withdrawn")))
                job.join()
            }
        }

        "publish of a cancelled coroutine sends nothing" {
            runTest {
                val fake = FakeChannel()
                cancelled { AmqpChannel(fake).publish(MESSAGE) }
                fake.publishes.shouldBeEmpty()
            }
        }

        "consume of a cancelled coroutine starts nothing" {
            runTest {
                val fake = FakeChannel()
                cancelled { AmqpChannel(fake).consume("orders").collect {} }
                fake.consumers.shouldBeEmpty()
            }
        }

        "close runs to completion, though it is cancelled before and while it waits" {
            runTest {
                val fake = FakeChannel()
                var closed = false
                val job =
                    launch(start = CoroutineStart.UNDISPATCHED) {
                        ownJob().cancel()
                        AmqpChannel(fake).close()
                        closed = true
                    }
                job.cancel()
                runCurrent()
                closed shouldBe false
                fake.requests["close"].reply()
                runCurrent()
                closed shouldBe true
            }
        }

        "awaitClosed that is cancelled leaves the future of the others alone" {
            runTest {
                val fake = FakeChannel()
                val job = launch { AmqpChannel(fake).awaitClosed() }
                runCurrent()
                job.cancel()
                runCurrent()
                job.isCompleted shouldBe true
                fake.end.isDone shouldBe false
                fake.end.complete(null)
            }
        }

        "whatever the reply and the cancellation do to each other, exactly one side is left with the result" {
            val ends = EnumMap<End, Int>(End::class.java)
            repeat(5_000) { seed ->
                withClue("seed $seed") {
                    val end = raceForResult(Random(seed))
                    ends.merge(end, 1, Int::plus)
                }
            }
            withClue("all ends should have been seen: $ends") { ends.keys shouldBe End.entries.toSet() }
        }

        "whatever cancels a declare when, the next one gets its own reply" {
            repeat(2_000) { seed ->
                val random = Random(seed)
                val fake = FakeChannel()
                runTest {
                    val first = launch { AmqpChannel(fake).declareQueue(QueueSpec.of("first")) }
                    val steps =
                        mutableListOf(
                            { runCurrent() },
                            { first.cancel() },
                            { fake.requests.lastOrNull?.reply(QueueInfo("first", 0, 0)) ?: Unit },
                        )
                    steps.shuffled(random).forEach { it() }
                    runCurrent()
                    var answer: QueueInfo? = null
                    launch { answer = AmqpChannel(fake).declareQueue(QueueSpec.of("second")) }
                    runCurrent()
                    fake.requests.last.reply(QueueInfo("second", 0, 0))
                    runCurrent()
                    answer?.name() shouldBe "second"
                }
            }
        }
    })

private enum class End { NOT_ASKED, RETURNED, UNDONE, LEFT_TO_THE_MAKER }

/** Completes and cancels at the same time, and tells who was left with the result. */
private suspend fun raceForResult(random: Random): End {
    val reply = CompletableFuture<String>()
    val ends = ConcurrentLinkedQueue<End>()
    val asked = AtomicBoolean()
    val spins = List(2) { random.nextInt(3_000) }
    val maker =
        thread(isDaemon = true) {
            repeat(spins[0]) { Thread.onSpinWait() }
            if (!reply.complete("result")) ends += End.LEFT_TO_THE_MAKER
        }
    coroutineScope {
        val job =
            launch(Dispatchers.Default) {
                awaitReply(undo = { ends += End.UNDONE }) { reply.also { asked.set(true) } }
                ends += End.RETURNED
            }
        repeat(spins[1]) { Thread.onSpinWait() }
        job.cancelAndJoin()
    }
    maker.join()
    return if (asked.get()) ends.single() else End.NOT_ASKED
}

private suspend fun ownJob(): Job = currentCoroutineContext().job

/** Runs [block] in a coroutine that has been cancelled and has not noticed yet. */
private suspend fun cancelled(block: suspend () -> Unit) {
    coroutineScope {
        launch(start = CoroutineStart.UNDISPATCHED) {
            ownJob().cancel()
            block()
        }
    }
}
