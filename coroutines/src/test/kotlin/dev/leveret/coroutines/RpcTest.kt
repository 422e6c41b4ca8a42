package dev.leveret.coroutines

import dev.leveret.amqp.api.AmqpTimeoutException
import dev.leveret.amqp.api.BasicProperties
import dev.leveret.amqp.api.ChannelClosedException
import dev.leveret.amqp.api.ChannelPurpose
import dev.leveret.amqp.api.ConnectionEvent
import dev.leveret.amqp.api.ConnectionLostException
import dev.leveret.amqp.api.ConsumeOptions
import dev.leveret.amqp.api.ConsumerCancelledException
import dev.leveret.amqp.api.Delivery
import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.api.PublishException
import dev.leveret.amqp.api.PublishResult
import dev.leveret.coroutines.fake.FakeChannel
import dev.leveret.coroutines.fake.FakeConnection
import dev.leveret.coroutines.fake.Requests
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.advanceTimeBy
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import kotlin.random.Random
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds
import java.time.Duration as JavaDuration

private val REQUEST = OutboundMessage.toQueue("prices", "hare".encodeToByteArray())

/** RPC against a broker that the test plays. */
@OptIn(ExperimentalCoroutinesApi::class)
class RpcTest :
    StringSpec({
        "a request is mandatory, says where its reply goes, and expires with its timeout" {
            runTest {
                val rpc = rpc()
                rpc.call(timeout = 2.seconds)
                val sent = rpc.sent.single()
                sent.mandatory() shouldBe true
                sent.properties().replyTo() shouldBe "amq.rabbitmq.reply-to"
                sent.properties().expiration() shouldBe "2000"
                sent.properties().correlationId() shouldNotBe null
                rpc.replies.options shouldBe ConsumeOptions.directReplyTo()
            }
        }

        "what the request says of its expiration counts; one that waits for ever does not expire" {
            runTest {
                val rpc = rpc()
                rpc.call(REQUEST.withProperties(BasicProperties.builder().expiration(JavaDuration.ofMillis(7)).build()))
                rpc.call(timeout = Duration.INFINITE)
                rpc.sent.map { it.properties().expiration() } shouldContainExactly listOf("7", null)
            }
        }

        "each call gets the reply to its own request, in whatever order they come" {
            runTest {
                val rpc = rpc()
                val calls = List(3) { rpc.call() }
                listOf(2, 0, 1).forEach { rpc.reply(it) }
                calls.map { it.await().deliveryTag() } shouldContainExactly listOf(0L, 1L, 2L)
            }
        }

        "a reply may come before the broker has confirmed the request" {
            runTest {
                val rpc = rpc()
                val call = rpc.call()
                rpc.reply(0)
                call.await()
                rpc.confirm(0)
                rpc.client.droppedReplies shouldBe 0
            }
        }

        "a call without a reply fails when its time is over, and a reply that comes then is dropped" {
            runTest {
                val rpc = rpc()
                val call = rpc.call(timeout = 2.seconds)
                rpc.confirm(0)
                advanceTimeBy(2.1.seconds)
                shouldThrow<AmqpTimeoutException> { call.await() }.message shouldContain "within 2s"
                rpc.reply(0)
                rpc.client.droppedReplies shouldBe 1
            }
        }

        "a second reply, one to nobody's request and one without an id are dropped" {
            runTest {
                val rpc = rpc()
                val call = rpc.call()
                rpc.reply(0)
                rpc.reply(0)
                rpc.replies.deliver(7) { properties = BasicProperties.builder().correlationId("not ours").build() }
                rpc.replies.deliver(8)
                call.await().deliveryTag() shouldBe 0
                rpc.client.droppedReplies shouldBe 3
            }
        }

        "a cancelled call forgets its reply, and withdraws a request that is not written yet" {
            runTest {
                val rpc = rpc()
                val call = rpc.call()
                call.cancel()
                runCurrent()
                call.isCompleted shouldBe true
                rpc.publish(0).future.isCancelled shouldBe true
                rpc.reply(0)
                rpc.client.droppedReplies shouldBe 1
            }
        }

        "a call whose time is over withdraws a request that is not written yet" {
            runTest {
                val rpc = rpc()
                val call = rpc.call(timeout = 1.seconds)
                advanceTimeBy(1.1.seconds)
                shouldThrow<AmqpTimeoutException> { call.await() }
                rpc.publish(0).future.isCancelled shouldBe true
            }
        }

        "a request that no queue takes fails at once" {
            runTest {
                val rpc = rpc()
                val call = rpc.call()
                rpc.fail(0, PublishResult.Nacked())
                shouldThrow<PublishException> { call.await() }.result().shouldBeInstanceOf<PublishResult.Nacked>()
            }
        }

        "when the connection is lost, calls that are sent fail, confirmed or not, and those to be sent wait" {
            runTest {
                val rpc = rpc()
                val calls = List(3) { rpc.call() }
                rpc.confirm(0)
                val cause = ConnectionLostException("reset", null)
                rpc.fail(1, PublishResult.Unknown(cause))
                rpc.connection.tell(ConnectionEvent.Lost(cause)) // that of publishers, when there is one
                calls[0].isCompleted shouldBe false
                rpc.connection.recovering = true
                rpc.connection.tell(ConnectionEvent.Lost(cause))
                runCurrent()
                shouldThrow<ConnectionLostException> { calls[0].await() }
                shouldThrow<ConnectionLostException> { calls[1].await() }
                calls[2].isCompleted shouldBe false
                rpc.confirm(2)
                rpc.reply(2)
                calls[2].await()
            }
        }

        "when the reply consumer ends, calls fail, those that wait and those that come" {
            runTest {
                val rpc = rpc("replies")
                val waiting = rpc.call()
                rpc.replies.fail(ConsumerCancelledException("queue deleted"))
                runCurrent()
                shouldThrow<ConsumerCancelledException> { waiting.await() }
                val later = rpc.call()
                shouldThrow<ConsumerCancelledException> { later.await() }
                rpc.sent.size shouldBe 1
            }
        }

        "when the broker closes the channel, calls that wait fail, and the next ones share another channel" {
            runTest {
                val rpc = rpc()
                val waiting = rpc.call()
                val cause = ChannelClosedException("no such exchange", 404, true, "basic.publish", null)
                rpc.channel.end.completeExceptionally(cause)
                rpc.replies.channelEnds(cause)
                runCurrent()
                shouldThrow<ChannelClosedException> { waiting.await() }

                val later = List(2) { rpc.call() }
                val another = FakeChannel()
                rpc.connection.requests.all("openChannel").last().reply(another)
                runCurrent()
                val replies = another.consumers.single()
                replies.start()
                runCurrent()
                another.requests.all("publish").forEachIndexed { tag, publish ->
                    val id = (publish.arguments.single() as OutboundMessage).properties().correlationId()
                    replies.deliver(tag) { properties = BasicProperties.builder().correlationId(id).build() }
                }
                later.map { it.await().deliveryTag() }.sorted() shouldContainExactly listOf(0L, 1L)
                rpc.sent.size shouldBe 1
                rpc.client.droppedReplies shouldBe 0
            }
        }

        "a client that is closed while it opens another channel closes that, too" {
            runTest {
                val rpc = rpc()
                rpc.channel.end.completeExceptionally(
                    ChannelClosedException("no exchange", 404, true, "basic.publish", null),
                )
                val call = rpc.call()
                val closing = launch { rpc.client.close() }
                runCurrent()
                rpc.channel.requests["close"].reply()
                closing.join()
                val another = FakeChannel()
                rpc.connection.requests.all("openChannel").last().reply(another)
                runCurrent()
                another.consumers.single().start()
                runCurrent()
                another.requests["close"].reply()
                shouldThrow<ChannelClosedException> { call.await() }.message shouldBe "the RPC client is closed"
                another.requests.names shouldContainExactly listOf("close")
            }
        }

        "when the channel was closed by this side, no other is opened" {
            runTest {
                val rpc = rpc()
                val cause = ChannelClosedException("closed", 200, false, "", null)
                rpc.channel.end.completeExceptionally(cause)
                rpc.replies.channelEnds(cause)
                shouldThrow<ChannelClosedException> { rpc.call().await() }
                rpc.connection.requests.all("openChannel").size shouldBe 1
            }
        }

        "when the connection is shut down, calls fail too" {
            runTest {
                val rpc = rpc()
                val waiting = rpc.call()
                rpc.replies.cancelOk()
                runCurrent()
                shouldThrow<ConsumerCancelledException> { waiting.await() }.message shouldContain "by this side"
            }
        }

        "close closes the channel and listens no longer" {
            runTest {
                val rpc = rpc()
                val closing = launch { rpc.client.close() }
                runCurrent()
                rpc.channel.requests["close"].reply()
                closing.join()
                rpc.connection.listeners.size shouldBe rpc.listenersBefore
            }
        }

        "a client whose consumer is refused closes its channel and throws the refusal" {
            runTest {
                val connection = FakeConnection()
                val channel = FakeChannel()
                val opening = supervised().async { AmqpConnection(connection).openRpcClient("missing") }
                runCurrent()
                connection.requests["openChannel"].reply(channel)
                runCurrent()
                channel.consumers.single().started.completeExceptionally(
                    ChannelClosedException("no queue", 404, true, "basic.consume", null),
                )
                runCurrent()
                channel.requests["close"].reply()
                shouldThrow<ChannelClosedException> { opening.await() }
            }
        }

        "opening a client that is cancelled leaves nothing open" {
            runTest {
                val connection = FakeConnection()
                val channel = FakeChannel()
                val opening = launch { AmqpConnection(connection).openRpcClient() }
                runCurrent()
                connection.requests["openChannel"].arguments shouldContainExactly listOf(ChannelPurpose.CONSUME)
                connection.requests["openChannel"].reply(channel)
                runCurrent()
                opening.cancel()
                runCurrent()
                channel.requests.names shouldContainExactly listOf("close")
                channel.requests["close"].reply()
                opening.join()
            }
        }

        "the block of rpcClient has it closed, however it ends" {
            runTest {
                val connection = FakeConnection()
                val channel = FakeChannel()
                val job = launch { AmqpConnection(connection).rpcClient { awaitCancellation() } }
                runCurrent()
                connection.requests["openChannel"].reply(channel)
                runCurrent()
                channel.consumers.single().start()
                runCurrent()
                job.cancel()
                runCurrent()
                channel.requests.names shouldContainExactly listOf("close")
                channel.requests["close"].reply()
                job.join()
            }
        }

        "a request that has a correlation-id or a reply-to, and a timeout of nothing, are refused" {
            runTest {
                val rpc = rpc()
                val taken = BasicProperties.builder()
                listOf(taken.correlationId("1").build(), BasicProperties.builder().replyTo("me").build()).forEach {
                    shouldThrow<IllegalArgumentException> { rpc.client.call(REQUEST.withProperties(it)) }
                }
                shouldThrow<IllegalArgumentException> { rpc.client.call(REQUEST, Duration.ZERO) }
                shouldThrow<IllegalArgumentException> { AmqpConnection(FakeConnection()).openRpcClient("") }
                rpc.sent.shouldBeEmpty()
            }
        }

        "whatever reply, confirm, loss and cancellation do to each other, each call ends once" {
            repeat(2_000) { seed ->
                withClue("seed $seed") {
                    runTest {
                        val random = Random(seed)
                        val rpc = rpc()
                        val call = rpc.call(timeout = 1.seconds)
                        val steps = listOf<() -> Unit>(
                            { runCurrent() },
                            { runCurrent() },
                            { call.cancel() },
                            { rpc.publish(0).future.complete(null) },
                            { rpc.reply(0) },
                            {
                                rpc.connection.recovering = true
                                rpc.connection.tell(ConnectionEvent.Lost(ConnectionLostException("reset", null)))
                            },
                            { advanceTimeBy(2.seconds) },
                            { rpc.replies.fail(ConsumerCancelledException("gone")) },
                        )
                        steps.shuffled(random).forEach { it() }
                        runCurrent()
                        call.isCompleted shouldBe true
                    }
                }
            }
        }

        "serve answers where the request says, with its correlation-id, and acknowledges when that is confirmed" {
            runTest {
                val server = serving { rpcReply("7".encodeToByteArray()) { contentType = "text/plain" } }
                server.consumer.deliver(1) {
                    properties = BasicProperties.builder().replyTo("me").correlationId("abc").build()
                }
                runCurrent()
                val reply = server.channel.publishes.single()
                reply.message.exchange() shouldBe ""
                reply.message.routingKey() shouldBe "me"
                reply.message.mandatory() shouldBe false
                reply.message.properties().correlationId() shouldBe "abc"
                reply.message.properties().contentType() shouldBe "text/plain"
                server.consumer.fates shouldContainExactly listOf("unsettled")
                reply.callback.onResult(PublishResult.Confirmed.INSTANCE)
                runCurrent()
                server.consumer.fates shouldContainExactly listOf("ack")
            }
        }

        "serve handles a request that wants no reply, and a reply that is refused is a failure as any other" {
            runTest {
                val server = serving(FailurePolicy.REJECT) { rpcReply(it.body()) }
                server.consumer.deliver(1)
                server.consumer.deliver(2) { properties = BasicProperties.builder().replyTo("me").build() }
                runCurrent()
                server.channel.publishes.single().callback.onResult(PublishResult.Nacked())
                runCurrent()
                server.consumer.fates shouldContainExactly listOf("ack", "drop")
            }
        }
    })

