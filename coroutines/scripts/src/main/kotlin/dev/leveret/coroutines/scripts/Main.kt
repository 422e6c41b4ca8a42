package dev.leveret.coroutines.scripts

import dev.leveret.amqp.api.AmqpException
import dev.leveret.amqp.topology.TopologyException
import java.io.IOException
import java.io.PrintStream
import kotlin.system.exitProcess

/** The command line: `--help` says what it takes. */
public fun main(arguments: Array<String>) {
    exitProcess(execute(arguments.toList(), System.getenv(), System.out, System.err))
}

internal const val AS_DESCRIBED: Int = 0
internal const val NOT_AS_DESCRIBED: Int = 1
internal const val WRONG_INPUT: Int = 2
internal const val NO_BROKER: Int = 3

/** Returns the exit code. Nothing that is printed has a password: exceptions of the client have none. */
internal fun execute(words: List<String>, environment: Map<String, String>, out: PrintStream, err: PrintStream): Int {
    if (words.isEmpty() || words.any { it == "--help" || it == "-h" }) {
        out.println(HELP)
        return if (words.isEmpty()) WRONG_INPUT else AS_DESCRIBED
    }
    return try {
        Commands(parseArguments(words, environment), out, err).run()
    } catch (wrong: UsageException) {
        err.println("${wrong.message}; --help says more")
        WRONG_INPUT
    } catch (wrong: TopologyScriptException) {
        err.println(wrong.message)
        WRONG_INPUT
    } catch (wrong: IllegalArgumentException) {
        err.println(wrong.message)
        WRONG_INPUT
    } catch (wrong: IOException) {
        err.println("$wrong")
        WRONG_INPUT
    } catch (unfulfilled: TopologyException) {
        err.println(unfulfilled.message)
        NOT_AS_DESCRIBED
    } catch (absent: AmqpException) {
        err.println(absent.message)
        NO_BROKER
    }
}
