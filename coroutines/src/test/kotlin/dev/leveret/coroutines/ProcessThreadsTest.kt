package dev.leveret.coroutines

import dev.leveret.coroutines.fake.SimulatedBroker
import dev.leveret.coroutines.fake.SimulatedLoop
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.yield
import java.util.concurrent.ConcurrentHashMap
import kotlin.random.Random

private const val RUNS = 1_000

/** What [ProcessInterleavingsTest] does step by step, with threads: event loop, handlers and canceller race. */
class ProcessThreadsTest :
    StringSpec({
        "cancelled or closed by another thread at any time, nothing is lost, settled twice or left unsettled" {
            var early = 0
            var late = 0
            repeat(RUNS) { seed ->
                withClue("seed $seed") {
                    val finished = race(Random(seed), close = seed % 3 == 0)
                    if (finished == 0) early++
                    if (finished > 5) late++
                }
            }
            withClue("the end should come early in some runs and late in others") {
                early shouldBeGreaterThan RUNS / 100
                late shouldBeGreaterThan RUNS / 100
            }
        }
    })

/** Returns how many were finished when it ended. */
private suspend fun race(random: Random, close: Boolean): Int {
    val broker = SimulatedBroker(messageCount = 60, Random(random.nextInt()))
    val channel = AmqpChannel(broker.channel)
    val finished = ConcurrentHashMap.newKeySet<Int>()
    val intake = Intake()
    val spins = random.nextInt(1 shl random.nextInt(17))
    val yields = random.nextInt(3)
    val concurrency = random.nextInt(1, 5)
    val keys = random.nextInt(1, 8)
    SimulatedLoop(broker).use {
        coroutineScope {
            val job = launch(Dispatchers.Default) {
                val prefetch = concurrency + random.nextInt(15)
                channel.process("simulated", prefetch, concurrency, key = {
                    it.deliveryTag() % keys
                }, intake = intake) {
                    repeat(yields) { yield() }
                    finished += it.deliveryTag().toInt()
                }
            }
            repeat(spins) { Thread.onSpinWait() }
            if (close) intake.close() else job.cancelAndJoin()
        }
    }
    broker.acked shouldBe finished
    broker.ready shouldBe broker.messages - finished
    broker.unacked.shouldBeEmpty()
    broker.liveConsumers shouldBe 0
    broker.violations.shouldBeEmpty()
    broker.deliveries.filter { it.settleAttempts > 1 }.shouldBeEmpty()
    return finished.size
}
