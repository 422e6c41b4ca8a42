package dev.leveret.coroutines

import dev.leveret.amqp.api.AmqpUri
import dev.leveret.amqp.api.BlockedPolicy
import dev.leveret.amqp.api.ConnectionOptions
import dev.leveret.amqp.api.ConsumeOptions
import dev.leveret.amqp.api.Credentials
import dev.leveret.amqp.api.Endpoint
import dev.leveret.amqp.api.Observer
import dev.leveret.amqp.api.StreamOffset
import dev.leveret.amqp.api.TlsOptions
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import java.lang.reflect.Modifier
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

class OptionsTest :
    StringSpec({
        "every option of the Java builder can be set" {
            val builder = ConnectionOptionsBuilder::class.java.methods.map { it.name.substringBefore('-') }.toSet()
            ConnectionOptions.Builder::class.java
                .declaredMethods
                .filter { Modifier.isPublic(it.modifiers) }
                .map { it.name }
                // One endpoint is a list of one.
                .filterNot { it == "build" || it == "endpoint" }
                .filterNot { it in builder || "set${it.replaceFirstChar(Char::uppercase)}" in builder }
                .shouldBeEmpty()
        }

        "every option of a consumer can be set" {
            val builder = ConsumeBuilder::class.java.methods.map { it.name.substringBefore('-') }.toSet()
            ConsumeOptions::class.java
                .declaredMethods
                .filter { Modifier.isPublic(it.modifiers) && it.name.startsWith("with") }
                .map { it.name.removePrefix("with") }
                // A parameter of its own, and what only handlers have.
                .filterNot { it in setOf("Prefetch", "OnHandlerError", "Executor") }
                .filterNot { "set$it" in builder || it.replaceFirstChar(Char::lowercase) in builder }
                .shouldBeEmpty()
        }

        "the options of a consumer are those of the Java face" {
            val options = ConsumeBuilder("orders", prefetch = 0).apply {
                consumerTag = "me"
                autoAck = true
                exclusive = true
                priority = 3
                streamOffset = StreamOffset.at(17)
                streamMatchUnfiltered = true
                streamFilter("a", "b")
                consumerTimeout = 4.seconds
                buffer(messages = 5, bytes = 6)
                ackBatch(size = 7, delay = 8.seconds)
                argument("x-custom", "y")
            }.build()
            options shouldBe
                ConsumeOptions
                    .of("orders")
                    .withConsumerTag("me")
                    .withPrefetch(0)
                    .withAutoAck(true)
                    .withExclusive(true)
                    .withPriority(3)
                    .withStreamOffset(StreamOffset.at(17))
                    .withStreamMatchUnfiltered(true)
                    .withStreamFilter("a", "b")
                    .withConsumerTimeout(java.time.Duration.ofSeconds(4))
                    .withBuffer(5, 6)
                    .withAckBatch(7, java.time.Duration.ofSeconds(8))
                    .withArgument("x-custom", "y")
        }

        "a consumer without a prefetch has a buffer, and one with a prefetch has no other bound" {
            fun bound(prefetch: Int, configure: ConsumeBuilder.() -> Unit = {}) =
                ConsumeBuilder("orders", prefetch).apply(configure).build().bufferMessages()
            bound(prefetch = 0) shouldBe ConsumeOptions.DEFAULT_BUFFER_MESSAGES
            bound(prefetch = 10) { autoAck = true } shouldBe ConsumeOptions.DEFAULT_BUFFER_MESSAGES
            bound(prefetch = 10) shouldBe Int.MAX_VALUE
            bound(prefetch = 10) { buffer(messages = 3) } shouldBe 3
        }

        "options that nobody sets are those of the URI" {
            val options = options("amqp://me:secret@mq.example:5673/prod?heartbeat=7&name=billing") {}
            options.endpoints() shouldBe listOf(Endpoint("mq.example", 5673))
            options.virtualHost() shouldBe "prod"
            options.heartbeat() shouldBe java.time.Duration.ofSeconds(7)
            options.connectionName() shouldBe "billing"
            options.closeTimeout() shouldBe ConnectionOptions.builder().build().closeTimeout()
        }

        "options that are set win over the URI" {
            val plain = Credentials.plain("a", "b")
            val watching = Observer { throw UnsupportedOperationException("nothing is connected here") }
            val options =
                options("amqp://me:secret@mq.example/prod?heartbeat=7") {
                    endpoints = listOf(Endpoint("a", 1), Endpoint("b", 2))
                    virtualHost = "test"
                    credentials = plain
                    connectionName = "n"
                    heartbeat = 20.seconds
                    channelMax = 10
                    frameMax = 8192
                    tls = TlsOptions.defaults()
                    credentialsTimeout = 9.seconds
                    connectTimeout = 1.seconds
                    handshakeTimeout = 2.seconds
                    requestTimeout = 3.seconds
                    closeTimeout = 4.seconds
                    maxInboundBody = 5
                    outboundBuffer = 6
                    whenBlocked = BlockedPolicy.failFast()
                    blockedConnectionTimeout = 7.seconds
                    separatePublishing = true
                    frameHistory = 8
                    observer(watching)
                    clientProperty("team", "billing")
                }
            options.endpoints() shouldBe listOf(Endpoint("a", 1), Endpoint("b", 2))
            options.virtualHost() shouldBe "test"
            options.credentials() shouldBe plain
            options.connectionName() shouldBe "n"
            options.heartbeat() shouldBe java.time.Duration.ofSeconds(20)
            options.channelMax() shouldBe 10
            options.frameMax() shouldBe 8192
            options.tls().get() shouldBe TlsOptions.defaults()
            options.credentialsTimeout() shouldBe java.time.Duration.ofSeconds(9)
            options.connectTimeout() shouldBe java.time.Duration.ofSeconds(1)
            options.handshakeTimeout() shouldBe java.time.Duration.ofSeconds(2)
            options.requestTimeout() shouldBe java.time.Duration.ofSeconds(3)
            options.closeTimeout() shouldBe java.time.Duration.ofSeconds(4)
            options.maxInboundBody() shouldBe 5
            options.outboundBuffer() shouldBe 6
            options.whenBlocked() shouldBe BlockedPolicy.failFast()
            options.blockedConnectionTimeout().get() shouldBe java.time.Duration.ofSeconds(7)
            options.separatePublishing() shouldBe true
            options.frameHistory() shouldBe 8
            options.observers() shouldBe listOf(watching)
            options.clientProperties() shouldBe mapOf("team" to "billing")
        }

        "a limit that the URI sets can be taken away" {
            val uri = "amqp://localhost?blocked_connection_timeout=5"
            options(uri) {}.blockedConnectionTimeout().get() shouldBe java.time.Duration.ofSeconds(5)
            options(uri) { blockedConnectionTimeout = null }.blockedConnectionTimeout().isPresent shouldBe false
        }

        "an option is refused with its name before anything is tried" {
            refusal("amqp://localhost") { requestTimeout = Duration.INFINITE } shouldContain "requestTimeout"
            refusal("amqp://localhost") { closeTimeout = Duration.ZERO } shouldContain "closeTimeout"
            refusal("http://localhost") {} shouldContain "amqp://"
        }
    })

private suspend fun refusal(uri: String, configure: ConnectionOptionsBuilder.() -> Unit): String =
    shouldThrow<IllegalArgumentException> { connectAmqp(uri, configure) }.message.orEmpty()

private fun options(uri: String, configure: ConnectionOptionsBuilder.() -> Unit): ConnectionOptions =
    ConnectionOptionsBuilder(AmqpUri.parse(uri).build()).apply(configure).build()
