package dev.leveret.coroutines.broker

import dev.leveret.amqp.api.ConnectFailedException
import dev.leveret.amqp.api.ConnectionEvent
import dev.leveret.amqp.api.EntityOutcome
import dev.leveret.amqp.api.SettlementException
import dev.leveret.amqp.api.TopologyEntity
import dev.leveret.coroutines.ConnectionState
import dev.leveret.coroutines.publishAll
import dev.leveret.testkit.proxy.Cut
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.launch
import java.time.Duration
import kotlin.time.Duration.Companion.seconds

/** What coroutines see of a connection that is cut. */
class RecoveryBrokerTest :
    StringSpec({
        cuttable("a flow goes on after a cut, and nothing is lost") {
            connection.channel {
                val queue = sharedQueue()
                (1..30).forEach { publish(numbered(queue, it)) }
                val seen = sortedSetOf<Int>()
                var cuts = 0
                val deliveries = consume(queue, prefetch = 4).onEach { delivery ->
                    if (delivery.number == 10 * (cuts + 1) && cuts < 2) {
                        cuts++
                        // Not acknowledged, so that it comes again, with those whose acknowledgement was on its way.
                        cutAndAwait<ConnectionEvent.Recovered>()
                    } else {
                        seen += delivery.number
                        delivery.ack()
                    }
                }
                deliveries.first { seen.size == 30 }
                cuts shouldBe 2
                seen.toList() shouldContainExactly (1..30).toList()
                deleteQueue(queue)
            }
        }

        cuttable("a received delivery is stale after a cut, and comes again to who catches that") {
            connection.channel {
                val queue = sharedQueue()
                publish(numbered(queue, 1))
                val redelivered = ArrayList<Boolean>()
                consume(queue).take(2).collect { delivery ->
                    redelivered += delivery.redelivered()
                    if (redelivered.size == 1) {
                        cutAndAwait<ConnectionEvent.Recovered>()
                        shouldThrow<SettlementException> { delivery.ack() }.reason() shouldBe
                            SettlementException.Reason.STALE
                    } else {
                        delivery.ack()
                    }
                }
                redelivered shouldContainExactly listOf(false, true)
                deleteQueue(queue)
            }
        }

        cuttable("a consumer to receive from goes on, too") {
            connection.channel {
                pull(exclusiveQueue()) {
                    publish(numbered(queue, 1))
                    receive().ack()
                    cutAndAwait<ConnectionEvent.QueueRenamed>().newName() shouldBe queue
                    publish(numbered(queue, 2))
                    val next = receive(timeout = 20.seconds).shouldNotBeNull()
                    next.number shouldBe 2
                    next.ack()
                }
            }
        }

        cuttable("publish suspends while there is no connection, and returns when it is confirmed") {
            coroutineScope {
                connection.channel {
                    val queue = sharedQueue()
                    proxy.refuse()
                    cutAndAwait<ConnectionEvent.Lost>()
                    connection.isOpen shouldBe false
                    val publishing = async { publish(numbered(queue, 1)) }
                    awaitEvent<ConnectionEvent.RecoveryAttemptFailed>()
                    publishing.isCompleted shouldBe false
                    proxy.heal()
                    publishing.await()
                    get(queue, autoAck = true).shouldNotBeNull().delivery().number shouldBe 1
                    deleteQueue(queue)
                }
            }
        }

        cuttable("a publish that is cancelled while there is no connection is not sent when there is one again") {
            coroutineScope {
                connection.channel {
                    val queue = sharedQueue()
                    publish(numbered(queue, 1))
                    proxy.refuse()
                    cutAndAwait<ConnectionEvent.Lost>()
                    val publishing = List(3) { launch(Dispatchers.Unconfined) { publish(numbered(queue, 2 + it)) } }
                    val pipeline = launch(Dispatchers.Unconfined) { publishAll(flowOf(numbered(queue, 5))) }
                    listOf(publishing[0], publishing[2], pipeline).forEach { it.cancelAndJoin() }
                    connection.isOpen shouldBe false
                    proxy.heal()
                    publishing[1].join()
                    publish(numbered(queue, 6))
                    val there = List(4) { get(queue, autoAck = true)?.delivery()?.number }
                    there shouldContainExactly listOf(1, 3, 6, null)
                    deleteQueue(queue)
                }
            }
        }

        cuttable("events tells of the loss and of the recovery with its report") {
            connection.channel {
                exclusiveQueue()
                cutAndAwait<ConnectionEvent.Lost>()
                val report = awaitEvent<ConnectionEvent.Recovered>().report()
                report.outcomes().map { it.result() } shouldContainExactly
                    listOf(EntityOutcome.Result.RENAMED, EntityOutcome.Result.RESTORED)
                report.isComplete shouldBe true
            }
        }

        cuttable("the state says what the connection is like, before, meanwhile and afterwards") {
            connection.state.value shouldBe ConnectionState.Open
            proxy.refuse()
            proxy.cut(Cut.RST)
            connection.state.first { it is ConnectionState.Recovering }
            proxy.heal()
            connection.state.first { it is ConnectionState.Open }
            connection.close()
            connection.state.first { it is ConnectionState.Closed } shouldBe ConnectionState.Closed(null)
        }

        cuttable("a collection that is cancelled while there is no connection ends at once and is not started again") {
            coroutineScope {
                connection.channel {
                    val queue = sharedQueue()
                    publish(numbered(queue, 1))
                    val collects = CompletableDeferred<Unit>()
                    val collecting =
                        launch {
                            consume(queue).collect { delivery ->
                                delivery.ack()
                                collects.complete(Unit)
                            }
                        }
                    collects.await()
                    proxy.refuse()
                    cutAndAwait<ConnectionEvent.Lost>()
                    collecting.cancelAndJoin()
                    connection.isOpen shouldBe false
                    proxy.heal()
                    val report = awaitEvent<ConnectionEvent.Recovered>().report()
                    report.outcomes().filter { it.entity() is TopologyEntity.Consumer }.shouldBeEmpty()
                    deleteQueue(queue)
                }
            }
        }

        cuttable(
            "a flow fails when the connection is given up",
            options = QUICK.withGivingUpAfter(Duration.ofMillis(300)),
        ) {
            val channel = connection.openChannel()
            val queue = channel.exclusiveQueue()
            channel.publish(numbered(queue, 1))
            shouldThrow<ConnectFailedException> {
                channel.consume(queue).collect { delivery ->
                    delivery.ack()
                    proxy.refuse()
                    proxy.cut(Cut.RST)
                }
            }
            shouldThrow<ConnectFailedException> { connection.awaitClosed() }
        }
    })
