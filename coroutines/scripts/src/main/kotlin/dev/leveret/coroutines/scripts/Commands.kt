package dev.leveret.coroutines.scripts

import dev.leveret.amqp.api.RecoveryOptions
import dev.leveret.amqp.api.Topology
import dev.leveret.amqp.api.TopologyProblem
import dev.leveret.amqp.topology.Definitions
import dev.leveret.amqp.topology.TopologyGraph
import dev.leveret.amqp.topology.TopologyReport
import dev.leveret.coroutines.AmqpConnection
import dev.leveret.coroutines.apply
import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.delete
import dev.leveret.coroutines.plan
import dev.leveret.coroutines.use
import dev.leveret.coroutines.verify
import kotlinx.coroutines.runBlocking
import java.io.File
import java.io.PrintStream
import kotlin.time.Duration.Companion.seconds

/** What the command line can do; each returns the exit code. */
internal class Commands(private val arguments: Arguments, private val out: PrintStream, private val err: PrintStream) {
    fun run(): Int {
        val topology = read(File(arguments.source))
        return when (arguments.command) {
            Command.CHECK -> check(topology)

            Command.GRAPH -> write(graph(topology))

            Command.EXPORT -> write(Definitions.write(topology, arguments.virtualHost))

            else -> {
                val problems = report(topology)
                if (problems.any { it.kind() == TopologyProblem.Kind.REFUSED }) WRONG_INPUT else ask(topology)
            }
        }
    }

    private fun read(file: File): Topology = if (file.name.endsWith(".json")) {
        Definitions.read(file.readText(), arguments.virtualHost)
    } else {
        evaluateTopologyScript(file)
    }

    private fun check(topology: Topology): Int {
        val problems = report(topology)
        out.println(
            "${topology.exchanges().size} exchanges, ${topology.queues().size} queues, " +
                "${topology.bindings().size} bindings, ${problems.size} problems",
        )
        return if (problems.any { it.kind() == TopologyProblem.Kind.REFUSED }) NOT_AS_DESCRIBED else AS_DESCRIBED
    }

    private fun report(topology: Topology): List<TopologyProblem> {
        val problems = arguments.version?.let(topology::problemsOn) ?: topology.problems()
        problems.forEach { err.println("${it.kind().name.lowercase().replace('_', ' ')}: $it") }
        return problems
    }

    private fun graph(topology: Topology): String = when (arguments.format) {
        "graphviz" -> TopologyGraph.graphviz(topology)
        else -> TopologyGraph.mermaid(topology)
    }

    private fun write(text: String): Int {
        val file = arguments.output
        if (file == null) out.print(text) else File(file).writeText(text)
        return AS_DESCRIBED
    }

    private fun ask(topology: Topology): Int {
        if (arguments.dryRun) {
            if (arguments.command != Command.APPLY) throw UsageException("--dry-run is for apply")
            return DryRun(topology, out, err).run { uri, known -> connected(uri) { ask(it, known) } }
        }
        val uri = arguments.uri ?: throw UsageException("say which broker, by --uri or by AMQP_URI")
        return connected(uri) { ask(it, topology) }
    }

    private fun connected(uri: String, block: suspend (AmqpConnection) -> Int): Int = runBlocking {
        connectAmqp(uri) {
            connectionName = "leveret-topology"
            recovery = RecoveryOptions.off()
            connectTimeout = 10.seconds
        }.use(block)
    }

    private suspend fun ask(connection: AmqpConnection, topology: Topology): Int = when (arguments.command) {
        Command.PLAN -> {
            val plan = connection.plan(topology, arguments.deadline)
            out.println(plan)
            if (plan.isFulfilled) AS_DESCRIBED else NOT_AS_DESCRIBED
        }

        Command.VERIFY -> {
            out.println(connection.verify(topology, arguments.deadline))
            AS_DESCRIBED
        }

        Command.DELETE -> told(
            connection.delete(
                topology,
                ifUnused = !arguments.evenIfUsed,
                ifEmpty = !arguments.evenIfNotEmpty,
                deadline = arguments.deadline,
            ),
        )

        else -> told(connection.apply(topology, arguments.deadline))
    }

    private fun told(report: TopologyReport): Int {
        out.println(report)
        return if (report.isComplete) AS_DESCRIBED else NOT_AS_DESCRIBED
    }
}
