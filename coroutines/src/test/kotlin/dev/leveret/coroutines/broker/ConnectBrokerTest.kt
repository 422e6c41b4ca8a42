package dev.leveret.coroutines.broker

import dev.leveret.amqp.api.AuthenticationException
import dev.leveret.amqp.api.ChannelClosedException
import dev.leveret.amqp.api.ChannelPurpose
import dev.leveret.amqp.api.ConnectFailedException
import dev.leveret.amqp.api.ConnectionClosedException
import dev.leveret.amqp.api.ConnectionEvent
import dev.leveret.amqp.api.Credentials
import dev.leveret.amqp.api.Endpoint
import dev.leveret.amqp.api.QueueSpec
import dev.leveret.coroutines.AmqpChannel
import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.use
import dev.leveret.testkit.Capability
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldNotBeEmpty
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.coroutines.yield
import java.net.ServerSocket
import java.util.Optional
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

class ConnectBrokerTest :
    StringSpec({
        onEachBroker("a connection is open inside use and closed after it") { broker ->
            val connection = connectAmqp("${broker.uri()}") {
                connectionName = "kotlin"
                heartbeat = 20.seconds
            }
            connection.use {
                it.isOpen shouldBe true
                it.name shouldBe "kotlin"
                it.serverInfo.product().shouldNotBeEmpty()
                it.negotiated.channelMax() shouldBeGreaterThan 0
            }
            connection.isOpen shouldBe false
            connection.awaitClosed()
        }

        connected("a scoped channel is open inside and closed after it") { connection ->
            val channel: AmqpChannel = connection.channel {
                isOpen shouldBe true
                this
            }
            channel.isOpen shouldBe false
            channel.awaitClosed()
            shouldThrow<ChannelClosedException> { channel.purgeQueue("any") }
        }

        connected("closing twice does nothing") { connection ->
            val channel = connection.openChannel()
            repeat(2) { channel.close() }
            repeat(2) { connection.close() }
        }

        onEachBroker(
            "with separate publishing, a collector may publish while its consumer has stopped the reading",
            Capability.PUBLISHER_CONFIRMS,
        ) { broker ->
            connectAmqp("${broker.uri()}") { separatePublishing = true }.use { connection ->
                connection.channel {
                    val queue = queueOf(1..500)
                    // Not exclusive, as the other connection has to find it.
                    val copies = declareQueue(QueueSpec.of(uniqueName("copies")).withAutoDelete(true)).name()
                    val numbers = consume(queue) {
                        autoAck = true
                        buffer(messages = 5)
                    }
                    connection.channel(ChannelPurpose.PUBLISH) {
                        numbers.take(500).collect { publish(numbered(copies, it.number)) }
                    }
                    purgeQueue(copies) shouldBe 500
                    deleteQueue(copies)
                }
            }
        }

        connected("shutdown ends flows after what was delivered, and reports") { connection ->
            coroutineScope {
                val channel = connection.openChannel()
                val queue = channel.queueOf(1..3)
                val seen = ArrayList<Int>()
                val collecting = async {
                    channel.consume(queue).collect {
                        it.ack()
                        seen += it.number
                    }
                }
                while (seen.size < 3) delay(1.milliseconds)
                connection.shutdown(5.seconds).isClean shouldBe true
                collecting.await()
                connection.isOpen shouldBe false
                seen shouldContainExactly listOf(1, 2, 3)
            }
        }

        connected("events ends with the connection") { connection ->
            coroutineScope {
                val events = async { connection.events.toList() }
                yield()
                connection.close()
                events.await() shouldContainExactly listOf(ConnectionEvent.Closed(Optional.empty()))
            }
        }

        connected("what is asked of a closed connection fails with its type") { connection ->
            val channel = connection.openChannel()
            connection.close()
            shouldThrow<ConnectionClosedException> { connection.openChannel() }
            shouldThrow<Exception> { channel.declareQueue(QueueSpec.temporary()) }
        }

        onEachBroker("a wrong password has its type", Capability.AUTHENTICATION_FAILURE_CLOSE) { broker ->
            shouldThrow<AuthenticationException> {
                connectAmqp("${broker.uri()}") { credentials = Credentials.plain("guest", "wrong") }
            }
        }

        onEachBroker("a virtual host that does not exist tells how far it came") { broker ->
            val failure = shouldThrow<ConnectFailedException> {
                connectAmqp("${broker.uri()}") { virtualHost = uniqueName("vhost") }
            }
            failure.attempts().last().phase() shouldBe ConnectFailedException.Phase.OPEN
        }

        "a port where nobody listens is a failure of TCP" {
            val port = ServerSocket(0).use { it.localPort }
            val failure = shouldThrow<ConnectFailedException> {
                connectAmqp("amqp://localhost") { endpoints = listOf(Endpoint("127.0.0.1", port)) }
            }
            failure.attempts().last().phase() shouldBe ConnectFailedException.Phase.TCP
        }

        "a connection attempt that is cancelled ends" {
            ServerSocket(0).use { silent ->
                val connection = withTimeoutOrNull(200.milliseconds) {
                    connectAmqp("amqp://localhost") {
                        endpoints = listOf(Endpoint("127.0.0.1", silent.localPort))
                        handshakeTimeout = 1.seconds
                    }
                }
                connection shouldBe null
                // What the attempt had written is there, and then the end of it.
                silent.accept().use { peer ->
                    peer.soTimeout = 5_000
                    peer.getInputStream().readAllBytes().decodeToString().startsWith("AMQP") shouldBe true
                }
            }
        }

        connected("what the broker refuses closes its channel only", Capability.CHANNEL_ERRORS) { connection ->
            connection.channel {
                val failure = shouldThrow<ChannelClosedException> { declareQueuePassive(uniqueName("missing")) }
                failure.replyCode() shouldBe 404
                failure.byBroker() shouldBe true
                isOpen shouldBe false
                shouldThrow<ChannelClosedException> { awaitClosed() }
            }
            connection.channel { declareQueue(QueueSpec.temporary()).name().shouldNotBeEmpty() }
        }

        connected("a connection that is closed while a channel is open fails what waits") { connection ->
            coroutineScope {
                val channel = connection.openChannel()
                val waiting = async { runCatching { channel.consume(channel.queueOf(1..0)).toList() } }
                while (!channel.isOpen) yield()
                connection.close()
                waiting.await().exceptionOrNull().shouldBeInstanceOf<Exception>()
            }
        }
    })
