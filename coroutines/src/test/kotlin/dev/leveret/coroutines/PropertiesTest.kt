package dev.leveret.coroutines

import dev.leveret.amqp.api.BasicProperties
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import java.time.Instant
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

class PropertiesTest :
    StringSpec({
        "nothing is set unless said so" {
            properties {} shouldBe BasicProperties.EMPTY
        }

        "all properties can be set" {
            properties {
                contentType = "text/plain"
                contentEncoding = "gzip"
                persistent = true
                priority = 4
                correlationId = "c"
                replyTo = "r"
                expiration = 1500.milliseconds
                messageId = "m"
                timestamp = Instant.ofEpochSecond(5)
                type = "t"
                userId = "u"
                appId = "a"
                header("one", 1)
                headers(mapOf("two" to listOf("a", null)))
            } shouldBe
                BasicProperties
                    .builder()
                    .contentType("text/plain")
                    .contentEncoding("gzip")
                    .persistent(true)
                    .priority(4)
                    .correlationId("c")
                    .replyTo("r")
                    .expiration("1500")
                    .messageId("m")
                    .timestamp(Instant.ofEpochSecond(5))
                    .type("t")
                    .userId("u")
                    .appId("a")
                    .header("one", 1)
                    .header("two", listOf("a", null))
                    .build()
        }

        "what AMQP cannot carry is refused" {
            shouldThrow<IllegalArgumentException> { properties { priority = 256 } }.message shouldContain "priority"
            shouldThrow<IllegalArgumentException> { properties { expiration = Duration.INFINITE } }
            shouldThrow<IllegalArgumentException> { properties { header("x", Thread.currentThread()) } }
        }
    })
