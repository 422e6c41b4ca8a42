package dev.leveret.examples

import dev.leveret.coroutines.AmqpChannel
import dev.leveret.coroutines.AmqpConnection
import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.publish
import dev.leveret.coroutines.topology
import dev.leveret.coroutines.use
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import java.util.UUID

/** Counts the words of lines by way of two queues on a broker. */
internal class WordCountPipeline(private val uri: String, private val progress: (String) -> Unit) {
    // Names of its own, so that two runs on one broker do not eat each other's messages.
    private val run = UUID.randomUUID().toString().take(8)
    private val lineQueue = "word-count.$run.lines"
    private val countQueue = "word-count.$run.counts"

    suspend fun declareQueues() = connectAmqp(uri).use {
        it.declare(
            topology {
                queue(lineQueue)
                queue(countQueue)
            },
        )
    }

    suspend fun deleteQueues() = connectAmqp(uri).use {
        it.channel {
            deleteQueue(lineQueue)
            deleteQueue(countQueue)
        }
    }

    suspend fun run(lines: List<String>): Map<String, Int> =
        connectAmqp(uri) { connectionName = "word count" }.use { connection ->
            val counts = countLines(connection, lines)
            progress("publishing the counts of ${counts.size} words, receiving them with a JMS listener")
            CountListener(uri, countQueue, counts.size).use { listener ->
                connection.channel { publishAll(counts.entries) { publishCount(it) } }
                listener.await()
            }
        }

    private suspend fun countLines(connection: AmqpConnection, lines: List<String>): Map<String, Int> = coroutineScope {
        val counts = async { connection.channel { countWords(lines.size) } }
        connection.channel { publishAll(lines) { publishLine(it) } }
        progress("published ${lines.size} lines, each confirmed by the broker")
        counts.await()
    }

    /** A few coroutines share the channel: each waits for its confirm, and together they keep the broker busy. */
    private suspend fun <T> publishAll(items: Collection<T>, publish: suspend (T) -> Unit) = coroutineScope {
        items.chunked(64).forEach { some -> some.map { launch { publish(it) } }.joinAll() }
    }

    private suspend fun AmqpChannel.publishLine(line: String) =
        publish(exchange = "", routingKey = lineQueue, body = line.encodeToByteArray(), mandatory = true) {
            contentType = "text/plain"
            persistent = true
        }

    private suspend fun AmqpChannel.publishCount(entry: Map.Entry<String, Int>) =
        publish(exchange = "", routingKey = countQueue, body = entry.key.encodeToByteArray(), mandatory = true) {
            contentType = "text/plain"
            header("count", entry.value)
        }

    private suspend fun AmqpChannel.countWords(lines: Int): Map<String, Int> {
        val counts = HashMap<String, Int>()
        var seen = 0
        if (lines == 0) return counts
        consume(lineQueue).take(lines).collect { delivery ->
            WORD.findAll(delivery.body().decodeToString().lowercase()).forEach { counts.merge(it.value, 1, Int::plus) }
            delivery.ack()
            seen++
            if (seen % maxOf(1, lines / 5) == 0) progress("counted the words of $seen lines of $lines")
        }
        return counts
    }

    private companion object {
        val WORD = Regex("""\p{L}[\p{L}\p{N}'-]*""")
    }
}
