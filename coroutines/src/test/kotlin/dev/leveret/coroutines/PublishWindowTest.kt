package dev.leveret.coroutines

import dev.leveret.amqp.api.BasicProperties
import dev.leveret.amqp.api.ChannelClosedException
import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.api.PublishException
import dev.leveret.amqp.api.PublishResult
import dev.leveret.coroutines.fake.FakeChannel
import dev.leveret.coroutines.fake.FakeWindow
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeSameInstanceAs
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.async
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest

private val MESSAGE = OutboundMessage.of("orders", "key", ByteArray(1))

/** [AmqpChannel.publishWindow]. */
@OptIn(ExperimentalCoroutinesApi::class)
class PublishWindowTest :
    StringSpec({
        "publish waits for room and returns before the message is confirmed" {
            runTest {
                val fake = FakeWindow(1)
                val publishing = async { AmqpPublishWindow(fake).publish(MESSAGE) }
                runCurrent()
                fake.requests.names shouldContainExactly listOf("ready")
                fake.requests["ready"].reply()
                runCurrent()
                val fate: Deferred<Unit> = publishing.await()
                fake.requests["publish"].arguments shouldContainExactly listOf(MESSAGE)
                fate.isCompleted shouldBe false
                fake.requests["publish"].reply()
                fate.await()
            }
        }

        "the result tells why a message failed, and nobody has to ask it" {
            runTest {
                val fake = FakeWindow(1)
                val publishing = async { AmqpPublishWindow(fake).publish(MESSAGE) }
                runCurrent()
                fake.requests["ready"].reply()
                val fate = publishing.await()
                val nacked = PublishResult.Nacked()
                fake.requests["publish"].fail(PublishException.of(MESSAGE, nacked))
                val failure = runCatching { fate.await() }.exceptionOrNull() as PublishException
                failure.result() shouldBeSameInstanceAs nacked
            }
        }

        "cancelled while it waits for room, it sends nothing" {
            runTest {
                val fake = FakeWindow(1)
                val publishing = launch { AmqpPublishWindow(fake).publish(MESSAGE) }
                runCurrent()
                publishing.cancel()
                runCurrent()
                fake.requests["ready"].reply()
                runCurrent()
                fake.requests.names shouldContainExactly listOf("ready")
            }
        }

        "cancelled between room and its resumption, it sends nothing" {
            runTest {
                val fake = FakeWindow(1)
                val publishing = launch { AmqpPublishWindow(fake).publish(MESSAGE) }
                runCurrent()
                fake.requests["ready"].reply()
                publishing.cancel()
                runCurrent()
                fake.requests.names shouldContainExactly listOf("ready")
            }
        }

        "there is no room on a channel that is closed" {
            runTest {
                val fake = FakeWindow(1)
                val publishing = async { runCatching { AmqpPublishWindow(fake).publish(MESSAGE) } }
                runCurrent()
                fake.requests["ready"].fail(ChannelClosedException("closed", 200, false, "", null))
                shouldThrow<ChannelClosedException> { publishing.await().getOrThrow() }
            }
        }

        "a block is flushed when it has ended, and fails with the first failure" {
            runTest {
                val fake = FakeChannel()
                val publishing = async {
                    runCatching {
                        AmqpChannel(fake).publishWindow(size = 3) {
                            publish(exchange = "orders", routingKey = "key", body = ByteArray(1)) { persistent = true }
                        }
                    }
                }
                runCurrent()
                val window = fake.windows.single()
                window.size shouldBe 3
                window.requests["ready"].reply()
                runCurrent()
                val persistent = BasicProperties.builder().persistent(true).build()
                val sent = window.requests["publish"].arguments.single() as OutboundMessage
                sent.properties() shouldBe persistent
                fake.publishes.size shouldBe 0
                window.requests.names shouldContainExactly listOf("ready", "publish", "flush")
                publishing.isCompleted shouldBe false
                window.requests["flush"].fail(PublishException.of(sent, PublishResult.Nacked()))
                shouldThrow<PublishException> { publishing.await().getOrThrow() }
            }
        }

        "a block that throws is not flushed" {
            runTest {
                val fake = FakeChannel()
                shouldThrow<IllegalStateException> {
                    AmqpChannel(fake).publishWindow(size = 3) { throw IllegalStateException("no") }
                }
                fake.windows.single().requests.names shouldContainExactly emptyList()
            }
        }

        "a window tells how many are unconfirmed" {
            AmqpPublishWindow(FakeWindow(1)).unconfirmed shouldBe 17
        }
    })
