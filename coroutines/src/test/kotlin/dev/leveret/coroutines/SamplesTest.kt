package dev.leveret.coroutines

import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldNotBeEmpty
import java.nio.file.Path
import kotlin.io.path.Path
import kotlin.io.path.readText
import kotlin.io.path.walk

/** The examples in the documentation compile, because they are in files that do. */
class SamplesTest :
    StringSpec({
        "every example of the documentation is compiled" {
            val compiled = sources("src/test/kotlin/dev/leveret/coroutines/samples").map {
                squeeze(it.readText())
            }.toList()
            val examples =
                sources("src/main/kotlin")
                    .flatMap { EXAMPLE.findAll(it.readText()) }
                    .map { it.groupValues[1].replace(LINE_START, "\n") }
                    .toList()
            examples.shouldNotBeEmpty()
            examples.filterNot { example -> compiled.any { squeeze(example) in it } }.shouldBeEmpty()
        }

        "every public function has an example" {
            val without =
                sources("src/main/kotlin")
                    .flatMap { PUBLIC.findAll(it.readText()) }
                    .filterNot { "```kotlin" in it.groupValues[1] }
                    .map { it.groupValues[2] }
                    .toList()
            without.shouldBeEmpty()
        }

        "every suspend function says what cancelling it does" {
            val undocumented =
                sources("src/main/kotlin")
                    .flatMap { SUSPENDING.findAll(it.readText()) }
                    .filterNot { "Cancellation" in it.groupValues[1] }
                    .map { it.groupValues[2] }
                    .toList()
            undocumented.shouldBeEmpty()
        }
    })

private val EXAMPLE = Regex("```kotlin(.*?)```", RegexOption.DOT_MATCHES_ALL)
private val SUSPENDING =
    Regex("/\\*\\*((?:(?!\\*/).)*)\\*/\\s+public suspend (fun [^\n]*)", RegexOption.DOT_MATCHES_ALL)
private val PUBLIC =
    Regex(
        "(?:/\\*\\*((?:(?!\\*/).)*)\\*/\\s+)?public (?:suspend )?(fun (?!interface)[^\n]*)",
        RegexOption.DOT_MATCHES_ALL,
    )
private val LINE_START = Regex("\n *\\* ?")

private fun sources(folder: String): Sequence<Path> = Path(folder).walk()

private fun squeeze(code: String): String = code.replace(Regex("\\s+"), " ").trim()
