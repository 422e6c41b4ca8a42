package dev.leveret.coroutines.broker

import dev.leveret.amqp.api.AmqpException
import dev.leveret.amqp.api.AmqpTimeoutException
import dev.leveret.amqp.api.ChannelClosedException
import dev.leveret.amqp.api.ConnectionEvent
import dev.leveret.amqp.api.ConnectionLostException
import dev.leveret.amqp.api.Delivery
import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.api.PublishException
import dev.leveret.coroutines.AmqpConnection
import dev.leveret.coroutines.AmqpRpcClient
import dev.leveret.coroutines.RpcReply
import dev.leveret.coroutines.call
import dev.leveret.coroutines.publish
import dev.leveret.coroutines.rpcClient
import dev.leveret.coroutines.rpcReply
import dev.leveret.coroutines.serve
import dev.leveret.coroutines.use
import dev.leveret.testkit.Capability
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.longs.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.supervisorScope
import java.util.concurrent.atomic.AtomicInteger
import kotlin.random.Random
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** RPC over direct reply-to, where the broker has that, and over reply queues. */
class RpcBrokerTest :
    StringSpec({
        bothWays("a thousand callers at once each get their own reply") { client, server ->
            server.echoing { queue ->
                val replies = List(1_000) { async { client.ask(queue, it) } }.awaitAll()
                replies shouldContainExactly (0 until 1_000).map { "re: $it" }
                client.droppedReplies shouldBe 0
            }
        }

        bothWays("a request that no queue takes fails at once") { client, _ ->
            shouldThrow<PublishException> { client.ask(uniqueName("nobody"), 1) }
            // And the client is as good as before.
            shouldThrow<PublishException> { client.ask(uniqueName("nobody"), 2) }
        }

        bothWays(
            "a request to an exchange that there is not fails with those that wait, and the client goes on",
            Capability.CHANNEL_ERRORS,
        ) { client, server ->
            server.channel {
                val silent = exclusiveQueue()
                server.echoing { queue ->
                    repeat(2) { round ->
                        supervisorScope {
                            val waiting = async { client.ask(silent, 1) }
                            awaitCount(silent, round + 1)
                            // Its own failure, unless the channel's end comes before this thread sees that.
                            shouldThrow<AmqpException> { client.call(uniqueName("missing"), "", ByteArray(1)) }
                            shouldThrow<ChannelClosedException> { waiting.await() }
                        }
                        client.ask(queue, 2) shouldBe "re: 2"
                    }
                    client.droppedReplies shouldBe 0
                }
            }
        }

        bothWays("a reply that is too late is dropped, as is a second one") { client, server ->
            server.channel {
                val queue = exclusiveQueue()
                val gate = CompletableDeferred<Unit>()
                val serving = launch {
                    serve(queue) { request ->
                        gate.await()
                        // One beside the one that is returned.
                        val first = RpcReply("first".encodeToByteArray())
                        publish("", request.properties().replyTo()!!, first.body) {
                            correlationId = request.properties().correlationId()
                        }
                        first
                    }
                }
                shouldThrow<AmqpTimeoutException> { client.ask(queue, 1, timeout = 50.milliseconds) }
                gate.complete(Unit)
                while (client.droppedReplies < 2) delay(1.milliseconds)
                client.ask(queue, 2) shouldBe "first"
                while (client.droppedReplies < 3) delay(1.milliseconds)
                serving.cancelAndJoin()
            }
        }

        bothWays("a server whose requester is gone goes on") { client, server ->
            server.channel {
                val queue = exclusiveQueue()
                val arrived = CompletableDeferred<Unit>()
                val gate = CompletableDeferred<Unit>()
                val served = AtomicInteger()
                val serving = launch {
                    serve(queue, concurrency = 2) {
                        arrived.complete(Unit)
                        gate.await()
                        served.incrementAndGet()
                        rpcReply(it.body())
                    }
                }
                supervisorScope {
                    val call = async { client.ask(queue, 1) }
                    arrived.await()
                    client.close()
                    shouldThrow<ChannelClosedException> { call.await() }
                }
                gate.complete(Unit)
                while (served.get() < 1) delay(1.milliseconds)
                awaitCount(queue, 0)
                serving.isActive shouldBe true
                serving.cancelAndJoin()
            }
        }

        bothWays("whenever calls are cancelled, the client stays usable and forgets them") { client, server ->
            server.echoing { queue ->
                val random = Random(1)
                repeat(1_000) { round -> cancelledSomewhere(random) { client.ask(queue, round) } }
                client.ask(queue, 7) shouldBe "re: 7"
                client.droppedReplies shouldBeGreaterThan 0
            }
        }

        cuttable(
            "calls in flight fail when the connection is lost, later ones are answered",
            Capability.DIRECT_REPLY_TO,
        ) {
            connect(broker).use { server -> survivesCut(server, null) }
        }

        cuttable("calls over a reply queue survive a recovery as well", Capability.PUBLISHER_CONFIRMS) {
            connection.channel {
                val replies = sharedQueue()
                connect(broker).use { server -> survivesCut(server, replies) }
                deleteQueue(replies)
            }
        }
    })

