package dev.leveret.coroutines.scripts

import dev.leveret.amqp.api.Topology
import dev.leveret.coroutines.TopologyBuilder
import dev.leveret.coroutines.topology
import java.io.File
import kotlin.script.experimental.api.EvaluationResult
import kotlin.script.experimental.api.ResultValue
import kotlin.script.experimental.api.ResultWithDiagnostics
import kotlin.script.experimental.api.ScriptDiagnostic
import kotlin.script.experimental.api.ScriptEvaluationConfiguration
import kotlin.script.experimental.api.implicitReceivers
import kotlin.script.experimental.host.toScriptSource
import kotlin.script.experimental.jvmhost.BasicJvmScriptingHost
import kotlin.script.experimental.jvmhost.createJvmCompilationConfigurationFromTemplate

/**
 * Compiles and runs a [TopologyScript] and returns what it describes. Takes some seconds, most of them the compiler's.
 *
 * @throws TopologyScriptException if it does not compile, or fails; each mistake with its line
 */
public fun evaluateTopologyScript(script: File): Topology {
    if (!script.isFile) throw TopologyScriptException(listOf("$script: there is no such file"))
    return topology { run(script, this) }
}

private fun run(script: File, receiver: TopologyBuilder) {
    val compilation = createJvmCompilationConfigurationFromTemplate<TopologyScript>()
    val evaluation = ScriptEvaluationConfiguration { implicitReceivers(receiver) }
    when (val result = BasicJvmScriptingHost().eval(script.toScriptSource(), compilation, evaluation)) {
        is ResultWithDiagnostics.Failure -> throw TopologyScriptException(mistakes(script, result.reports))

        is ResultWithDiagnostics.Success<EvaluationResult> -> {
            val outcome = result.value.returnValue
            if (outcome is ResultValue.Error) throw TopologyScriptException(script, outcome.error)
        }
    }
}

private fun mistakes(script: File, reports: List<ScriptDiagnostic>): List<String> = reports
    .filter { it.severity >= ScriptDiagnostic.Severity.ERROR }
    .map { report ->
        val at = report.location?.start?.let { ":${it.line}:${it.col}" }.orEmpty()
        "$script$at: ${report.message}"
    }

/**
 * A script does not describe a topology.
 *
 * @property mistakes each with the script's name and line: `orders.topology.kts:7: ...`
 */
public class TopologyScriptException internal constructor(
    public val mistakes: List<String>,
    cause: Throwable? = null,
) : RuntimeException(mistakes.joinToString("\n"), cause) {
    internal constructor(script: File, cause: Throwable) : this(listOf(describe(script, cause)), cause)
}

/** A mistake of the script's values is told by its message; any other failure is a surprise, and told by its type too. */
private fun describe(script: File, cause: Throwable): String {
    val line = cause.stackTrace.firstOrNull { it.fileName == script.name }?.lineNumber
    val what = if (cause is IllegalArgumentException) cause.message.orEmpty() else "$cause"
    return "$script${line?.let { ":$it" }.orEmpty()}: $what"
}
