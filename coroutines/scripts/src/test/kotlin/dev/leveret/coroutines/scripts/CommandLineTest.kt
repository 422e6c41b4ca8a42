package dev.leveret.coroutines.scripts

import dev.leveret.testkit.Brokers
import io.kotest.core.spec.style.StringSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldBeEmpty
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.kotest.matchers.string.shouldStartWith
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.PrintStream
import java.net.ServerSocket
import java.util.UUID
import java.util.concurrent.TimeUnit

/** Files of definitions where no script is needed: those need no compiler, which takes its time. */
class CommandLineTest :
    StringSpec({
        val directory = tempdir()

        fun definitions(vararg queues: String, arguments: String = "{}"): String =
            directory.resolve("${UUID.randomUUID()}.json").apply {
                writeText(
                    queues.joinToString(",", """{"queues":[""", "]}") {
                        """{"name":"$it","durable":true,"auto_delete":false,"arguments":$arguments}"""
                    },
                )
            }.path

        "help is printed when it is asked for, and when nothing is" {
            run("--help").apply {
                code shouldBe 0
                out shouldContain "--even-if-not-empty"
                err.shouldBeEmpty()
            }
            run().code shouldBe 2
            HELP.lines().filter { it.length > 130 } shouldBe emptyList()
        }

        "a command line that means nothing is refused, and says why" {
            val file = definitions("a")
            for ((words, why) in listOf(
                listOf("destroy", file) to "no command destroy",
                listOf("plan") to "plan needs a script",
                listOf("plan", file, file) to "takes one file, there are 2",
                listOf("plan", file, "--url=amqp://guest:s3cret@localhost") to "no option --url",
                listOf("plan", file, "--uri") to "--uri needs a value",
                listOf("plan", file) to "say which broker",
                listOf("plan", file, "--deadline", "soon") to "--deadline is a time",
                listOf("plan", file, "--deadline", "-1s") to "--deadline is a time",
                listOf("plan", file, "--dry-run") to "--dry-run is for apply",
                listOf("plan", file, "--dry-run=yes") to "no option --dry-run",
                listOf("graph", file, "--format", "png") to "mermaid, graphviz",
                listOf("check", file, "--rabbitmq", "newest") to "version 'newest'",
                listOf("check", "$file.none") to "none",
                listOf("plan", file, "--uri", "amqp://guest:s3cret@local host") to "",
                listOf("plan", file, "--uri", "amqp://guest:s3cret@localhost?no_such_option=1") to "no_such_option",
            )) {
                val result = run(words)
                result.code shouldBe 2
                result.err shouldContain why
                result.err shouldNotContain "s3cret"
                result.out.shouldBeEmpty()
            }
        }

        "check says what a version refuses, without a broker" {
            val file = definitions("a", arguments = """{"x-queue-type":"classic","x-queue-version":1}""")
            run("check", file).apply {
                code shouldBe 0
                out shouldStartWith "0 exchanges, 1 queues, 0 bindings, 0 problems"
            }
            run("check", file, "--rabbitmq", "4.3").apply {
                code shouldBe 1
                err shouldStartWith "refused: queue 'a' has x-queue-version 1"
            }
        }

        "what is refused anyway is not sent" {
            val file = definitions("a", arguments = """{"x-queue-type":"quorum","x-max-priority":5}""")
            run("apply", file, "--uri", "amqp://localhost:1").apply {
                code shouldBe 2
                err shouldContain "x-max-priority"
            }
        }

        "graph and export print, or write where they are told" {
            val file = definitions("a")
            run("graph", file).out shouldStartWith "flowchart LR"
            run("graph", file, "--format=graphviz").out shouldStartWith "digraph topology"
            val written = directory.resolve("written.json")
            run("export", file, "--vhost", "shop", "--output", written.path).out.shouldBeEmpty()
            written.readText() shouldContain """"vhost":"shop""""
            run("export", written.path, "--vhost", "shop").out shouldBe written.readText()
            run("export", written.path).code shouldBe 2
        }

        "a broker that is not there is told without the password" {
            val port = ServerSocket(0).use { it.localPort }
            run("plan", definitions("a"), "--uri", "amqp://guest:s3cret@127.0.0.1:$port").apply {
                code shouldBe 3
                err shouldContain "$port"
                err shouldNotContain "s3cret"
            }
        }

        "credentials that are refused are told without the password" {
            val uri = Brokers.embedded().uri()
            run("plan", definitions("a"), "--uri", "amqp://guest:s3cret@127.0.0.1:${uri.port}").apply {
                code shouldBe 3
                err shouldContain "credentials"
                err shouldNotContain "s3cret"
            }
        }

        Brokers.each().forEach { offer ->
            "a topology goes through all its commands (${offer.name()})".config(enabled = offer.broker().isPresent) {
                val environment = mapOf("AMQP_URI" to "${offer.broker().orElseThrow().uri()}")
                val name = "leveret.test.${UUID.randomUUID()}"
                val file = definitions(name)
                run(listOf("plan", file), environment).apply {
                    code shouldBe 1
                    out.trim() shouldBe "+ queue '$name'"
                }
                run(listOf("verify", file), environment).apply {
                    code shouldBe 1
                    err shouldContain "+ queue '$name'"
                }
                run(listOf("apply", file, "--deadline=30s"), environment).apply {
                    code shouldBe 0
                    out.trim() shouldBe "done queue '$name'"
                }
                run(listOf("plan", file), environment).apply {
                    code shouldBe 0
                    out.trim() shouldBe "= queue '$name'"
                }
                run(listOf("verify", file), environment).code shouldBe 0
                run(listOf("delete", file), environment).code shouldBe 0
                run(listOf("verify", file), environment).code shouldBe 1
            }
        }

        "a dry run applies to a broker in this process what that one knows" {
            val file = definitions("a", arguments = """{"x-queue-type":"quorum"}""")
            run("apply", file, "--dry-run").apply {
                code shouldBe 0
                out shouldContain "done queue 'a'"
                err.trim() shouldBe "left out: queue 'a': x-queue-type"
            }
        }

        "the program itself runs a script and ends with its code" {
            val script = directory.resolve("orders.topology.kts").apply {
                writeText("val x = fanoutExchange(\"x\")\nqueue(\"a\") { bind(x) }\n")
            }
            val child = ProcessBuilder(
                File(System.getProperty("java.home"), "bin/java").path,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.leveret.coroutines.scripts.MainKt",
                "apply",
                script.path,
                "--dry-run",
            ).redirectErrorStream(true).redirectOutput(directory.resolve("child.txt")).start()
            try {
                child.waitFor(3, TimeUnit.MINUTES) shouldBe true
                directory.resolve("child.txt").readText() shouldContain "done queue 'a'"
                child.exitValue() shouldBe 0
            } finally {
                child.destroyForcibly()
            }
        }
    })

private class Ended(val code: Int, val out: String, val err: String)

private fun run(vararg words: String): Ended = run(words.toList())

private fun run(words: List<String>, environment: Map<String, String> = emptyMap()): Ended {
    val out = ByteArrayOutputStream()
    val err = ByteArrayOutputStream()
    val code = execute(words, environment, PrintStream(out, true), PrintStream(err, true))
    return Ended(code, "$out", "$err")
}
