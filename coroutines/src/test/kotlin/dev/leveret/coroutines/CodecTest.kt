package dev.leveret.coroutines

import dev.leveret.amqp.api.BasicProperties
import dev.leveret.coroutines.fake.FakeChannel
import dev.leveret.coroutines.fake.FakeDelivery
import dev.leveret.coroutines.samples.Cents
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest

@OptIn(ExperimentalCoroutinesApi::class)
class CodecTest :
    StringSpec({
        "a body is decoded if its type is the codec's, whatever its case and parameters, or if it has none" {
            listOf(null, "text/plain", "Text/Plain; charset=utf-8", "text/plain ;format=flowed").forEach {
                delivery("42", it).decode(Cents) shouldBe 42
            }
        }

        "a body of another type is not decoded" {
            val failure = shouldThrow<UndecodableMessageException> { delivery("42", "text/html").decode(Cents) }
            failure.message shouldContain "'text/html', expected is 'text/plain'"
        }

        "a body that cannot be decoded says so, with what the codec threw" {
            val failure = shouldThrow<UndecodableMessageException> { delivery("secret", null).decode(Cents) }
            failure.cause.shouldBeInstanceOf<NumberFormatException>()
        }

        "a published value has the codec's content type, unless its properties say another" {
            runTest {
                val fake = FakeChannel()
                launch { AmqpChannel(fake).publish("", "prices", 42L, Cents) }
                launch { AmqpChannel(fake).publish("", "prices", 43L, Cents) { contentType = "text/x-cents" } }
                runCurrent()
                fake.publishes.map { it.message.body().decodeToString() } shouldContainExactly listOf("42", "43")
                fake.publishes.map { it.message.properties().contentType() } shouldContainExactly
                    listOf("text/plain", "text/x-cents")
                coroutineContext.cancelChildren()
            }
        }

        "a poison message goes to the policy as any failure of its handler" {
            runTest {
                val fake = FakeChannel()
                val seen = ArrayList<Long>()
                val policy = FailurePolicy { _, failure ->
                    failure.shouldBeInstanceOf<UndecodableMessageException>()
                    FailureAction.REJECT
                }
                backgroundScope.launch {
                    AmqpChannel(fake).process("prices", Cents, onFailure = policy) { cents, _ -> seen += cents }
                }
                runCurrent()
                val consumer = fake.consumers.single()
                consumer.start()
                consumer.put(1)
                consumer.put(2) { body = "poison".encodeToByteArray() }
                consumer.deliver(3) { properties = BasicProperties.builder().contentType("text/html").build() }
                runCurrent()
                consumer.fates shouldContainExactly listOf("ack", "drop", "drop")
                seen shouldContainExactly listOf(1L)
            }
        }

        "serve and its requesters speak in values" {
            runTest {
                val fake = FakeChannel()
                backgroundScope.launch { AmqpChannel(fake).serve("doubling", Cents, Cents) { 2 * it } }
                runCurrent()
                val consumer = fake.consumers.single()
                consumer.start()
                consumer.deliver(21) { properties = BasicProperties.builder().replyTo("me").build() }
                runCurrent()
                val reply = fake.publishes.single().message
                reply.body().decodeToString() shouldBe "42"
                reply.properties().contentType() shouldBe "text/plain"
            }
        }
    })

private fun delivery(text: String, type: String?) = FakeDelivery(1).apply {
    body = text.encodeToByteArray()
    properties = BasicProperties.builder().contentType(type).build()
}
