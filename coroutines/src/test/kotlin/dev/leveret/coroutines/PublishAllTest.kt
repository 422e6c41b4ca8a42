package dev.leveret.coroutines

import dev.leveret.amqp.api.AsyncChannel
import dev.leveret.amqp.api.ChannelClosedException
import dev.leveret.amqp.api.ConnectionLostException
import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.api.PublishException
import dev.leveret.amqp.api.PublishResult
import dev.leveret.coroutines.fake.FakeChannel
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.emptyFlow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.onCompletion
import kotlinx.coroutines.job
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import kotlin.random.Random

/** [AmqpChannel.publishAll] against a broker that the test plays. */
@OptIn(ExperimentalCoroutinesApi::class)
class PublishAllTest :
    StringSpec({
        "it publishes in order, no more than the window unconfirmed, and returns how many are confirmed" {
            runTest {
                val all = publishing(numbers(5), window = 2)
                all.published shouldContainExactly listOf(1, 2)
                all.answer(2)
                all.published shouldContainExactly listOf(1, 2, 3)
                all.answer(1)
                all.published shouldContainExactly listOf(1, 2, 3, 4)
                all.answer(3)
                all.answer(4)
                all.result.isCompleted shouldBe false
                all.answer(5)
                all.result.await() shouldBe 5
            }
        }

        "an empty flow publishes nothing" {
            runTest { publishing(emptyFlow()).result.await() shouldBe 0 }
        }

        "at the first failure it takes nothing more, waits for the others and tells what became of each" {
            runTest {
                val all = publishing(numbers(10), window = 4)
                all.answer(1)
                all.answer(3, PublishResult.Nacked())
                all.published shouldContainExactly listOf(1, 2, 3, 4, 5)
                all.result.isCompleted shouldBe false
                all.answer(5, PublishResult.Unknown(ConnectionLostException("reset", null)))
                all.answer(4)
                all.answer(2)
                val failure = shouldThrow<PublishAllException> { all.result.await() }
                failure.cause.shouldBeInstanceOf<PublishException>().result().shouldBeInstanceOf<PublishResult.Nacked>()
                failure.confirmed shouldBe 3
                failure.unconfirmed.map { it.index to it.message.number } shouldContainExactly
                    listOf(2L to 3, 4L to 5, 5L to 6)
                failure.unconfirmed.map { it.isFailed } shouldContainExactly listOf(true, false, false)
                failure.unconfirmed.map { it.isUnknown } shouldContainExactly listOf(false, true, false)
                failure.unconfirmed.last().result shouldBe null
                failure.taken shouldBe 6
                failure.message shouldContain "after 6 messages, of which 3 are confirmed, 1 may or may not"
            }
        }

        "a failure does not wait for the flow's next message" {
            runTest {
                var over = false
                val idle = flow {
                    emit(message(1))
                    awaitCancellation()
                }.onCompletion { over = true }
                val all = publishing(idle)
                all.answer(1, PublishResult.Nacked())
                over shouldBe true
                shouldThrow<PublishAllException> { all.result.await() }.taken shouldBe 1
            }
        }

        "a flow that fails stops it, when the fate of what it had emitted is known" {
            runTest {
                val failing = flow {
                    emit(message(1))
                    throw IllegalStateException("no more lines")
                }
                val all = publishing(failing)
                all.result.isCompleted shouldBe false
                all.answer(1)
                val failure = shouldThrow<PublishAllException> { all.result.await() }
                failure.cause.shouldBeInstanceOf<IllegalStateException>()
                failure.confirmed shouldBe 1
                failure.unconfirmed.shouldBeEmpty()
            }
        }

        "a message for which there is no room is not sent" {
            runTest {
                val all = publishing(numbers(3), answerRoom = false)
                all.fake.requests["room"].fail(ChannelClosedException("gone", 404, true, "basic.publish", null))
                val failure = shouldThrow<PublishAllException> { all.result.await() }
                failure.cause.shouldBeInstanceOf<ChannelClosedException>()
                failure.unconfirmed.single().result shouldBe null
                all.published.shouldBeEmpty()
            }
        }

        "cancelled, it cancels the flow and publishes nothing more" {
            runTest {
                var over = false
                val all = publishing(numbers(10).onCompletion { over = true }, window = 2)
                all.result.cancel()
                runCurrent()
                over shouldBe true
                all.result.isCompleted shouldBe true
                all.answer(1)
                all.answer(2)
                all.published shouldContainExactly listOf(1, 2)
            }
        }

        "whatever is answered when, every message that was taken is accounted for once" {
            repeat(1_000) { seed ->
                withClue("seed $seed") {
                    runTest {
                        val random = Random(seed)
                        val all = publishing(numbers(30), window = random.nextInt(1, 8))
                        val open = ArrayDeque<Int>()
                        var seen = 0
                        while (!all.result.isCompleted) {
                            while (seen < all.published.size) open += all.published[seen++]
                            val next = open.removeAt(random.nextInt(open.size))
                            all.answer(next, if (random.nextInt(20) == 0) PublishResult.Nacked() else CONFIRMED)
                        }
                        val failure = all.result.getCompletionExceptionOrNull()
                        if (failure == null) {
                            all.result.await() shouldBe 30
                        } else {
                            failure.shouldBeInstanceOf<PublishAllException>()
                            failure.confirmed + failure.unconfirmed.size shouldBe failure.taken
                            failure.unconfirmed.count { it.result != null } + failure.confirmed shouldBe
                                all.published.size
                            failure.unconfirmed.map { it.index + 1L } shouldContainExactly
                                failure.unconfirmed.map { it.message.number.toLong() }
                        }
                    }
                }
            }
        }

        "a window that lets nothing through is refused" {
            shouldThrow<IllegalArgumentException> { AmqpChannel(FakeChannel()).publishAll(emptyFlow(), window = 0) }
        }
    })

private val CONFIRMED = PublishResult.Confirmed.INSTANCE

private val OutboundMessage.number: Int get() = body().decodeToString().toInt()

private fun message(number: Int) = OutboundMessage.toQueue("orders", "$number".encodeToByteArray())

private fun numbers(count: Int): Flow<OutboundMessage> = (1..count).asFlow().map { message(it) }

/** A channel that has room, unless the test wants to say when. */
private class RoomyChannel(val fake: FakeChannel, private val answers: Boolean) : AsyncChannel by fake {
    override fun room() = fake.room().also { if (answers) it.complete(null) }
}

@OptIn(ExperimentalCoroutinesApi::class)
private class Published(val fake: FakeChannel, val result: Deferred<Long>, private val scope: TestScope) {
    val published: List<Int> get() = fake.publishes.map { it.message.number }

    fun answer(number: Int, result: PublishResult = CONFIRMED) {
        fake.publishes.single { it.message.number == number }.callback.onResult(result)
        scope.runCurrent()
    }
}

@OptIn(ExperimentalCoroutinesApi::class)
private fun TestScope.publishing(
    messages: Flow<OutboundMessage>,
    window: Int = 3,
    answerRoom: Boolean = true,
): Published {
    val fake = FakeChannel()
    val scope =
        CoroutineScope(backgroundScope.coroutineContext + SupervisorJob(backgroundScope.coroutineContext.job))
    val result = scope.async { AmqpChannel(RoomyChannel(fake, answerRoom)).publishAll(messages, window) }
    runCurrent()
    return Published(fake, result, this)
}
