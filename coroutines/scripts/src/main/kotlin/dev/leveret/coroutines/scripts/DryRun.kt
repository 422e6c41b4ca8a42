package dev.leveret.coroutines.scripts

import dev.leveret.amqp.api.ExchangeSpec
import dev.leveret.amqp.api.QueueSpec
import dev.leveret.amqp.api.Topology
import dev.leveret.testkit.Brokers
import java.io.PrintStream

/**
 * A broker in this process, which shows that names, types and bindings fit together. It is not RabbitMQ: it has neither
 * its arguments nor its types of queues and exchanges, so those are left out, and said.
 */
internal class DryRun(private val topology: Topology, private val out: PrintStream, private val err: PrintStream) {
    fun run(apply: (String, Topology) -> Int): Int {
        val known = Topology(topology.exchanges().map(::known), topology.queues().map(::known), bindings())
        out.println("dry run on a broker in this process")
        return Brokers.startEmbedded().use { apply("${it.uri()}", known) }
    }

    private fun known(exchange: ExchangeSpec): ExchangeSpec {
        val type = if (exchange.type() in CORE) exchange.type() else "fanout"
        if (type != exchange.type()) leftOut("exchange '${exchange.name()}'", "type ${exchange.type()}")
        if (exchange.internal()) leftOut("exchange '${exchange.name()}'", "internal")
        exchange.arguments().keys.forEach { leftOut("exchange '${exchange.name()}'", it) }
        return ExchangeSpec(exchange.name(), type, exchange.durable(), exchange.autoDelete(), false, emptyMap())
    }

    private fun known(queue: QueueSpec): QueueSpec {
        queue.arguments().keys.forEach { leftOut("queue '${queue.name()}'", it) }
        return QueueSpec(queue.name(), queue.durable(), queue.exclusive(), queue.autoDelete(), emptyMap())
    }

    private fun bindings() = topology.bindings().filter { binding ->
        val own = topology.exchanges().any { it.name() == binding.source() } || binding.source().startsWith("amq.")
        if (!own) leftOut("binding of '${binding.destination()}'", "exchange '${binding.source()}', which is others'")
        own
    }

    private fun leftOut(what: String, why: String) = err.println("left out: $what: $why")

    private companion object {
        val CORE = setOf("direct", "fanout", "topic", "headers")
    }
}
