package dev.leveret.coroutines

import dev.leveret.amqp.api.ChannelClosedException
import dev.leveret.amqp.api.Delivery
import dev.leveret.coroutines.fake.SimulatedBroker
import dev.leveret.coroutines.fake.StepDispatcher
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldBeUnique
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.ints.shouldBeLessThanOrEqual
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import kotlinx.coroutines.yield
import kotlin.random.Random

private const val RUNS = 1_000

/** Everything that can happen to a processing, in thousands of orders: see [ConsumeInterleavingsTest]. */
class ProcessInterleavingsTest :
    StringSpec({
        "whenever processing is cancelled, each message is either acknowledged or back in the queue" {
            var early = 0
            var late = 0
            repeat(RUNS) { seed ->
                explore(seed) {
                    endWith { job.cancel() }
                    job.isCancelled shouldBe true
                    nothingLost()
                    if (finished.isEmpty()) early++
                    if (finished.size > 10) late++
                    restCanBeProcessed()
                }
            }
            withClue("the cancellation should come early in some runs and late in others") {
                early shouldBeGreaterThan RUNS / 50
                late shouldBeGreaterThan RUNS / 50
            }
        }

        "whenever the intake is closed, what was begun is finished and acknowledged, the rest back in the queue" {
            repeat(RUNS) { seed ->
                explore(seed) {
                    endWith { intake.close() }
                    job.isCancelled shouldBe false
                    finished shouldBe began
                    broker.acked shouldBe finished
                    nothingLost()
                    restCanBeProcessed()
                }
            }
        }

        "whenever a handler fails, what was finished is acknowledged and all others are back in the queue" {
            repeat(RUNS) { seed ->
                val limit = Random(seed).nextInt(1, 12)
                explore(seed, onHandled = { if (finished.size == limit) throw IllegalArgumentException("enough") }) {
                    endWith {}
                    failure.shouldBeInstanceOf<IllegalArgumentException>()
                    nothingLost()
                    restCanBeProcessed()
                }
            }
        }

        "however it is paused and resumed, at last all are acknowledged once, and those of a key in their order" {
            repeat(RUNS) { seed ->
                explore(seed) {
                    repeat(10) {
                        repeat(random.nextInt(30)) { anyStep() }
                        if (random.nextBoolean()) intake.pause() else intake.resume()
                    }
                    intake.resume()
                    rest()
                    broker.acked shouldBe broker.messages
                    finished shouldBe broker.messages
                    intake.close()
                    rest()
                    job.isCompleted shouldBe true
                    noViolation()
                }
            }
        }

        "whenever the channel closes, the broker has what was not acknowledged" {
            repeat(RUNS) { seed ->
                explore(seed) {
                    endWith { broker.closeChannel() }
                    failure.shouldBeInstanceOf<ChannelClosedException>()
                    broker.ready shouldBe broker.messages - broker.acked
                    noViolation()
                }
            }
        }

        "whenever the channel closes while a processing is being cancelled, nothing is settled twice" {
            repeat(RUNS) { seed ->
                explore(seed) {
                    endWith {
                        job.cancel()
                        repeat(random.nextInt(20)) { anyStep() }
                        broker.closeChannel()
                    }
                    job.isCancelled shouldBe true
                    broker.ready shouldBe broker.messages - broker.acked
                    noViolation()
                }
            }
        }
    })

private fun explore(seed: Int, onHandled: Processes.() -> Unit = {}, check: Processes.() -> Unit) {
    withClue("seed $seed") { Processes(seed, onHandled).check() }
}

private class Processes(seed: Int, onHandled: Processes.() -> Unit) {
    val random = Random(seed)
    val broker = SimulatedBroker(messageCount = 30, random)
    val intake = Intake()
    val began = sortedSetOf<Int>()
    val finished = sortedSetOf<Int>()
    var failure: Throwable? = null
    private val dispatcher = StepDispatcher()
    private val channel = AmqpChannel(broker.channel)
    private val concurrency = random.nextInt(1, 5)
    private val keys = if (random.nextBoolean()) random.nextInt(1, 5) else null
    private val lastOfKey = HashMap<Int, Int>()
    private val busyKeys = HashSet<Int>()
    private var running = 0

    val job: Job = start(concurrency + random.nextInt(0, 8)) { number ->
        repeat(random.nextInt(3)) { yield() }
        finished += number
        onHandled()
    }

    private fun start(prefetch: Int, handler: suspend (Int) -> Unit): Job = CoroutineScope(dispatcher).launch {
        try {
            val key: ((Delivery) -> Any?)? = keys?.let { { delivery -> delivery.deliveryTag() % it } }
            channel.process("simulated", prefetch, concurrency, key, intake = intake) { delivery ->
                val number = delivery.deliveryTag().toInt()
                withClue("what is handled can be settled") { delivery.isSettleable shouldBe true }
                withClue("handlers at once") { ++running shouldBeLessThanOrEqual concurrency }
                if (keys != null) inOrder(number)
                began += number
                try {
                    handler(number)
                } finally {
                    running--
                    if (keys != null) busyKeys -= number % keys
                }
            }
        } catch (cancelled: CancellationException) {
            throw cancelled
        } catch (thrown: Throwable) {
            failure = thrown
        }
    }

    private fun inOrder(number: Int) {
        val key = number % keys!!
        withClue("one of a key at once") { busyKeys.add(key) shouldBe true }
        withClue("order within a key") { (lastOfKey.put(key, number) ?: 0) shouldBeLessThanOrEqual number }
    }

    fun anyStep(): Boolean =
        if (random.nextBoolean()) dispatcher.step() || broker.step() else broker.step() || dispatcher.step()

    /** Lets everything go its way, and [end] happen somewhere on it. */
    fun endWith(end: () -> Unit) {
        repeat(random.nextInt(200)) { anyStep() }
        end()
        rest()
        withClue("the processing is over") { job.isCompleted shouldBe true }
        running shouldBe 0
    }

    fun rest() {
        var steps = 0
        while (anyStep()) check(++steps < 100_000) { "it does not come to rest" }
    }

    fun nothingLost() {
        broker.acked.toSet().minus(finished).shouldBeEmpty()
        broker.ready shouldBe broker.messages - broker.acked
        broker.unacked.shouldBeEmpty()
        broker.liveConsumers shouldBe 0
        noViolation()
    }

    fun noViolation() {
        broker.violations.shouldBeEmpty()
        broker.deliveries.filter { it.settleAttempts > 1 }.shouldBeEmpty()
        broker.deliveries.filter { it.fate == "ack" }.map { it.deliveryTag() }.shouldBeUnique()
    }

    /** The channel is as good as before: another processing finishes all that is left. */
    fun restCanBeProcessed() {
        val second = CoroutineScope(dispatcher).launch { channel.process("simulated", prefetch = 2) {} }
        rest()
        broker.acked shouldBe broker.messages
        second.cancel()
        rest()
        second.isCompleted shouldBe true
        noViolation()
    }
}
