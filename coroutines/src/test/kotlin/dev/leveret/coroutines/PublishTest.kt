package dev.leveret.coroutines

import dev.leveret.amqp.api.BasicProperties
import dev.leveret.amqp.api.ConnectionLostException
import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.api.PublishException
import dev.leveret.amqp.api.PublishResult
import dev.leveret.amqp.api.ReturnedMessage
import dev.leveret.coroutines.fake.FakeChannel
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import io.kotest.matchers.types.shouldBeSameInstanceAs
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import kotlin.time.Duration.Companion.seconds

private val BODY = "{}".toByteArray()

@OptIn(ExperimentalCoroutinesApi::class)
class PublishTest :
    StringSpec({
        "publish returns when the broker has confirmed, and not before" {
            runTest {
                val fake = FakeChannel()
                val publishing = publishing(fake)
                publishing.isCompleted shouldBe false
                fake.publishes.single().callback.onResult(PublishResult.Confirmed.INSTANCE)
                runCurrent()
                publishing.await()
            }
        }

        "publish by arguments makes the message that they say" {
            runTest {
                val fake = FakeChannel()
                val channel = AmqpChannel(fake)
                val job = launch {
                    channel.publish(exchange = "orders", routingKey = "paid", body = BODY, mandatory = true) {
                        contentType = "application/json"
                        persistent = true
                        expiration = 5.seconds
                        header("x-attempt", 1)
                    }
                }
                runCurrent()
                fake.publishes.single().callback.onResult(PublishResult.Confirmed.INSTANCE)
                job.join()
                fake.publishes.single().message shouldBe
                    OutboundMessage(
                        "orders",
                        "paid",
                        true,
                        BasicProperties
                            .builder()
                            .contentType("application/json")
                            .persistent(true)
                            .expiration("5000")
                            .header("x-attempt", 1)
                            .build(),
                        BODY,
                    )
            }
        }

        "send by arguments makes the message that they say" {
            runTest {
                val fake = FakeChannel()
                val job = launch { AmqpChannel(fake).send(exchange = "metrics", routingKey = "cpu", body = BODY) }
                runCurrent()
                job.isCompleted shouldBe false
                fake.requests["send"].arguments shouldContainExactly
                    listOf(OutboundMessage("metrics", "cpu", false, BasicProperties.EMPTY, BODY))
                fake.requests["send"].reply()
                job.join()
            }
        }

        "a returned message fails its publish with what the broker said" {
            val message = ReturnedMessage(312, "NO_ROUTE", "orders", "key", BasicProperties.EMPTY, BODY)
            val returned = PublishResult.Returned(message)
            val failure = failureOf(returned)
            failure.result() shouldBeSameInstanceAs returned
            failure.outcomeUnknown() shouldBe false
            failure.message shouldContain "the message to exchange 'orders' with routing key 'key'"
            failure.message shouldContain "312 NO_ROUTE"
        }

        "a refused message fails its publish" {
            failureOf(PublishResult.Nacked()).result().shouldBeInstanceOf<PublishResult.Nacked>()
        }

        "a message that was not sent fails its publish with the reason" {
            val failure = failureOf(PublishResult.Rejected(IllegalStateException("the channel is closed")))
            failure.message shouldContain "the channel is closed"
            failure.cause.shouldBeInstanceOf<IllegalStateException>()
        }

        "a message whose fate cannot be known says so" {
            val lost = ConnectionLostException("connection reset", null)
            val failure = failureOf(PublishResult.Unknown(lost))
            failure.outcomeUnknown() shouldBe true
            failure.cause shouldBeSameInstanceAs lost
        }

        "a failure shows where it was published from" {
            val frames = failureOf(PublishResult.Nacked()).stackTrace.map { "${it.className}.${it.methodName}" }
            frames.filter { "publishOnceMore" in it }.size shouldBe 1
        }

        "returns tells what nobody waits for, until the channel is closed" {
            runTest {
                val fake = FakeChannel()
                val seen = async { AmqpChannel(fake).returns.toList() }
                runCurrent()
                val returned = ReturnedMessage(312, "NO_ROUTE", "orders", "key", BasicProperties.EMPTY, BODY)
                fake.returnListeners.single().accept(returned)
                runCurrent()
                fake.end.complete(null)
                seen.await() shouldContainExactly listOf(returned)
                fake.returnListeners.shouldBeEmpty()
            }
        }

        "returns fails when the channel ends by itself, and forgets its listener when it is cancelled" {
            runTest {
                val fake = FakeChannel()
                val supervisor = SupervisorJob(backgroundScope.coroutineContext.job)
                val scope = CoroutineScope(backgroundScope.coroutineContext + supervisor)
                val failed = scope.async { AmqpChannel(fake).returns.toList() }
                val cancelled = launch { AmqpChannel(fake).returns.collect {} }
                runCurrent()
                fake.returnListeners.size shouldBe 2
                cancelled.cancel()
                runCurrent()
                fake.returnListeners.size shouldBe 1
                fake.end.completeExceptionally(ConnectionLostException("reset", null))
                shouldThrow<ConnectionLostException> { failed.await() }
                fake.returnListeners.shouldBeEmpty()
            }
        }
    })

private fun failureOf(result: PublishResult): PublishException {
    lateinit var failure: PublishException
    runTest {
        val fake = FakeChannel()
        val publishing = publishing(fake)
        fake.publishes.single().callback.onResult(result)
        failure = shouldThrow<PublishException> { publishing.await() }
    }
    return failure
}

@OptIn(ExperimentalCoroutinesApi::class)
private fun TestScope.publishing(fake: FakeChannel): Deferred<Unit> {
    // Of its own, so that a publish that fails does not fail the test.
    val supervisor = SupervisorJob(backgroundScope.coroutineContext.job)
    val scope = CoroutineScope(backgroundScope.coroutineContext + supervisor)
    return scope.async { publishOnceMore(AmqpChannel(fake)) }.also { runCurrent() }
}

private suspend fun publishOnceMore(channel: AmqpChannel) {
    channel.publish(OutboundMessage.of("orders", "key", BODY))
    check(channel.isOpen) // the call before must not be the last, or there is no frame of this function
}
