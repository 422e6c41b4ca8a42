package dev.leveret.coroutines

import dev.leveret.amqp.api.ChannelClosedException
import dev.leveret.amqp.api.ConsumerCancelledException
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
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.launch
import kotlinx.coroutines.yield
import kotlin.random.Random

private const val RUNS = 2_000

/**
 * Everything that can happen to a collection, in thousands of orders: one seed is one order of all steps of broker,
 * event loop and coroutines, and whatever ends the collection comes at some point in between.
 */
class ConsumeInterleavingsTest :
    StringSpec({
        "whenever collecting is cancelled, each message is either emitted or back in the queue" {
            var early = 0
            var late = 0
            repeat(RUNS) { seed ->
                explore(seed) {
                    endWith { job.cancel() }
                    job.isCancelled shouldBe true
                    nothingLost()
                    if (emitted.isEmpty()) early++
                    if (emitted.size > 10) late++
                    restCanBeRead()
                }
            }
            withClue("the cancellation should come early in some runs and late in others") {
                early shouldBeGreaterThan RUNS / 50
                late shouldBeGreaterThan RUNS / 50
            }
        }

        "whenever the collector cancels its own coroutine, each message is either emitted or back in the queue" {
            repeat(RUNS) { seed ->
                val limit = Random(seed).nextInt(1, 12)
                explore(seed, onEmit = { if (emitted.size == limit) job.cancel() }) {
                    endWith {}
                    job.isCancelled shouldBe true
                    emitted.size shouldBe limit
                    nothingLost()
                    restCanBeRead()
                }
            }
        }

        "whenever the collector throws, each message is either emitted or back in the queue" {
            repeat(RUNS) { seed ->
                val limit = Random(seed).nextInt(1, 12)
                explore(seed, onEmit = { if (emitted.size == limit) throw IllegalArgumentException("enough") }) {
                    endWith {}
                    failure.shouldBeInstanceOf<IllegalArgumentException>()
                    emitted.size shouldBe limit
                    nothingLost()
                    restCanBeRead()
                }
            }
        }

        "whenever the collector has taken enough, the rest is back in the queue" {
            repeat(RUNS) { seed ->
                val limit = Random(seed).nextInt(1, 12)
                explore(seed, limit = limit) {
                    endWith {}
                    failure shouldBe null
                    emitted.size shouldBe limit
                    nothingLost()
                    restCanBeRead()
                }
            }
        }

        "whenever the broker cancels the consumer, what was delivered is emitted before the flow fails" {
            repeat(RUNS) { seed ->
                explore(seed) {
                    var started = false
                    endWith {
                        started = broker.liveConsumers > 0
                        broker.cancelConsumers()
                        if (!started) job.cancel()
                    }
                    if (started) failure.shouldBeInstanceOf<ConsumerCancelledException>()
                    nothingLost()
                    restCanBeRead()
                }
            }
        }

        "whenever the channel closes, nothing stale is emitted and the broker has what was not acknowledged" {
            repeat(RUNS) { seed ->
                explore(seed) {
                    endWith { broker.closeChannel() }
                    failure.shouldBeInstanceOf<ChannelClosedException>()
                    emitted.shouldBeUnique()
                    broker.ready shouldBe broker.messages - broker.acked
                    noViolation()
                }
            }
        }

        "whenever a collection without a prefetch ends, its bounds have held, nothing is lost and reading goes on" {
            var paused = 0
            repeat(RUNS) { seed ->
                val random = Random(seed)
                val bound = random.nextInt(1, 6)
                val limit = random.nextInt(1, 31)
                explore(seed, limit, buffer = bound) {
                    endWith { if (random.nextBoolean()) job.cancel() }
                    nothingLost()
                    // What one read brings comes on top.
                    mostWaiting shouldBeLessThanOrEqual bound + SimulatedBroker.READ
                    broker.readingStoppedBy shouldBe 0
                    if (broker.pauses > 0) paused++
                    restCanBeRead()
                }
            }
            withClue("reading should have been stopped in many runs") { paused shouldBeGreaterThan RUNS / 10 }
        }

        "whenever the channel closes on a collection without a prefetch, reading goes on" {
            repeat(RUNS) { seed ->
                explore(seed, buffer = 2) {
                    endWith { broker.closeChannel() }
                    failure.shouldBeInstanceOf<ChannelClosedException>()
                    broker.readingStoppedBy shouldBe 0
                    noViolation()
                }
            }
        }

        "whenever the channel closes while a collection is being cancelled, nothing is settled twice" {
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

private fun explore(
    seed: Int,
    limit: Int = Int.MAX_VALUE,
    buffer: Int? = null,
    onEmit: Exploration.() -> Unit = {},
    check: Exploration.() -> Unit,
) {
    withClue("seed $seed") { Exploration(seed, limit, buffer, onEmit).check() }
}

/**
 * @param buffer the flow's bound, in place of a prefetch
 */
private class Exploration(seed: Int, limit: Int, buffer: Int?, onEmit: Exploration.() -> Unit) {
    val random = Random(seed)
    val broker = SimulatedBroker(messageCount = 30, random)
    val emitted = ArrayList<Int>()
    var failure: Throwable? = null
    var consumersAtEnd = -1
    private val dispatcher = StepDispatcher()
    private val channel = AmqpChannel(broker.channel)
    private val prefetch = if (buffer == null) random.nextInt(1, 12) else 0
    private val bounded: ConsumeBuilder.() -> Unit = { if (buffer != null) buffer(messages = buffer) }
    var mostWaiting = 0
    private val acksOneOf = random.nextInt(1, 4)

    val job: Job =
        CoroutineScope(dispatcher).launch {
            try {
                channel.consume("simulated", prefetch, bounded).take(limit).collect { delivery ->
                    withClue("what is emitted can be settled") { delivery.isSettleable shouldBe true }
                    emitted += delivery.deliveryTag().toInt()
                    mostWaiting = maxOf(mostWaiting, broker.deliveries.size - emitted.size)
                    repeat(random.nextInt(3)) { yield() }
                    // When the collector keeps too many, no more come.
                    if (emitted.size % acksOneOf == 0 || broker.unacked.size >= prefetch) {
                        if (delivery.isSettleable) delivery.ack()
                    }
                    onEmit()
                }
            } catch (cancelled: CancellationException) {
                throw cancelled
            } catch (thrown: Throwable) {
                failure = thrown
            } finally {
                consumersAtEnd = broker.liveConsumers
            }
        }

    fun anyStep(): Boolean =
        if (random.nextBoolean()) dispatcher.step() || broker.step() else broker.step() || dispatcher.step()

    /** Lets everything go its way, and [end] happen somewhere on it. */
    fun endWith(end: () -> Unit) {
        repeat(random.nextInt(150)) { anyStep() }
        end()
        rest()
        withClue("the collection is over") { job.isCompleted shouldBe true }
    }

    private fun rest() {
        var steps = 0
        while (anyStep()) check(++steps < 100_000) { "it does not come to rest" }
    }

    fun nothingLost() {
        emitted.shouldBeUnique()
        broker.ready shouldBe broker.messages - emitted
        broker.unacked shouldBe emitted.toSet() - broker.acked
        withClue("its consumer is gone when the collection returns") {
            if (emitted.isNotEmpty()) consumersAtEnd shouldBe 0
            broker.liveConsumers shouldBe 0
        }
        noViolation()
    }

    fun noViolation() {
        broker.violations.shouldBeEmpty()
        broker.deliveries.filter { it.settleAttempts > 1 }.shouldBeEmpty()
    }

    /** The channel is as good as before: another collection gets all that is left. */
    fun restCanBeRead() {
        val rest = broker.ready.toList()
        val read = ArrayList<Int>()
        val second =
            CoroutineScope(dispatcher).launch {
                if (rest.isNotEmpty()) {
                    channel.consume("simulated", prefetch = 2).take(rest.size).collect {
                        read += it.deliveryTag().toInt()
                        it.ack()
                    }
                }
            }
        rest()
        second.isCompleted shouldBe true
        read shouldBe rest
        broker.ready.shouldBeEmpty()
        noViolation()
    }
}
