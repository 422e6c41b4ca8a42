package dev.leveret.examples

import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.use
import dev.leveret.testkit.Broker
import dev.leveret.testkit.junit.EveryBroker
import kotlinx.coroutines.runBlocking
import org.assertj.core.api.Assertions.assertThat

class WordCountPipelineTest {
    @EveryBroker
    fun `every word of every line is counted once`(broker: Broker) {
        val lines = List(500) { "the hare runs, the tortoise walks: line $it" }

        assertThat(count(broker, lines))
            .containsEntry("the", 1000)
            .containsEntry("hare", 500)
            .containsEntry("line", 500)
            .hasSize(6)
    }

    @EveryBroker
    fun `a file without lines has no words`(broker: Broker) {
        assertThat(count(broker, emptyList())).isEmpty()
    }

    @EveryBroker
    fun `lines without words are consumed too`(broker: Broker) {
        assertThat(count(broker, listOf("", "42", "   "))).isEmpty()
    }

    private fun count(broker: Broker, lines: List<String>): Map<String, Int> = runBlocking {
        val pipeline = WordCountPipeline(broker.uri().toString()) {}
        pipeline.declareQueues()
        try {
            pipeline.run(lines)
        } finally {
            pipeline.deleteQueues()
        }
    }
}

class SnippetsTest {
    @EveryBroker
    fun `the Kotlin snippet prints what it published`(broker: Broker) {
        assertThat(printed { runBlocking { flowConsumer(broker.uri().toString()) } }).isEqualTo("hello")
        forget(broker)
    }

    @EveryBroker
    fun `the Java snippet prints what it published`(broker: Broker) {
        assertThat(printed { HelloJava.run(broker.uri().toString()) }).isEqualTo("hello")
        forget(broker)
    }

    @EveryBroker
    fun `the JMS snippet receives what it sent`(broker: Broker) {
        assertThat(HelloJms.run(broker.uri().toString())).isEqualTo("hello")
        forget(broker)
    }

    private fun forget(broker: Broker) =
        runBlocking { connectAmqp(broker.uri().toString()).use { it.channel { deleteQueue("greetings") } } }

    private fun printed(action: () -> Unit): String {
        val out = System.out
        val captured = java.io.ByteArrayOutputStream()
        System.setOut(java.io.PrintStream(captured, true))
        try {
            action()
        } finally {
            System.setOut(out)
        }
        return captured.toString().trim()
    }
}
