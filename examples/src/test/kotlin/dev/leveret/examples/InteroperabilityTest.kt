package dev.leveret.examples

import com.rabbitmq.client.AMQP
import com.rabbitmq.client.ConnectionFactory
import com.rabbitmq.client.GetResponse
import dev.leveret.coroutines.AmqpChannel
import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.publish
import dev.leveret.coroutines.topology
import dev.leveret.coroutines.use
import dev.leveret.jms.LeveretConnectionFactory
import dev.leveret.testkit.Broker
import dev.leveret.testkit.junit.EveryBroker
import jakarta.jms.JMSContext
import jakarta.jms.TextMessage
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import org.assertj.core.api.Assertions.assertThat
import java.util.UUID

/** One queue, three clients: the JMS provider, the Kotlin face, and a client that is not ours. */
class InteroperabilityTest {
    private val queue = "interoperability.${UUID.randomUUID()}"

    @EveryBroker
    fun `a Flow consumer reads a JMS message as plain text with typed headers`(broker: Broker) =
        withQueue(broker) { uri ->
            jms(uri) { sendGreeting(this) }

            val delivery = consume(queue).first()
            assertThat(delivery.body().decodeToString()).isEqualTo("grüße")
            assertThat(delivery.properties().contentType()).startsWith("text/plain")
            assertThat(delivery.properties().correlationId()).isEqualTo("c-1")
            assertThat(delivery.properties().headers())
                .containsEntry("region", "north")
                .containsEntry("attempts", 3)
                .containsEntry("weight", 2.5)
                .containsEntry("urgent", true)
            delivery.ack()
        }

    @EveryBroker
    fun `a JMS consumer reads a message of a suspend publisher with its headers as properties`(broker: Broker) =
        withQueue(broker) { uri ->
            publishGreeting()

            val message = jms(uri) { createConsumer(createQueue(queue)).receive(10_000) } as TextMessage
            assertThat(message.text).isEqualTo("grüße")
            assertThat(message.jmsCorrelationID).isEqualTo("c-2")
            assertThat(message.getStringProperty("region")).isEqualTo("south")
            assertThat(message.getIntProperty("attempts")).isEqualTo(4)
        }

    @EveryBroker
    fun `another AMQP client reads both`(broker: Broker) = withQueue(broker) { uri ->
        jms(uri) { sendGreeting(this) }
        publishGreeting()

        val (ofJms, ofKotlin) = withAnotherClient(uri) { listOf(basicGet(queue, true), basicGet(queue, true)) }
        assertThat(ofJms.body.decodeToString()).isEqualTo("grüße")
        assertThat(ofJms.header("region")).isEqualTo("north")
        assertThat(ofJms.props.headers["attempts"]).isEqualTo(3)
        assertThat(ofKotlin.body.decodeToString()).isEqualTo("grüße")
        assertThat(ofKotlin.header("region")).isEqualTo("south")
        assertThat(ofKotlin.props.headers["attempts"]).isEqualTo(4)
    }

    @EveryBroker
    fun `both read what another AMQP client publishes`(broker: Broker) = withQueue(broker) { uri ->
        withAnotherClient(uri) {
            repeat(2) { basicPublish("", queue, foreignProperties(), "grüße".encodeToByteArray()) }
        }

        val delivery = consume(queue, prefetch = 1).first()
        assertThat(delivery.body().decodeToString()).isEqualTo("grüße")
        assertThat(delivery.properties().header("region")).isEqualTo("west")
        delivery.ack()
        val message = jms(uri) { createConsumer(createQueue(queue)).receive(10_000) } as TextMessage
        assertThat(message.text).isEqualTo("grüße")
        assertThat(message.getStringProperty("region")).isEqualTo("west")
        assertThat(message.getLongProperty("attempts")).isEqualTo(5L)
    }

    private fun withQueue(broker: Broker, test: suspend AmqpChannel.(uri: String) -> Unit) = runBlocking {
        val uri = broker.uri().toString()
        connectAmqp(uri).use { connection ->
            connection.declare(topology { queue(queue) })
            try {
                connection.channel { test(uri) }
            } finally {
                connection.channel { deleteQueue(queue) }
            }
        }
    }

    private fun sendGreeting(context: JMSContext) {
        context
            .createProducer()
            .setJMSCorrelationID("c-1")
            .setProperty("region", "north")
            .setProperty("attempts", 3)
            .setProperty("weight", 2.5)
            .setProperty("urgent", true)
            .send(context.createQueue(queue), "grüße")
    }

    private suspend fun AmqpChannel.publishGreeting() =
        publish(exchange = "", routingKey = queue, body = "grüße".encodeToByteArray(), mandatory = true) {
            contentType = "text/plain"
            correlationId = "c-2"
            header("region", "south")
            header("attempts", 4)
        }

    private fun <T> jms(uri: String, action: JMSContext.() -> T): T =
        LeveretConnectionFactory(uri).createContext().use { it.action() }

    private fun <T> withAnotherClient(uri: String, action: com.rabbitmq.client.Channel.() -> T): T = ConnectionFactory()
        .apply { setUri(uri) }
        .newConnection()
        .use { it.createChannel().action() }

    private fun foreignProperties() = AMQP.BasicProperties
        .Builder()
        .contentType("text/plain")
        .headers(mapOf("region" to "west", "attempts" to 5L))
        .build()

    private fun GetResponse.header(name: String) = props.headers[name].toString()
}
