package dev.leveret.coroutines

import dev.leveret.amqp.api.ChannelClosedException
import dev.leveret.amqp.api.QueueInfo
import dev.leveret.amqp.api.QueueSpec
import dev.leveret.coroutines.fake.FakeChannel
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import io.kotest.matchers.types.shouldBeSameInstanceAs
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withContext
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionException

private val REFUSED = ChannelClosedException("no such queue", 404, true, "queue.declare", null)

/** How failures of the protocol module reach a coroutine. */
@OptIn(ExperimentalCoroutinesApi::class)
class FailureTest :
    StringSpec({
        "a failure keeps its type and what it tells" {
            val failure = failureOfDeclare(REFUSED).shouldBeInstanceOf<ChannelClosedException>()
            failure.message shouldBe "no such queue"
            failure.replyCode() shouldBe 404
            failure.method() shouldBe "queue.declare"
            failure.cause shouldBeSameInstanceAs REFUSED
        }

        "a failure shows who called, though the coroutine had been suspended" {
            val methods = failureOfDeclare(REFUSED).stackTrace.map { it.methodName }
            methods shouldContain "declareQueue"
            failureOfDeclare(REFUSED).stackTrace.filter {
                "declareTwice" in "${it.className}.${it.methodName}"
            }.size shouldBe
                1
        }

        "two callers get an exception each" {
            (failureOfDeclare(REFUSED) === failureOfDeclare(REFUSED)) shouldBe false
        }

        "a failure comes unwrapped, whatever the future made of it" {
            failureOfDeclare(CompletionException(REFUSED)).cause shouldBeSameInstanceAs REFUSED
        }

        "a failure that is there at once is thrown at once" {
            val failed = CompletableFuture.failedFuture<String>(REFUSED)
            val failure = runCatching { awaitReply { failed } }.exceptionOrNull()
            failure.shouldBeInstanceOf<ChannelClosedException>().cause shouldBeSameInstanceAs REFUSED
        }

        "a mistake in an argument stays what it is" {
            val mistake = IllegalArgumentException("no")
            failureOfDeclare(mistake) shouldBeSameInstanceAs mistake
        }

        "a caller resumes where it runs, not on the thread that completes" {
            runTest {
                val fake = FakeChannel()
                val job =
                    launch(Dispatchers.Default) {
                        AmqpChannel(fake).declareQueue(QueueSpec.of("orders"))
                        Thread.currentThread().name.startsWith("DefaultDispatcher") shouldBe true
                    }
                withContext(Dispatchers.Default) {
                    while (fake.requests.names.isEmpty()) Thread.onSpinWait()
                }
                Thread { fake.requests.last.reply(QueueInfo("orders", 0, 0)) }.start()
                job.join()
            }
        }
    })

@OptIn(ExperimentalCoroutinesApi::class)
private fun failureOfDeclare(cause: Throwable): Throwable {
    var failure: Throwable? = null
    runTest {
        val fake = FakeChannel()
        launch { failure = runCatching { declareTwice(AmqpChannel(fake)) }.exceptionOrNull() }
        runCurrent()
        fake.requests.last.fail(cause)
    }
    return failure.shouldNotBeNull()
}

private suspend fun declareTwice(channel: AmqpChannel) {
    channel.declareQueue(QueueSpec.of("orders"))
    channel.declareQueue(QueueSpec.of("orders"))
}
