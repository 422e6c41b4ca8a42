package dev.leveret.coroutines

import dev.leveret.amqp.api.AmqpException
import dev.leveret.amqp.api.AsyncConnection
import dev.leveret.amqp.api.ChannelPurpose
import dev.leveret.amqp.api.ConnectionDiagnostics
import dev.leveret.amqp.api.ConnectionEvent
import dev.leveret.amqp.api.Negotiated
import dev.leveret.amqp.api.ServerInfo
import dev.leveret.amqp.api.ShutdownReport
import dev.leveret.amqp.api.Topology
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.channels.Channel.Factory.UNLIMITED
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.channelFlow
import kotlinx.coroutines.withContext
import java.util.Optional
import kotlin.time.Duration
import kotlin.time.toJavaDuration

/**
 * A connection to a broker; [connectAmqp] opens one. Thread-safe. Coroutines resume in their own dispatcher; those of
 * [Dispatchers.Unconfined][kotlinx.coroutines.Dispatchers.Unconfined] run on the connection's event loop and must not
 * block it.
 *
 * A suspend function returns when the broker has answered. Every request ends within the request timeout of the
 * options, with [dev.leveret.amqp.api.AmqpTimeoutException] if the broker has not answered; with
 * [dev.leveret.amqp.api.ConnectionLostException] or [dev.leveret.amqp.api.ConnectionClosedException] if the
 * connection ends or is lost before the answer. While a lost connection is recovered, what is called waits for that:
 * see [ConnectionOptionsBuilder.recovery].
 */
public class AmqpConnection internal constructor(internal val async: AsyncConnection) {
    /** The name that the broker and the log know this connection by. */
    public val name: String get() = async.name()

    /** Whether the connection is open; it may end at any time. */
    public val isOpen: Boolean get() = async.isOpen

    /** What the broker said of itself. */
    public val serverInfo: ServerInfo get() = async.serverInfo()

    /** What was agreed on with the broker. */
    public val negotiated: Negotiated get() = async.negotiated()

    /**
     * What the connection is like, for a health check or to wait for. As every state flow it tells the latest state and
     * not each one that has been; [events] tells all.
     *
     * ```kotlin
     * val healthy = connection.state.value is ConnectionState.Open
     * ```
     */
    public val state: StateFlow<ConnectionState> = async.stateFlow()

    /**
     * What happens to the connection from when it is collected on; the last event is always [ConnectionEvent.Closed],
     * and is told also to who comes too late for it. Each collector gets every event: those it has not taken yet are
     * kept for it.
     *
     * ```kotlin
     * launch {
     *     connection.events.collect { event ->
     *         if (event is ConnectionEvent.Blocked) println("the broker takes no messages: ${event.reason()}")
     *     }
     * }
     * ```
     */
    public val events: Flow<ConnectionEvent> =
        channelFlow {
            // The end is taken from the future, which nobody can miss.
            val listener = async.onEvent { if (it !is ConnectionEvent.Closed) trySend(it) }
            val cause =
                try {
                    async.closed().awaitEnd()
                } finally {
                    listener.close()
                }
            send(ConnectionEvent.Closed(Optional.ofNullable(cause as? AmqpException)))
        }.buffer(UNLIMITED)

    /**
     * Opens a channel, which the caller closes; [channel] does that by itself.
     *
     * Cancellation: if the channel is opened later all the same, it is closed.
     *
     * ```kotlin
     * val channel = connection.openChannel()
     * channel.purgeQueue("orders.test")
     * channel.close()
     * ```
     *
     * @param purpose with [ConnectionOptionsBuilder.separatePublishing], one for publishing is opened on a second TCP
     *   connection, which is made when it is first needed and closed with this one
     * @throws IllegalStateException if as many channels are open as was negotiated
     */
    public suspend fun openChannel(purpose: ChannelPurpose = ChannelPurpose.CONSUME): AmqpChannel =
        AmqpChannel(awaitReply(undo = { it.close() }) { async.openChannel(purpose) })

