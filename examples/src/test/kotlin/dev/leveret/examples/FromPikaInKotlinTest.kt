package dev.leveret.examples

import dev.leveret.amqp.api.Credentials
import dev.leveret.amqp.api.Delivery
import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.api.QueueSpec
import dev.leveret.amqp.api.TlsOptions
import dev.leveret.coroutines.AmqpChannel
import dev.leveret.coroutines.AmqpConnection
import dev.leveret.coroutines.ConnectionOptionsBuilder
import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.publish
import dev.leveret.coroutines.send
import dev.leveret.coroutines.topology
import dev.leveret.coroutines.use
import dev.leveret.testkit.Broker
import dev.leveret.testkit.BrokerKind
import dev.leveret.testkit.Capability
import dev.leveret.testkit.junit.EveryBroker
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.FlowPreview
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.timeout
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.assertj.core.api.Assertions.assertThat
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

/** The Kotlin of docs/coming-from-pika.md. */
class FromPikaInKotlinTest {
    private val body = "hello".encodeToByteArray()

    private fun withChannel(broker: Broker, block: suspend AmqpChannel.(AmqpConnection, String) -> Unit) = runBlocking {
        connectAmqp(broker.uri().toString()).use { connection ->
            connection.channel { block(connection, declareQueue(QueueSpec.temporary().withAutoDelete(false)).name()) }
        }
    }

    @EveryBroker
    fun connecting(broker: Broker): Unit = runBlocking {
        val uri = broker.uri().toString()
        // pika: BlockingConnection
        connectAmqp(uri).use { connection ->
            // pika: BlockingChannel
            connection.channel {
                // end
                assertThat(isOpen).isTrue()
            }
            // pika: Connection.channel
            val channel = connection.openChannel()
            // end
            channel.close()
            // pika: Connection.is_open
            assertThat(connection.isOpen).isTrue()
            // pika: server_capabilities
            assertThat(connection.serverInfo.hasCapability("basic.nack"))
                .isEqualTo(broker.kind() == BrokerKind.RABBITMQ)
            // pika: params
            assertThat(connection.negotiated.frameMax()).isPositive()
            // pika: call_later
            delay(10.milliseconds)
            // pika: add_on_connection_blocked_callback
            val listener = launch(start = CoroutineStart.UNDISPATCHED) { connection.events.collect { println(it) } }
            // pika: remove_callback (connection)
            listener.cancel()
            // pika: Connection.close
            connection.close()
            // pika: add_on_close_callback
            connection.awaitClosed()
        }
        // pika: SelectConnection
        val connection = connectAmqp(uri)
        // end
        connection.close()
        // pika: AsyncioConnection
        connectAmqp(uri) { connectionName = "asyncio" }.close()
    }

    @EveryBroker
    fun parameters(broker: Broker): Unit = runBlocking {
        connectAmqp(broker.uri().toString()) { set() }.use {
            assertThat(it.isOpen).isTrue()
        }
    }

    private fun ConnectionOptionsBuilder.set() {
        val (endpointsThere, virtualHostThere) = endpoints to virtualHost
        // pika: virtual_host
        virtualHost = "orders"
        // end
        virtualHost = virtualHostThere
        // pika: credentials
        credentials = Credentials.plain("guest", "guest")
        // pika: channel_max
        channelMax = 100
        // pika: frame_max
        frameMax = 131072
        // pika: heartbeat
        heartbeat = 30.seconds
        // pika: heartbeat (callable)
        heartbeatFrom = { brokers -> brokers / 2 }
        // pika: ssl_options
        tls = TlsOptions.defaults()
        // end
        tls = null
        // pika: connection_attempts
        connectAttempts = 3
        // pika: retry_delay
        retryDelay = 2.seconds
        // pika: socket_timeout
        connectTimeout = 10.seconds
        // pika: stack_timeout
        connectDeadline = 15.seconds
        // pika: client_properties
        clientProperty("team", "billing")
        // pika: connection_name
        connectionName = "billing"
        // pika: locale
        locale = "en_US"
        // pika: timeout
        requestTimeout = 10.seconds
        // pika: close(timeout)
        closeTimeout = 10.seconds
        // end
        endpoints = endpointsThere
    }

    @EveryBroker
    fun declaring(broker: Broker): Unit = withChannel(broker) { connection, queue ->
        // pika: queue_declare
        connection.declare(topology { queue("from-pika") { exclusive = true } })
        // end
        assertThat(declareQueuePassive("from-pika").messageCount()).isZero()
        // pika: queue_purge
        purgeQueue(queue)
    }

    @OptIn(FlowPreview::class)
    @EveryBroker(Capability.MESSAGE_EXPIRATION)
    fun publishingAndConsuming(broker: Broker): Unit = withChannel(broker) { _, queue ->
        // pika: basic_publish
        publish(exchange = "", routingKey = queue, body = body, mandatory = true)
        // pika: basic_publish without confirm_delivery
        send(exchange = "", routingKey = queue, body = body)
        // pika: BasicProperties
        publish(exchange = "", routingKey = queue, body = body) {
            contentType = "application/json"
            correlationId = "42"
            expiration = 1.minutes
            header("attempt", 1)
            // pika: DeliveryMode
            persistent = true
            // end
        }
        // pika: basic_consume
        consume(queue, prefetch = 5).take(2).collect { delivery -> delivery.ack() }
        // pika: basic_cancel
        val delivery = consume(queue).first()
        // end
        delivery.ack()
        // end
        val taken = mutableListOf<Delivery>()
        publish(OutboundMessage.toQueue(queue, body))
        // pika: BlockingChannel.consume
        consume(queue).timeout(1.seconds).catch {
            if (it !is TimeoutCancellationException) throw it
        }.collect { delivery ->
            taken += delivery
            delivery.ack()
        }
        // end
        assertThat(taken).hasSize(1)
        publish(OutboundMessage.toQueue(queue, body))
        // pika: basic_get
        val response = get(queue)
        // end
        assertThat(response?.delivery()?.body()).isEqualTo(body)
    }
}
