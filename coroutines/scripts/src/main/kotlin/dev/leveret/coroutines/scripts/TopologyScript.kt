package dev.leveret.coroutines.scripts

import dev.leveret.coroutines.TopologyBuilder
import kotlin.script.experimental.annotations.KotlinScript
import kotlin.script.experimental.api.ScriptAcceptedLocation
import kotlin.script.experimental.api.ScriptCompilationConfiguration
import kotlin.script.experimental.api.acceptedLocations
import kotlin.script.experimental.api.defaultImports
import kotlin.script.experimental.api.ide
import kotlin.script.experimental.api.implicitReceivers
import kotlin.script.experimental.jvm.dependenciesFromClassContext
import kotlin.script.experimental.jvm.jvm

/**
 * A file `*.topology.kts`: what would stand in the lambda of [dev.leveret.coroutines.topology], and nothing else. What it
 * may use without an import are the receiver's functions, the values of the API and durations such as `5.seconds`.
 *
 * It is Kotlin, so whoever runs one runs a program.
 */
@KotlinScript(
    displayName = "Leveret topology",
    fileExtension = "topology.kts",
    compilationConfiguration = TopologyScriptCompilation::class,
)
public abstract class TopologyScript

internal object TopologyScriptCompilation : ScriptCompilationConfiguration({
    defaultImports(
        listOf("dev.leveret.amqp.api.*", "dev.leveret.amqp.topology.*", "dev.leveret.coroutines.*") +
            listOf("milliseconds", "seconds", "minutes", "hours", "days").map { "kotlin.time.Duration.Companion.$it" },
    )
    implicitReceivers(TopologyBuilder::class)
    jvm { dependenciesFromClassContext(TopologyScript::class, wholeClasspath = true) }
    ide { acceptedLocations(ScriptAcceptedLocation.Everywhere) }
}) {
    @Suppress("unused") // an object stays the same when it is read again
    private fun readResolve(): Any = TopologyScriptCompilation
}
