package dev.leveret.coroutines

import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldNotBeEmpty
import kotlin.io.path.Path
import kotlin.io.path.readText
import kotlin.io.path.walk

/** The examples in the documentation compile, because they are in a file that does. */
class SamplesTest :
    StringSpec({
        "every example of the documentation is compiled" {
            val compiled = squeeze(Path("src/test/kotlin/dev/leveret/coroutines/samples/Samples.kt").readText())
            val examples =
                Path("src/main/kotlin")
                    .walk()
                    .flatMap { EXAMPLE.findAll(it.readText()) }
                    .map { it.groupValues[1].replace(LINE_START, "\n") }
                    .toList()
            examples.shouldNotBeEmpty()
            examples.filterNot { squeeze(it) in compiled }.shouldBeEmpty()
        }
    })

private val EXAMPLE = Regex("```kotlin(.*?)```", RegexOption.DOT_MATCHES_ALL)
private val LINE_START = Regex("\n *\\* ?")

private fun squeeze(code: String): String = code.replace(Regex("\\s+"), " ").trim()
