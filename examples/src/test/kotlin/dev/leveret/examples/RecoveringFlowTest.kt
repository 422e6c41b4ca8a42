package dev.leveret.examples

import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.api.QueueSpec
import dev.leveret.testkit.Broker
import dev.leveret.testkit.junit.EveryBroker
import dev.leveret.testkit.proxy.Cut
import dev.leveret.testkit.proxy.FaultProxy
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.assertj.core.api.Assertions.assertThat
import java.util.UUID
import kotlin.time.Duration.Companion.seconds

class RecoveringFlowTest {
    @EveryBroker
    fun `a delivery whose connection is cut while it is handled comes again`(broker: Broker): Unit = runBlocking {
        FaultProxy.to(broker).use { proxy ->
            recovering("${proxy.uri(broker.uri())}") { connection ->
                connection.channel {
                    val queue = declareQueue(QueueSpec.of("recovering-${UUID.randomUUID()}")).name()
                    publish(OutboundMessage.toQueue(queue, "once or twice".encodeToByteArray()))
                    var handled = 0
                    val again = CompletableDeferred<Boolean>()
                    val consuming =
                        launch {
                            consumeThroughCuts(connection, queue) { delivery ->
                                handled++
                                if (handled == 1) {
                                    proxy.cut(Cut.RST)
                                    while (delivery.isSettleable) kotlinx.coroutines.yield()
                                } else {
                                    again.complete(delivery.redelivered())
                                }
                            }
                        }
                    assertThat(withTimeout(20.seconds) { again.await() }).isTrue()
                    consuming.cancelAndJoin()
                    deleteQueue(queue)
                }
            }
        }
    }
}
