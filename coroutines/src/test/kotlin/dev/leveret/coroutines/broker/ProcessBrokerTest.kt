package dev.leveret.coroutines.broker

import dev.leveret.amqp.api.ConnectionEvent
import dev.leveret.coroutines.FailureAction
import dev.leveret.coroutines.FailurePolicy
import dev.leveret.coroutines.Intake
import dev.leveret.coroutines.process
import dev.leveret.coroutines.publish
import dev.leveret.coroutines.topology
import dev.leveret.testkit.Capability
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.ints.shouldBeLessThanOrEqual
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.yield
import java.util.Collections.synchronizedList
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicInteger
import kotlin.random.Random
import kotlin.time.Duration.Companion.milliseconds

class ProcessBrokerTest :
    StringSpec({
        connected("everything is handled once, at most so many at a time, and acknowledged") { connection ->
            connection.channel {
                val queue = queueOf(1..1_000)
                val handled = synchronizedList(ArrayList<Int>())
                val running = AtomicInteger()
                val most = AtomicInteger()
                val intake = Intake()
                process(queue, prefetch = 50, concurrency = 8, intake = intake) { delivery ->
                    val now = running.incrementAndGet()
                    most.accumulateAndGet(now, ::maxOf)
                    yield()
                    running.decrementAndGet()
                    handled += delivery.number
                    if (handled.size == 1_000) intake.close()
                }
                handled.sorted() shouldContainExactly (1..1_000).toList()
                most.get() shouldBeLessThanOrEqual 8
                close()
                connection.channel { get(queue).shouldBeNull() }
            }
        }

        connected("the messages of a key are handled in their order, though many are at once") { connection ->
            connection.channel {
                val queue = queueOf(1..600)
                val random = Random(1)
                val byKey = ConcurrentHashMap<Int, MutableList<Int>>()
                val left = AtomicInteger(600)
                val intake = Intake()
                process(queue, concurrency = 8, key = { it.number % 20 }, intake = intake) { delivery ->
                    byKey.getOrPut(delivery.number % 20) { ArrayList() } += delivery.number
                    if (random.nextInt(20) == 0) delay(1.milliseconds)
                    if (left.decrementAndGet() == 0) intake.close()
                }
                byKey.forEach { (key, numbers) -> numbers shouldContainExactly (1..600).filter { it % 20 == key } }
            }
        }

        // Broker-J delivers again what was rejected.
        connected(
            "what fails comes once more, and is dropped when it fails again",
            Capability.QUEUE_ARGUMENTS,
        ) { connection ->
            connection.channel {
                val queue = queueOf(1..20)
                val attempts = ConcurrentHashMap<Int, Int>()
                coroutineScope {
                    val work = launch {
                        process(queue, concurrency = 3, onFailure = FailurePolicy.REQUEUE_ONCE) { delivery ->
                            attempts.merge(delivery.number, 1, Int::plus)
                            if (delivery.number % 5 == 0) throw IllegalStateException("as the test wants it")
                        }
                    }
                    while (attempts.values.sum() < 24) delay(1.milliseconds)
                    awaitCount(queue, 0)
                    work.cancelAndJoin()
                }
                attempts.filterValues { it == 2 }.keys.sorted() shouldContainExactly listOf(5, 10, 15, 20)
                close()
                connection.channel { get(queue).shouldBeNull() }
            }
        }

        connected("what is rejected goes to the dead letter queue", Capability.QUEUE_ARGUMENTS) { connection ->
            val (queue, dead) = listOf(uniqueName("work"), uniqueName("dead"))
            connection.declare(
                topology {
                    queue(dead) { exclusive = true }
                    queue(queue) {
                        exclusive = true
                        deadLetterTo(exchange = "", routingKey = dead)
                    }
                },
            )
            connection.channel {
                (1..4).forEach { publish(numbered(queue, it)) }
                coroutineScope {
                    val work = launch {
                        process(queue, onFailure = { delivery, _ ->
                            if (delivery.number == 3) FailureAction.REJECT else FailureAction.ACK
                        }) { throw IllegalStateException("as the test wants it") }
                    }
                    awaitCount(dead, 1)
                    awaitCount(queue, 0)
                    work.cancelAndJoin()
                }
                get(dead, autoAck = true)?.delivery()?.number shouldBe 3
            }
        }

        connected("a failure ends it, and all that is not done is in the queue again") { connection ->
            connection.channel {
                val queue = queueOf(1..100)
                val failure = shouldThrow<IllegalStateException> {
                    process(queue, prefetch = 20, concurrency = 4) { delivery ->
                        check(delivery.number != 30) { "as the test wants it" }
                        delay(1.milliseconds)
                    }
                }
                failure.message shouldBe "as the test wants it"
                isOpen shouldBe true
                val left = HashSet<Int>()
                val expected = listOf(30) + (50..100)
                consume(queue).first { delivery ->
                    left += delivery.number.also { delivery.ack() }
                    left.containsAll(expected)
                }
            }
        }

        connected("paused, it takes no more; closed, it finishes what it has and leaves the rest") { connection ->
            connection.channel {
                val queue = queueOf(1..50)
                val began = AtomicInteger()
                val gate = CompletableDeferred<Unit>()
                val intake = Intake()
                coroutineScope {
                    val work = launch {
                        process(queue, prefetch = 10, concurrency = 3, intake = intake) {
                            began.incrementAndGet()
                            gate.await()
                        }
                    }
                    while (began.get() < 3) delay(1.milliseconds)
                    intake.pause()
                    gate.complete(Unit)
                    // Three are acknowledged, and as many sent in their place; not every broker counts only those ready.
                    while (declareQueuePassive(queue).messageCount() !in setOf(37L, 47L)) delay(1.milliseconds)
                    began.get() shouldBe 3
                    intake.close()
                    work.join()
                    began.get() shouldBe 3
                }
                awaitCount(queue, 47)
            }
        }

        connected("whenever it is cancelled, at last each message has been acknowledged exactly once") { connection ->
            connection.channel {
                val random = Random(1)
                val queue = queueOf(1..400)
                val finished = synchronizedList(ArrayList<Int>())
                var rounds = 0
                while (finished.size < 400) {
                    check(++rounds < 5_000) { "only ${finished.size} of 400" }
                    val concurrency = random.nextInt(1, 6)
                    cancelledSomewhere(random, rounds) {
                        process(queue, prefetch = random.nextInt(6, 30), concurrency, key = { it.number % 3 }) {
                            repeat(it.number % 3) { yield() }
                            finished += it.number // no suspension until it is acknowledged
                        }
                    }
                }
                finished.sorted() shouldContainExactly (1..400).toList()
                isOpen shouldBe true
                get(queue).shouldBeNull()
            }
        }

        cuttable("it goes on after a cut, and at last each message has been handled") {
            connection.channel {
                val queue = sharedQueue()
                (1..60).forEach { publish(numbered(queue, it)) }
                val handled = ConcurrentHashMap.newKeySet<Int>()
                val intake = Intake()
                val cuts = AtomicInteger()
                process(queue, prefetch = 10, concurrency = 4, key = { it.number % 4 }, intake = intake) { delivery ->
                    if (delivery.number == 20 * (cuts.get() + 1) && cuts.get() < 2) {
                        cuts.incrementAndGet()
                        cutAndAwait<ConnectionEvent.Recovered>()
                    }
                    // Fails if it is of before the cut, which must not end anything.
                    if (delivery.number % 7 == 0) publish(exchange = "amq.fanout", routingKey = "", body = ByteArray(1))
                    handled += delivery.number
                    if (handled.size == 60) intake.close()
                }
                cuts.get() shouldBe 2
                handled.sorted() shouldContainExactly (1..60).toList()
                deleteQueue(queue)
            }
        }
    })
