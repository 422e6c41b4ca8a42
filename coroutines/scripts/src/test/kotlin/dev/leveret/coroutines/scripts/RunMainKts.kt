package dev.leveret.coroutines.scripts

import org.jetbrains.kotlin.mainKts.MainKtsScript
import java.io.File
import kotlin.script.experimental.api.ResultValue
import kotlin.script.experimental.api.ScriptDiagnostic
import kotlin.script.experimental.api.constructorArgs
import kotlin.script.experimental.api.valueOrNull
import kotlin.script.experimental.host.toScriptSource
import kotlin.script.experimental.jvmhost.BasicJvmScriptingHost
import kotlin.system.exitProcess

/** Runs a `.main.kts` as Kotlin's command line does; ends with 0 if it did not fail. */
fun main(arguments: Array<String>) {
    val script = File(arguments.single()).toScriptSource()
    val run = BasicJvmScriptingHost().evalWithTemplate<MainKtsScript>(
        script,
        evaluation = { constructorArgs(emptyArray<String>()) },
    )
    val mistakes = run.reports.filter { it.severity >= ScriptDiagnostic.Severity.ERROR }
    mistakes.forEach { System.err.println(it.render(withStackTrace = true)) }
    val outcome = run.valueOrNull()?.returnValue
    if (outcome is ResultValue.Error) outcome.error.printStackTrace()
    // Whatever the script has left running.
    exitProcess(if (mistakes.isEmpty() && outcome != null && outcome !is ResultValue.Error) 0 else 1)
}
