package dev.leveret.examples

import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.topology.Definitions
import dev.leveret.amqp.topology.RetryLadder
import dev.leveret.coroutines.apply
import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.delete
import dev.leveret.coroutines.topology
import dev.leveret.coroutines.use
import dev.leveret.testkit.Broker
import dev.leveret.testkit.Capability
import dev.leveret.testkit.junit.RequiresRabbitMq
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.util.UUID
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** The programs of the guide do what it says. */
class OrdersTopologyTest {
    @Test
    @RequiresRabbitMq(Capability.QUORUM_QUEUES, Capability.STREAMS)
    fun `the shop is brought up, and taken down again`(broker: Broker): Unit = runBlocking {
        connectAmqp("${broker.uri()}").use { connection ->
            repeat(2) { bringUp(connection, shop()) }
            connection.delete(shop()).requireComplete()
        }
    }

    @Test
    @RequiresRabbitMq(Capability.QUORUM_QUEUES)
    fun `what fails is handled again after a while`(broker: Broker): Unit = runBlocking {
        val work = "work-${UUID.randomUUID()}"
        lateinit var ladder: RetryLadder
        val described = topology { queue(work) { ladder = retries(after = listOf(50.milliseconds)) } }
        connectAmqp("${broker.uri()}").use { connection ->
            connection.apply(described).requireComplete()
            connection.channel {
                publish(OutboundMessage.toQueue(work, ByteArray(1)))
                val handled = CompletableDeferred<Int>()
                val consuming = launch {
                    consumeWithRetries(this@channel, ladder) { delivery ->
                        check(ladder.retriesOf(delivery) > 0) { "the first attempt always fails" }
                        handled.complete(ladder.retriesOf(delivery))
                    }
                }
                assertThat(withTimeout(20.seconds) { handled.await() }).isEqualTo(1)
                consuming.cancelAndJoin()
            }
            connection.delete(described, ifUnused = false, ifEmpty = false).requireComplete()
        }
    }

    @Test
    fun `the files are what they look like`(@TempDir directory: File) {
        problems(shop())
        export(shop(), directory)
        assertThat(Definitions.read(directory.resolve("shop.json").readText(), "/").queues()).hasSize(7)
        assertThat(directory.resolve("shop.mmd")).content().startsWith("flowchart")
        assertThat(directory.resolve("shop.dot")).content().startsWith("digraph")
    }
}
