package dev.leveret.examples

import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.api.QueueSpec
import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.use
import dev.leveret.examples.pika.consumeForever
import dev.leveret.examples.pika.publishAll
import dev.leveret.testkit.Broker
import dev.leveret.testkit.Capability
import dev.leveret.testkit.junit.EveryBroker
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.assertj.core.api.Assertions.assertThat
import java.util.UUID
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

class PikaExamplesInKotlinTest {
    @EveryBroker
    fun `every coroutine's message is confirmed`(broker: Broker): Unit = runBlocking {
        assertThat(publishAll(broker.uri().toString(), messages = 50)).isEqualTo(50)
    }

    @EveryBroker(Capability.CONSUMER_CANCEL_NOTIFY)
    fun `the consumer comes back when its queue does`(broker: Broker): Unit = runBlocking {
        val uri = broker.uri().toString()
        val queue = "comes-back-${UUID.randomUUID()}"
        val (first, second) = List(2) { CompletableDeferred<String>() }
        connectAmqp(uri).use { connection ->
            connection.channel {
                declareQueue(QueueSpec.of(queue))
                val consumer =
                    launch {
                        consumeForever(uri, queue, pause = 20.milliseconds) {
                            (if (first.isCompleted) second else first).complete(it.body().decodeToString())
                        }
                    }
                publish(OutboundMessage.toQueue(queue, "one".encodeToByteArray()))
                assertThat(withTimeout(10.seconds) { first.await() }).isEqualTo("one")
                deleteQueue(queue)
                declareQueue(QueueSpec.of(queue))
                publish(OutboundMessage.toQueue(queue, "two".encodeToByteArray()))
                assertThat(withTimeout(10.seconds) { second.await() }).isEqualTo("two")
                consumer.cancel()
                consumer.join()
                deleteQueue(queue)
            }
        }
    }
}