/** A test with direct reply-to and one with a reply queue, each with a client and the connection of a server. */
private fun StringSpec.bothWays(
    name: String,
    vararg needed: Capability,
    test: suspend CoroutineScope.(AmqpRpcClient, AmqpConnection) -> Unit,
) {
    connected("$name, direct reply-to", Capability.DIRECT_REPLY_TO, *needed) { server ->
        server.rpcClient { coroutineScope { test(this@rpcClient, server) } }
    }
    connected("$name, reply queue", Capability.PUBLISHER_CONFIRMS, *needed) { server ->
        server.channel {
            val replies = exclusiveQueue()
            server.rpcClient(replies) { coroutineScope { test(this@rpcClient, server) } }
        }
    }
}

private suspend fun AmqpRpcClient.ask(queue: String, number: Int, timeout: Duration = 20.seconds): String =
    call(OutboundMessage.toQueue(queue, "$number".encodeToByteArray()), timeout).body().decodeToString()

private fun echo(request: Delivery): RpcReply = rpcReply("re: ${request.number}".encodeToByteArray())

private suspend fun AmqpConnection.echoing(test: suspend CoroutineScope.(String) -> Unit): Unit = channel {
    val queue = exclusiveQueue()
    coroutineScope {
        val serving = launch { serve(queue, concurrency = 4) { echo(it) } }
        test(queue)
        serving.cancelAndJoin()
    }
}

/** @param server has a connection that is not cut */
private suspend fun Cuttable.survivesCut(server: AmqpConnection, replyQueue: String?): Unit = coroutineScope {
    server.channel {
        val queue = exclusiveQueue()
        val requests = Channel<Delivery>(Channel.UNLIMITED)
        val gate = CompletableDeferred<Unit>()
        val serving = launch {
            serve(queue, concurrency = 4) {
                requests.send(it)
                if (it.number == 1) gate.await()
                echo(it)
            }
        }
        connection.rpcClient(replyQueue) {
            supervisorScope {
                val lost = async { ask(queue, 1) }
                requests.receive()
                proxy.refuse()
                cutAndAwait<ConnectionEvent.Lost>()
                shouldThrow<ConnectionLostException> { lost.await() }
                val waiting = async { ask(queue, 2) }
                awaitEvent<ConnectionEvent.RecoveryAttemptFailed>()
                waiting.isCompleted shouldBe false
                // Cancelled while it waits, it is not sent at all.
                shouldThrow<AmqpTimeoutException> { ask(queue, 3, timeout = 20.milliseconds) }
                proxy.heal()
                waiting.await() shouldBe "re: 2"
                ask(queue, 4) shouldBe "re: 4"
                requests.receive().number shouldBe 2
                requests.receive().number shouldBe 4
                gate.complete(Unit)
                ask(queue, 5) shouldBe "re: 5"
            }
        }
        serving.cancelAndJoin()
    }
}
