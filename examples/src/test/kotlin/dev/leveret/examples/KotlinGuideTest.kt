package dev.leveret.examples

import dev.leveret.amqp.api.BasicProperties
import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.api.QueueSpec
import dev.leveret.coroutines.AmqpChannel
import dev.leveret.coroutines.AmqpConnection
import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.publish
import dev.leveret.coroutines.use
import dev.leveret.testkit.Broker
import dev.leveret.testkit.Capability
import dev.leveret.testkit.junit.EveryBroker
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.assertj.core.api.Assertions.assertThat
import java.util.Collections.synchronizedList
import kotlin.time.Duration.Companion.seconds

/** The program whose snippets docs/kotlin.md shows does what is said of it. */
class KotlinGuideTest {
    @EveryBroker
    fun `the first program`(broker: Broker): Unit = runBlocking { hello("${broker.uri()}") }

    @EveryBroker
    fun publishing(broker: Broker): Unit = withQueue(broker) { channel, _, queue ->
        assertThat(publishOne(channel, queue, "{}".encodeToByteArray())).isEqualTo("it is the broker's")
        assertThat(
            publishOne(channel, "no-such-queue", "{}".encodeToByteArray()),
        ).startsWith("it is certainly not there")
        publishLines(channel, queue, (1..100).map { "$it" }.asFlow())
        assertThat(channel.purgeQueue(queue)).isEqualTo(101)
    }

    @EveryBroker
    fun consuming(broker: Broker): Unit = withQueue(broker) { channel, _, queue ->
        publishLines(channel, queue, (1..12).map { "$it" }.asFlow())
        printAll(channel, queue)
        assertThat(untilIdle(channel, queue)).isEqualTo(2)
    }

    @EveryBroker
    fun processing(broker: Broker): Unit = withQueue(broker) { channel, _, queue ->
        repeat(20) { number ->
            channel.publish("", queue, "$number".encodeToByteArray()) { header("account", number % 3) }
        }
        val booked = synchronizedList(ArrayList<String>())
        val stop = Job()
        withTimeout(20.seconds) {
            bookPayments(channel, stop, queue) {
                check(it.redelivered() || booked.size % 7 != 3)
                booked += it.body().decodeToString()
                if (booked.size == 20) stop.complete()
            }
        }
        assertThat(booked.map { it.toInt() }).containsExactlyInAnyOrderElementsOf((0 until 20).toList())
    }

    @EveryBroker(Capability.DIRECT_REPLY_TO)
    fun `rpc by direct reply-to`(broker: Broker): Unit = withQueue(broker) { channel, connection, queue ->
        assertThat(askForPrice(connection, "no-such-queue", null)).startsWith("there is no such service")
        val serving = launch(Dispatchers.Default) { servePrices(channel, queue) }
        assertThat(askForPrice(connection, queue, null)).isEqualTo("a hare is 4 coins")
        serving.cancelAndJoin()
        assertThat(askForPrice(connection, queue, null)).startsWith("nobody answers")
    }

    @EveryBroker
    fun `rpc by a queue`(broker: Broker): Unit = withQueue(broker) { channel, connection, queue ->
        val replies = channel.declareQueue(QueueSpec.temporary().withAutoDelete(false)).name()
        val serving = launch(Dispatchers.Default) { servePrices(channel, queue) }
        assertThat(askForPrice(connection, queue, replies)).isEqualTo("a hare is 4 coins")
        serving.cancelAndJoin()
    }

    // Broker-J delivers again what was rejected.
    @EveryBroker(Capability.QUEUE_ARGUMENTS)
    fun values(broker: Broker): Unit = withQueue(broker) { channel, _, queue ->
        val poison = OutboundMessage.toQueue(queue, "poison".encodeToByteArray())
        channel.publish(poison)
        channel.publish(poison.withProperties(BasicProperties.builder().contentType("text/html").build()))
        val sum = CompletableDeferred<Long>()
        val work = launch(Dispatchers.Default) { sumUp(channel, queue) { sum.complete(it) } }
        assertThat(withTimeout(20.seconds) { sum.await() }).isEqualTo(995)
        work.cancelAndJoin()
        assertThat(channel.purgeQueue(queue)).isZero()
    }

    @EveryBroker
    fun watching(broker: Broker): Unit = withQueue(broker) { _, connection, _ ->
        val watching = launch { watch(connection) }
        watching.cancelAndJoin()
    }

    private fun withQueue(
        broker: Broker,
        test: suspend CoroutineScope.(AmqpChannel, AmqpConnection, String) -> Unit,
    ): Unit = runBlocking {
        connectAmqp("${broker.uri()}").use { connection ->
            connection.channel {
                val queue = declareQueue(QueueSpec.temporary().withAutoDelete(false)).name()
                this@runBlocking.test(this, connection, queue)
            }
        }
    }
}
