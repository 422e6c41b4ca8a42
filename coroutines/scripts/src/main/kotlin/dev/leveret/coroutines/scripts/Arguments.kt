package dev.leveret.coroutines.scripts

import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes

internal enum class Command {
    PLAN,
    APPLY,
    VERIFY,
    DELETE,
    GRAPH,
    EXPORT,
    CHECK,
}

/** What was asked for on the command line. */
internal class Arguments(
    val command: Command,
    val source: String,
    val uri: String?,
    val version: String?,
    val virtualHost: String,
    val format: String,
    val output: String?,
    val deadline: Duration,
    val evenIfUsed: Boolean,
    val evenIfNotEmpty: Boolean,
    val dryRun: Boolean,
)

/** The command line means nothing. */
internal class UsageException(message: String) : RuntimeException(message)

internal fun parseArguments(words: List<String>, environment: Map<String, String>): Arguments {
    val options = HashMap<String, String>()
    val others = ArrayList<String>()
    val left = ArrayDeque(words)
    while (left.isNotEmpty()) {
        val word = left.removeFirst()
        val name = word.substringBefore('=')
        when {
            !word.startsWith("-") -> others += word

            name in FLAGS && '=' !in word -> options[name] = ""

            name in VALUED && '=' in word -> options[name] = word.substringAfter('=')

            name in VALUED -> options[name] = left.removeFirstOrNull() ?: throw UsageException("$name needs a value")

            // Not all of it: it may be a URI with a password.
            else -> throw UsageException("there is no option ${name.take(20)}")
        }
    }
    val command = others.firstOrNull() ?: throw UsageException("say what to do: ${commands()}")
    return Arguments(
        command =
        Command.entries.firstOrNull { it.name.lowercase() == command }
            ?: throw UsageException("there is no command ${command.take(20)}, but ${commands()}"),
        source = others.getOrNull(1) ?: throw UsageException("$command needs a script or a file of definitions"),
        uri = options["--uri"] ?: environment["AMQP_URI"],
        version = options["--rabbitmq"],
        virtualHost = options["--vhost"] ?: "/",
        format =
        (options["--format"] ?: "mermaid").also {
            if (it !in FORMATS) throw UsageException("--format is one of ${FORMATS.joinToString()}")
        },
        output = options["--output"],
        deadline =
        options["--deadline"]?.let {
            Duration.parseOrNull(it)?.takeIf { time -> time.isPositive() && time.isFinite() }
                ?: throw UsageException("--deadline is a time such as 30s or 2m")
        } ?: 1.minutes,
        evenIfUsed = "--even-if-used" in options,
        evenIfNotEmpty = "--even-if-not-empty" in options,
        dryRun = "--dry-run" in options,
    ).also { if (others.size > 2) throw UsageException("$command takes one file, there are ${others.size - 1}") }
}

private fun commands(): String = Command.entries.joinToString { it.name.lowercase() }

private val FLAGS = setOf("--even-if-used", "--even-if-not-empty", "--dry-run")
private val VALUED = setOf("--uri", "--rabbitmq", "--vhost", "--format", "--output", "--deadline")
private val FORMATS = setOf("mermaid", "graphviz")

internal val HELP: String =
    """
    Brings the exchanges, queues and bindings that a script describes to a broker.

        java -jar leveret-topology.jar COMMAND FILE [options]

    FILE is a Kotlin script *.topology.kts, or a file *.json of RabbitMQ's definitions.

      check     say what RabbitMQ would refuse or ignore; asks no broker
      plan      say what is there, missing or different; changes nothing
      apply     declare what is described; never deletes, can be repeated
      verify    fail unless all exchanges and queues are there; needs no permissions
      delete    delete the queues and exchanges that are described, unless they are used or have messages
      graph     print a picture as text
      export    print RabbitMQ's definitions, for rabbitmqctl import_definitions

      --uri URI             the broker, such as amqp://user:password@host/vhost; or set AMQP_URI, which others cannot see
      --rabbitmq VERSION    check for this version, such as 4.3; otherwise for what all refuse
      --deadline TIME       how long plan, apply, verify or delete may take, such as 30s; 1m if not said
      --dry-run             apply to a broker in this process, what of it that one knows
      --even-if-used        delete what has consumers or other bindings
      --even-if-not-empty   delete queues with messages
      --format FORMAT       of graph: mermaid, which is the default, or graphviz
      --vhost NAME          of definitions: whose they are; / if not said
      --output FILE         write there what graph or export print
      --help                print this

    It ends with 0 if all is as described; 1 if something is missing, different, refused or left; 2 if the command line or
    the script is wrong; 3 if the broker could not be reached.
    """.trimIndent()
