package dev.leveret.coroutines.scripts

import dev.leveret.testkit.Brokers
import io.kotest.core.spec.style.StringSpec
import io.kotest.engine.spec.tempdir
import io.kotest.inspectors.forAll
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import java.io.File
import kotlin.script.experimental.api.ScriptCompilationConfiguration
import kotlin.script.experimental.api.ScriptDiagnostic
import kotlin.script.experimental.api.ScriptEvaluationConfiguration
import kotlin.script.experimental.host.toScriptSource
import kotlin.script.experimental.jvm.dependenciesFromCurrentContext
import kotlin.script.experimental.jvm.jvm
import kotlin.script.experimental.jvmhost.BasicJvmScriptingHost

/** What the guide shows is what runs. */
class DocumentedScriptsTest :
    StringSpec({
        val guide = File("../../docs/topology.md").readText()
        val scripts = Regex("```kts\n(.*?)```", RegexOption.DOT_MATCHES_ALL).findAll(guide).map { it.groupValues[1] }
        val directory = tempdir()

        "the script of the guide describes what it seems to" {
            val file = directory.resolve("shop.topology.kts").apply { writeText(scripts.first()) }
            val described = evaluateTopologyScript(file)
            described.exchanges() shouldHaveSize 1
            described.queues() shouldHaveSize 10
            described.bindings() shouldHaveSize 2
        }

        // Without its first line, by which Kotlin's command line loads what this test has anyway.
        "the plain script of the guide applies its topology" {
            Brokers.startEmbedded().use { broker ->
                val plain = scripts
                    .last()
                    .lines()
                    .filterNot { it.startsWith("@file:DependsOn") }
                    .joinToString("\n")
                    .replace("System.getenv(\"AMQP_URI\")", "\"${broker.uri()}\"")
                plain shouldContain "\"${broker.uri()}\""
                val compilation = ScriptCompilationConfiguration {
                    jvm { dependenciesFromCurrentContext(wholeClasspath = true) }
                }
                BasicJvmScriptingHost()
                    .eval(plain.toScriptSource(), compilation, ScriptEvaluationConfiguration())
                    .reports
                    .filter { it.severity >= ScriptDiagnostic.Severity.ERROR }
                    .shouldBeEmpty()
            }
        }

        "the guide names every command and every exit code" {
            Command.entries.forAll { guide shouldContain it.name.lowercase() }
            listOf(AS_DESCRIBED, NOT_AS_DESCRIBED, WRONG_INPUT, NO_BROKER) shouldBe
                Regex("^\\| ([0-9]) \\|", RegexOption.MULTILINE).findAll(guide).map {
                    it.groupValues[1].toInt()
                }.toList()
        }
    })
