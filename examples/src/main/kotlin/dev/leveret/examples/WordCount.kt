package dev.leveret.examples

import dev.leveret.amqp.api.AmqpException
import dev.leveret.testkit.BrokerStartException
import dev.leveret.testkit.Brokers
import dev.leveret.testkit.NoBrokerException
import jakarta.jms.JMSException
import kotlinx.coroutines.runBlocking
import java.io.IOException
import java.net.URI
import java.nio.charset.CharacterCodingException
import java.nio.file.NoSuchFileException
import java.nio.file.Path
import kotlin.io.path.readLines
import kotlin.system.exitProcess

/**
 * A message travels the whole house: the lines of a text file are published from coroutines, each with a confirm; a `Flow`
 * consumes them and counts their words; the counts are published and received by a Jakarta Messaging listener.
 */
fun main(args: Array<String>) {
    exitProcess(
        try {
            run(Path.of(args.firstOrNull() ?: "README.md"))
            0
        } catch (failure: Exception) {
            System.err.println("word count: ${describe(failure)}")
            1
        },
    )
}

private fun run(file: Path) {
    val lines = file.readLines()
    println("Looking for a broker...")
    val broker = Brokers.any()
    println("Using ${broker.description()}")
    val counts = countWords(broker.uri(), lines) { println("  $it") }
    println()
    println("The most frequent of the ${counts.size} words in $file:")
    counts.entries
        .sortedWith(compareByDescending<Map.Entry<String, Int>> { it.value }.thenBy { it.key })
        .take(10)
        .forEach { (word, count) -> println("%7d  %s".format(count, word)) }
}

private fun countWords(uri: URI, lines: List<String>, progress: (String) -> Unit): Map<String, Int> = runBlocking {
    val pipeline = WordCountPipeline(uri.toString(), progress)
    pipeline.declareQueues()
    try {
        pipeline.run(lines)
    } finally {
        pipeline.deleteQueues()
    }
}

/** One line that says what went wrong; what these exceptions say is made for people. */
private fun describe(failure: Exception): String = when (failure) {
    is NoSuchFileException -> "there is no file ${failure.file}"

    is CharacterCodingException -> "the file is not a text in UTF-8"

    is IOException -> "the file cannot be read: ${failure.message}"

    is AmqpException, is JMSException, is BrokerStartException, is NoBrokerException, is IllegalArgumentException ->
        failure.message ?: failure.toString()

    else -> throw failure
}
