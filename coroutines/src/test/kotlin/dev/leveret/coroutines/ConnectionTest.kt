package dev.leveret.coroutines

import dev.leveret.amqp.api.ChannelPurpose
import dev.leveret.amqp.api.ConnectionEvent
import dev.leveret.amqp.api.ConnectionLostException
import dev.leveret.amqp.api.ShutdownReport
import dev.leveret.coroutines.fake.FakeChannel
import dev.leveret.coroutines.fake.FakeConnection
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import io.kotest.matchers.types.shouldBeSameInstanceAs
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import java.time.Duration
import java.util.Optional
import kotlin.time.Duration.Companion.milliseconds

/** Scopes and life of connections and channels. */
@OptIn(ExperimentalCoroutinesApi::class)
class ConnectionTest :
    StringSpec({
        "use returns what its block returns, after the connection is closed" {
            runTest {
                val fake = FakeConnection()
                val result = async { AmqpConnection(fake).use { it.name } }
                runCurrent()
                result.isCompleted shouldBe false
                fake.requests["close"].reply()
                result.await() shouldBe "fake"
            }
        }

        "use closes when its block throws, and throws that with a failure to close as suppressed" {
            runTest {
                val fake = FakeConnection()
                val inBlock = IllegalStateException("in the block")
                var thrown: Throwable? = null
                launch {
                    thrown = runCatching { AmqpConnection(fake).use { throw inBlock } }.exceptionOrNull()
                }
                runCurrent()
                fake.requests["close"].fail(IllegalArgumentException("in close"))
                runCurrent()
                thrown shouldBeSameInstanceAs inBlock
                inBlock.suppressed.single().message shouldBe "in close"
            }
        }

        "use throws the failure to close when there is no other" {
            runTest {
                val fake = FakeConnection()
                var thrown: Throwable? = null
                launch { thrown = runCatching { AmqpConnection(fake).use {} }.exceptionOrNull() }
                runCurrent()
                fake.requests["close"].fail(IllegalArgumentException("in close"))
                runCurrent()
                thrown.shouldBeInstanceOf<IllegalArgumentException>().message shouldBe "in close"
            }
        }

        "use closes when it is cancelled, and waits for that" {
            runTest {
                val fake = FakeConnection()
                val job = launch { AmqpConnection(fake).use { awaitCancellation() } }
                runCurrent()
                fake.requests.names.shouldBeEmpty()
                job.cancel()
                runCurrent()
                job.isCompleted shouldBe false
                fake.requests["close"].reply()
                runCurrent()
                job.isCompleted shouldBe true
            }
        }

        "a scoped channel is closed after its block, however that ends" {
            val ends: List<suspend AmqpChannel.() -> Unit> =
                listOf({}, { throw IllegalStateException("in the block") }, { awaitCancellation() })
            ends.forEach { block ->
                runTest {
                    val fake = FakeConnection()
                    val channel = FakeChannel()
                    val job = launch { runCatching { AmqpConnection(fake).channel(block = block) } }
                    runCurrent()
                    fake.requests["openChannel"].reply(channel)
                    runCurrent()
                    job.cancel()
                    runCurrent()
                    job.isCompleted shouldBe false
                    channel.requests["close"].reply()
                    runCurrent()
                    job.isCompleted shouldBe true
                    channel.requests.names shouldContainExactly listOf("close")
                }
            }
        }

        "a scoped channel returns what its block returns" {
            runTest {
                val fake = FakeConnection()
                val channel = FakeChannel()
                val result = async { AmqpConnection(fake).channel { number } }
                runCurrent()
                fake.requests["openChannel"].reply(channel)
                runCurrent()
                channel.requests["close"].reply()
                result.await() shouldBe 1
            }
        }

        "a channel is opened for its purpose" {
            runTest {
                val fake = FakeConnection()
                val result = async { AmqpConnection(fake).channel(ChannelPurpose.PUBLISH) { number } }
                runCurrent()
                fake.requests["openChannel"].arguments shouldContainExactly listOf(ChannelPurpose.PUBLISH)
                val channel = FakeChannel()
                fake.requests["openChannel"].reply(channel)
                runCurrent()
                channel.requests["close"].reply()
                result.await() shouldBe 1
            }
        }

        "shutdown has the patience that it is given and returns what was left" {
            runTest {
                val fake = FakeConnection()
                val report = async { AmqpConnection(fake).shutdown(1500.milliseconds) }
                runCurrent()
                fake.requests["shutdown"].arguments shouldContainExactly listOf(Duration.ofMillis(1500))
                val left = ShutdownReport(1, 2, 3, 4)
                fake.requests["shutdown"].reply(left)
                report.await() shouldBe left
            }
        }

        "shutdown refuses a patience without end" {
            shouldThrow<IllegalArgumentException> {
                AmqpConnection(FakeConnection()).shutdown(kotlin.time.Duration.INFINITE)
            }.message shouldBe "patience is infinite"
        }

        "events tells what happens, and last that it is over and why" {
            runTest {
                val fake = FakeConnection()
                val events = async { AmqpConnection(fake).events.toList() }
                runCurrent()
                fake.tell(ConnectionEvent.Blocked("memory"))
                fake.tell(ConnectionEvent.Unblocked())
                val lost = ConnectionLostException("reset", null)
                fake.tell(ConnectionEvent.Closed(Optional.of(lost)))
                fake.end.completeExceptionally(lost)
                events.await() shouldContainExactly
                    listOf(
                        ConnectionEvent.Blocked("memory"),
                        ConnectionEvent.Unblocked(),
                        ConnectionEvent.Closed(Optional.of(lost)),
                    )
                fake.listeners.size shouldBe 1 // the connection's own, for its state
            }
        }

        "events tells of the end even if it is collected only afterwards" {
            runTest {
                val fake = FakeConnection()
                fake.end.complete(null)
                val events = AmqpConnection(fake).events.toList()
                events shouldContainExactly listOf(ConnectionEvent.Closed(Optional.empty()))
            }
        }

        "events that nobody takes any more are not listened for" {
            runTest {
                val fake = FakeConnection()
                val job = launch { AmqpConnection(fake).events.collect {} }
                runCurrent()
                fake.listeners.size shouldBe 2
                job.cancel()
                runCurrent()
                fake.listeners.size shouldBe 1 // the connection's own, for its state
            }
        }

        "awaitClosed returns when it was closed and throws why it ended otherwise" {
            runTest {
                val closed = FakeConnection().apply { end.complete(null) }
                AmqpConnection(closed).awaitClosed()
                val lost = FakeChannel().apply { end.completeExceptionally(ConnectionLostException("reset", null)) }
                shouldThrow<ConnectionLostException> { AmqpChannel(lost).awaitClosed() }
            }
        }
    })
