package dev.leveret.coroutines.fake

import dev.leveret.amqp.api.AsyncChannel
import dev.leveret.amqp.api.AsyncConnection
import dev.leveret.amqp.api.ChannelPurpose
import dev.leveret.amqp.api.Connection
import dev.leveret.amqp.api.ConnectionDiagnostics
import dev.leveret.amqp.api.ConnectionEvent
import dev.leveret.amqp.api.Negotiated
import dev.leveret.amqp.api.ServerInfo
import dev.leveret.amqp.api.ShutdownReport
import dev.leveret.amqp.api.Topology
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.function.Consumer

/** A connection that writes down what it is asked for; the test gives the answers, when it likes. */
class FakeConnection : AsyncConnection {
    val requests = Requests()
    val listeners = ArrayList<Consumer<in ConnectionEvent>>()
    val end = CompletableFuture<Void>()

    /** Whether it is lost and not there again. */
    var recovering = false

    fun tell(event: ConnectionEvent) {
        listeners.toList().forEach { it.accept(event) }
    }

    override fun openChannel(): CompletableFuture<AsyncChannel> = openChannel(ChannelPurpose.CONSUME)

    override fun openChannel(purpose: ChannelPurpose): CompletableFuture<AsyncChannel> =
        requests.add("openChannel", purpose)

    override fun shutdown(patience: Duration): CompletableFuture<ShutdownReport> = requests.add("shutdown", patience)

    override fun declare(topology: Topology): CompletableFuture<Void> = requests.add("declare", topology)

    override fun updateSecret(newSecret: ByteArray, reason: String): CompletableFuture<Void> =
        requests.add("updateSecret", newSecret, reason)

    override fun close(): CompletableFuture<Void> = requests.add("close")

    override fun closed(): CompletableFuture<Void> = end

    override fun isOpen(): Boolean = !end.isDone && !recovering

    override fun serverInfo(): ServerInfo = ServerInfo("RabbitMQ", "4.0.0", emptyMap())

    override fun negotiated(): Negotiated = Negotiated(2047, 131072, Duration.ZERO)

    override fun name(): String = "fake"

    override fun onEvent(listener: Consumer<in ConnectionEvent>): AutoCloseable {
        listeners += listener
        return AutoCloseable { listeners -= listener }
    }

    override fun diagnostics(): CompletableFuture<ConnectionDiagnostics> = requests.add("diagnostics")

    override fun blocking(): Connection = throw UnsupportedOperationException("nothing here may wait")
}
