package dev.leveret.coroutines.scripts

import dev.leveret.amqp.topology.RetryLadder
import dev.leveret.coroutines.topology
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import java.io.File
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

class TopologyScriptsTest :
    StringSpec({
        val directory = tempdir()

        fun script(text: String): File = directory.resolve("orders.topology.kts").apply { writeText(text.trimIndent()) }

        fun mistakes(text: String): List<String> =
            shouldThrow<TopologyScriptException> { evaluateTopologyScript(script(text)) }.mistakes

        "a script is what stands in the lambda of topology, without an import" {
            val described = evaluateTopologyScript(
                script(
                    """
                    val orders = topicExchange("orders") { alternateExchange = "unrouted" }
                    for (country in listOf("de", "fr")) {
                        queue("billing.${'$'}country") {
                            quorum { deadLetterStrategy = DeadLetterStrategy.AT_MOST_ONCE }
                            messageTtl = 5.minutes
                            retries(after = listOf(1.seconds))
                            bind(orders, routingKey = "order.${'$'}country.paid")
                        }
                    }
                    """,
                ),
            )
            described shouldBe topology {
                val orders = topicExchange("orders") { alternateExchange = "unrouted" }
                for (country in listOf("de", "fr")) {
                    queue("billing.$country") {
                        quorum { deadLetterStrategy = dev.leveret.amqp.api.DeadLetterStrategy.AT_MOST_ONCE }
                        messageTtl = 5.minutes
                        retries(after = listOf(1.seconds))
                        bind(orders, routingKey = "order.$country.paid")
                    }
                }
            }
            described.queues().map { it.name() }[1] shouldBe
                RetryLadder.of("billing.de", java.time.Duration.ofSeconds(1)).rung(java.time.Duration.ofSeconds(1))
        }

        "what does not compile is told with its line and column" {
            val mistakes = mistakes(
                """
                topicExchange("orders")
                queue("billing") {
                    quroum()
                    durable = "yes"
                }
                """,
            )
            mistakes shouldHaveSize 2
            mistakes[0] shouldStartWith "${directory.resolve("orders.topology.kts")}:3:5: "
            mistakes[0] shouldContain "quroum"
            mistakes[1] shouldStartWith "${directory.resolve("orders.topology.kts")}:4:"
        }

        "what cannot be is told with its line" {
            mistakes(
                """
                topicExchange("orders")

                queue("billing") {
                    quorum()
                    exclusive = true
                }
                """,
            ) shouldBe listOf(
                "${directory.resolve("orders.topology.kts")}:3: " +
                    "queue 'billing' cannot be exclusive: a quorum queue is durable and everybody's",
            )
        }

        "another failure is told with its type" {
            mistakes("val number = \"x\"\n\nerror(number)").single() shouldContain
                ":3: java.lang.IllegalStateException: x"
        }

        "a receiver of its own is reached from inside a queue only by name" {
            mistakes("queue(\"a\") { queue(\"b\") }").single() shouldContain "orders.topology.kts:1:14"
        }

        "a file that is not there is told" {
            shouldThrow<TopologyScriptException> {
                evaluateTopologyScript(directory.resolve("none.topology.kts"))
            }.mistakes.single() shouldContain "no such file"
        }
    })
