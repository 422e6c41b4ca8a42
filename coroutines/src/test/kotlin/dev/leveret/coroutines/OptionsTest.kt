package dev.leveret.coroutines

import dev.leveret.amqp.api.AmqpUri
import dev.leveret.amqp.api.ConnectionOptions
import dev.leveret.amqp.api.Credentials
import dev.leveret.amqp.api.Endpoint
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
            options.clientProperties() shouldBe mapOf("team" to "billing")
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