@OptIn(ExperimentalCoroutinesApi::class)
private class Rpc(
    val connection: FakeConnection,
    val channel: FakeChannel,
    val client: AmqpRpcClient,
    val listenersBefore: Int,
    private val scope: TestScope,
) {
    val replies get() = channel.consumers.single()
    private val publishes: List<Requests.Request> get() = channel.requests.all("publish")
    val sent: List<OutboundMessage> get() = publishes.map { it.arguments.single() as OutboundMessage }

    fun publish(call: Int): Requests.Request = publishes[call]

    fun confirm(call: Int) {
        publish(call).reply()
        scope.runCurrent()
    }

    fun fail(call: Int, result: PublishResult) {
        publish(call).fail(PublishException.of(sent[call], result))
        scope.runCurrent()
    }

    /** Replies to a call, with its number for a tag. */
    fun reply(call: Int) {
        val id = sent[call].properties().correlationId()
        replies.deliver(call) { properties = BasicProperties.builder().correlationId(id).build() }
        scope.runCurrent()
    }

    fun call(request: OutboundMessage = REQUEST, timeout: Duration = 10.seconds): Deferred<Delivery> {
        val call = scope.supervised().async { client.call(request, timeout) }
        scope.runCurrent()
        return call
    }
}

@OptIn(ExperimentalCoroutinesApi::class)
private suspend fun TestScope.rpc(replyQueue: String? = null): Rpc {
    val connection = FakeConnection()
    val channel = FakeChannel()
    val face = AmqpConnection(connection)
    val listeners = connection.listeners.size
    val opening = async { face.openRpcClient(replyQueue) }
    runCurrent()
    connection.requests["openChannel"].reply(channel)
    runCurrent()
    channel.consumers.single().start()
    return Rpc(connection, channel, opening.await(), listeners, this)
}

/** Whose failures do not fail the test. */
private fun TestScope.supervised() =
    CoroutineScope(backgroundScope.coroutineContext + SupervisorJob(backgroundScope.coroutineContext.job))

private class Server(val channel: FakeChannel) {
    val consumer get() = channel.consumers.single()
}

@OptIn(ExperimentalCoroutinesApi::class)
private fun TestScope.serving(
    onFailure: FailurePolicy = FailurePolicy.STOP,
    handler: suspend (Delivery) -> RpcReply,
): Server {
    val channel = FakeChannel()
    supervised().launch { AmqpChannel(channel).serve("prices", onFailure = onFailure, handler = handler) }
    runCurrent()
    channel.consumers.single().start()
    runCurrent()
    return Server(channel)
}
