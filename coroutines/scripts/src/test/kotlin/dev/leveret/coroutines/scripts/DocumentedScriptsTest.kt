package dev.leveret.coroutines.scripts

import dev.leveret.testkit.Brokers
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.StringSpec
import io.kotest.engine.spec.tempdir
import io.kotest.inspectors.forAll
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import java.io.File
import java.util.concurrent.TimeUnit
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

        // In a process of its own that has nothing of Leveret, with repositories and a home on this machine.
        "the plain script of the guide loads Leveret by its first line" {
            val home = directory.resolve("home").apply { mkdirs() }
            val ours = LocalRepository(directory.resolve("repository"), File("../..").canonicalFile)
            ours.addPom("leveret-parent")
            ours.addJar("leveret-protocol", "protocol")
            ours.addJar("leveret-coroutines", "coroutines")
            val repositories = listOf(directory.resolve("repository"), repositoryOfThisBuild())
            val script = directory.resolve("shop.main.kts").apply {
                val ofThisBuild = scripts.last().replace(Regex("(leveret-coroutines):[^\"]+"), "$1:${ours.version}")
                writeText(repositories.joinToString("") { "@file:Repository(\"${it.toURI()}\")\n" } + ofThisBuild)
            }
            Brokers.startEmbedded().use { broker ->
                val output = directory.resolve("output")
                val process = ProcessBuilder(
                    File(System.getProperty("java.home"), "bin/java").path,
                    "-Duser.home=$home",
                    "-cp",
                    System.getProperty("java.class.path").split(File.pathSeparator)
                        .filter { "scripts" in it || "kotlin" in File(it).name || "annotations" in File(it).name }
                        .joinToString(File.pathSeparator),
                    "dev.leveret.coroutines.scripts.RunMainKtsKt",
                    script.path,
                ).redirectErrorStream(true).redirectOutput(output).apply {
                    environment()["AMQP_URI"] = "${broker.uri()}"
                }.start()
                withClue({ output.readText() }) {
                    process.waitFor(5, TimeUnit.MINUTES) shouldBe true
                    process.exitValue() shouldBe 0
                    output.readText() shouldContain "shop.mails"
                }
            }
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

/** Where Maven has what this build depends on, and nothing of this build itself. */
private fun repositoryOfThisBuild(): File {
    val stdlib = File(Unit::class.java.protectionDomain.codeSource.location.toURI())
    return generateSequence(stdlib) { it.parentFile }.first { it.resolve("org/jetbrains").isDirectory }
}
