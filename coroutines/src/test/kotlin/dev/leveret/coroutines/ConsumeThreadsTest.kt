package dev.leveret.coroutines

import dev.leveret.coroutines.fake.SimulatedBroker
import dev.leveret.coroutines.fake.SimulatedLoop
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldBeUnique
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield
import java.util.Collections.synchronizedList
import kotlin.random.Random

private const val RUNS = 2_000

/** What [ConsumeInterleavingsTest] does step by step, with threads: event loop, collectors and canceller race. */
class ConsumeThreadsTest :
    StringSpec({
        "cancelled by another thread at any time, nothing is lost, settled twice or left with the consumer" {
            var early = 0
            var late = 0
            repeat(RUNS) { seed ->
                withClue("seed $seed") {
                    val race = Race(seed)
                    race.cancelSomewhere()
                    race.check()
                    if (race.emitted.isEmpty()) early++
                    if (race.emitted.size > 5) late++
                }
            }
            withClue("the cancellation should come early in some runs and late in others") {
                early shouldBeGreaterThan RUNS / 100
                late shouldBeGreaterThan RUNS / 100
            }
        }

        "two collections of a channel at once do not take each other's messages" {
            repeat(RUNS / 4) { seed ->
                withClue("seed $seed") {
                    val race = Race(seed)
                    withContext(Dispatchers.Default) {
                        coroutineScope {
                            launch { race.cancelSomewhere() }
                            launch {
                                race.emitted +=
                                    race.channel.consume("simulated", prefetch = 3).first().deliveryTag().toInt()
                            }
                        }
                    }
                    race.check()
                }
            }
        }

        "all is emitted exactly once when nobody cancels" {
            repeat(RUNS / 10) { seed ->
                withClue("seed $seed") {
                    val race = Race(seed)
                    withContext(Dispatchers.Default) {
                        race.channel.consume("simulated", prefetch = 5).take(race.broker.messages.size).collect {
                            race.emitted += it.deliveryTag().toInt()
                            it.ack()
                        }
                    }
                    race.check()
                    race.emitted shouldBe race.broker.messages.toList()
                }
            }
        }
    })

private class Race(seed: Int) {
    private val random = Random(seed)
    val broker = SimulatedBroker(messageCount = 60, Random(random.nextInt()))
    val channel = AmqpChannel(broker.channel)
    val emitted: MutableList<Int> = synchronizedList(ArrayList())
    private val loop = SimulatedLoop(broker)

    suspend fun cancelSomewhere() {
        val spins = random.nextInt(1 shl random.nextInt(17))
        val yields = random.nextInt(3)
        val prefetch = random.nextInt(1, 20)
        coroutineScope {
            val job =
                launch(Dispatchers.Default) {
                    channel.consume("simulated", prefetch).collect { delivery ->
                        emitted += delivery.deliveryTag().toInt()
                        repeat(yields) { yield() }
                        delivery.ack()
                    }
                }
            repeat(spins) { Thread.onSpinWait() }
            job.cancelAndJoin()
        }
    }

    fun check() {
        loop.close()
        emitted.shouldBeUnique()
        broker.ready shouldBe broker.messages - emitted
        broker.unacked shouldBe emitted.toSet() - broker.acked
        broker.liveConsumers shouldBe 0
        broker.violations.shouldBeEmpty()
        broker.deliveries.filter { it.settleAttempts > 1 }.shouldBeEmpty()
    }
}