    /**
     * Runs [block] with a channel of its own and closes it on every exit; unsettled deliveries return to their queues.
     *
     * Cancellation: [block] is cancelled, and the channel closed nevertheless, which may take up to the close timeout.
     * What [block] throws is thrown on; should closing fail too, that is added to it as suppressed.
     *
     * ```kotlin
     * val backlog = connection.channel { declareQueuePassive("orders").messageCount() }
     * ```
     *
     * @param purpose see [openChannel]
     */
    public suspend fun <R> channel(
        purpose: ChannelPurpose = ChannelPurpose.CONSUME,
        block: suspend AmqpChannel.() -> R,
    ): R {
        val channel = openChannel(purpose)
        return closingAfter(close = { channel.close() }) { channel.block() }
    }

    /**
     * Declares exchanges, queues and bindings, on a channel of its own: see [topology].
     *
     * Cancellation: what is sent stays sent.
     *
     * ```kotlin
     * connection.declare(topology { queue("orders") { quorum() } })
     * ```
     *
     * @throws dev.leveret.amqp.api.ChannelClosedException with the broker's reason at the first that it refuses; what
     *   was declared until then stays
     */
    public suspend fun declare(topology: Topology) {
        awaitReply { async.declare(topology) }
    }

    /**
     * Replaces the secret that the connection was opened with before it expires, such as an OAuth 2 token; see
     * [AsyncConnection.updateSecret].
     *
     * Cancellation: what is sent stays sent.
     *
     * ```kotlin
     * connection.updateSecret(token.encodeToByteArray(), reason = "the token expires")
     * ```
     *
     * @throws dev.leveret.amqp.api.ConnectionClosedException if the broker refuses it, which ends the connection
     */
    public suspend fun updateSecret(newSecret: ByteArray, reason: String) {
        awaitReply { async.updateSecret(newSecret, reason) }
    }

    /**
     * Closes the connection and with it all channels. It is closed at the latest after the close timeout; closing it
     * again does nothing.
     *
     * Cancellation: runs to completion.
     *
     * ```kotlin
     * val connection = connectAmqp("amqp://localhost")
     * println(connection.serverInfo)
     * connection.close()
     * ```
     */
    public suspend fun close() {
        withContext(NonCancellable) { awaitReply { async.close() } }
    }

    /**
     * Brings the work to an end and closes the connection: cancels the consumers, waits for the fate of publishes. When
     * the time is over the connection is closed all the same. Publishing is possible until then.
     *
     * Flows of deliveries end after what was delivered until then. Their collectors are not waited for: what they settle
     * when the connection is closed comes too late and fails, and the broker gives it to somebody again. To let them
     * finish, end them first, as with `cancelAndJoin`.
     *
     * Cancellation: stops waiting; the shutdown goes on.
     *
     * ```kotlin
     * val left = connection.shutdown(patience = 10.seconds)
     * if (!left.isClean) println("not brought to an end: $left")
     * ```
     *
     * @param patience how long all that may take before the close; finite
     * @return what was left when the connection was closed
     */
    public suspend fun shutdown(patience: Duration): ShutdownReport {
        require(patience.isFinite()) { "patience is infinite" }
        currentCoroutineContext().ensureActive()
        val report = async.shutdown(patience.toJavaDuration())
        report.awaitEnd()
        return report.result()
    }

    /**
     * Waits until the connection has ended: returns after [close], throws the cause otherwise.
     *
     * Cancellation: stops waiting.
     *
     * ```kotlin
     * try {
     *     connection.awaitClosed()
     * } catch (failure: AmqpException) {
     *     println("the connection is lost for good: ${failure.message}")
     * }
     * ```
     */
    public suspend fun awaitClosed() {
        throwIfFailed(async.closed().awaitEnd())
    }

    /**
     * What the connection is doing and what it waits for, to find out why nothing moves: print it. Answers within a second,
     * whatever the broker does and whatever blocks the event loop.
     *
     * Cancellation: stops waiting.
     *
     * ```kotlin
     * println(connection.diagnostics())
     * ```
     */
    public suspend fun diagnostics(): ConnectionDiagnostics = awaitReply { async.diagnostics() }

    override fun toString(): String = "AmqpConnection($name)"
}
