package dev.leveret.coroutines

import dev.leveret.amqp.api.AmqpTimeoutException
import dev.leveret.amqp.api.AsyncConnection
import dev.leveret.amqp.api.BasicProperties
import dev.leveret.amqp.api.ConnectionEvent
import dev.leveret.amqp.api.ConsumeOptions
import dev.leveret.amqp.api.Delivery
import dev.leveret.amqp.api.OutboundMessage
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import java.util.concurrent.atomic.AtomicLong
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds
import java.time.Duration as JavaDuration

private val DEFAULT_TIMEOUT = 30.seconds

/**
 * Sends requests and waits for their replies. [AmqpConnection.rpcClient] makes one, with a channel of its own. Thread-safe:
 * any number of coroutines may call at the same time.
 *
 * When the connection is lost and recovered, the client goes on with it. When the broker closes its channel, as over a request
 * to an exchange that does not exist, the calls that wait fail with the cause, and the next one opens another channel.
 * The client ends when it is closed, its connection ends, or its reply queue is deleted: then every call fails with the
 * cause.
 */
public class AmqpRpcClient internal constructor(
    private val connection: AsyncConnection,
    private val options: ConsumeOptions,
    private val dropped: AtomicLong,
    first: RpcSession,
) {
    @Volatile
    private var session = first

    /** Held by who opens another session. */
    private val opening = Mutex()

    @Volatile
    private var closed = false

    /** It may also be a connection of publishers that is lost, which is none of this one's concern. */
    private val listener =
        connection.onEvent {
            if (it is ConnectionEvent.Lost && !connection.isOpen) session.pending.lost(it.cause())
        }

    /** Where replies are asked to be sent. */
    public val replyTo: String get() = session.replies.queue()

    /**
     * How many replies have come that no call waited for: too late, a second time, or for a request of somebody else. They
     * are dropped.
     */
    public val droppedReplies: Long get() = dropped.get()

    /**
     * Sends a request and returns the reply, which is settled already.
     *
     * The request is published as mandatory, with a `correlation-id` and [replyTo], and it expires with the [timeout] unless
     * it says otherwise and the broker is RabbitMQ, so that no server works on what nobody waits for.
     *
     * Cancellation: the request stays sent, a reply that still comes is dropped. A request that waits for the connection is
     * not sent; the same when the [timeout] is over.
     *
     * ```kotlin
     * val price = client.call(OutboundMessage.toQueue("prices", hare), timeout = 2.seconds).body()
     * ```
     *
     * @param timeout how long to wait for the reply, more than zero; infinite: as long as the connection lasts
     * @throws AmqpTimeoutException if no reply has come in time: the server is slow, has failed, or is not there
     * @throws dev.leveret.amqp.api.PublishException at once if no queue takes the request, or the broker refuses it
     * @throws dev.leveret.amqp.api.ConnectionLostException if the connection is lost while the reply is waited for; the server
     *   may or may not have the request. A call made while the connection is being recovered waits for that
     * @throws dev.leveret.amqp.api.ChannelClosedException if the broker has closed the channel over another call's request, or
     *   the client is closed; [dev.leveret.amqp.api.ConnectionClosedException] and
     *   [dev.leveret.amqp.api.ConsumerCancelledException] if it has ended otherwise
     */
    public suspend fun call(request: OutboundMessage, timeout: Duration = DEFAULT_TIMEOUT): Delivery {
        require(timeout.isPositive()) { "a timeout of $timeout leaves no time for a reply" }
        val properties = request.properties()
        require(properties.correlationId() == null && properties.replyTo() == null) {
            "the request has a correlation-id or a reply-to already, which its reply would be lost by"
        }
        val reply =
            withTimeoutOrNull(timeout) {
                val now = openSession()
                val id = now.pending.newId()
                val message = request.withMandatory(true).withProperties(properties.asRequest(id, now, timeout))
                now.pending.await(id, message) { now.channel.publish(it) }
            }
        return reply ?: throwHere(
            AmqpTimeoutException(
                "no reply within $timeout to the request to exchange '${request.exchange()}' with routing key " +
                    "'${request.routingKey()}'",
            ),
        )
    }

    /**
     * Closes the client and its channel. Calls that wait fail with [dev.leveret.amqp.api.ChannelClosedException]. Closing
     * it again does nothing.
     *
     * Cancellation: runs to completion.
     *
     * ```kotlin
     * val client = connection.openRpcClient()
     * println(client.call(exchange = "", routingKey = "prices", body = hare).body().decodeToString())
     * client.close()
     * ```
     */
    public suspend fun close() {
        listener.close()
        closed = true
        withContext(NonCancellable) { session.close() }
    }

    /** The session, or another one if the broker has closed its channel. */
    private suspend fun openSession(): RpcSession {
        val now = session
        if (!now.isClosedByBroker) return now
        return opening.withLock {
            if (session.isClosedByBroker && !closed) {
                session = connection.openRpcSession(options, dropped)
                // Whoever closes now finds the new one; whoever has closed in the meantime did not.
                if (closed) withContext(NonCancellable) { session.close() }
            }
            session
        }
    }

    private fun BasicProperties.asRequest(id: String, session: RpcSession, timeout: Duration): BasicProperties {
        val request = toBuilder().correlationId(id).replyTo(session.replies.queue())
        if (connection.requestsExpire && expiration() == null && timeout.isFinite()) {
            request.expiration(JavaDuration.ofMillis(timeout.inWholeMilliseconds.coerceIn(1, MAX_EXPIRATION)))
        }
        return request.build()
    }

    override fun toString(): String = "AmqpRpcClient(replies to '$replyTo')"

    private companion object {
        /** What RabbitMQ takes: 2^32-1 ms. */
        const val MAX_EXPIRATION = 0xFFFF_FFFFL
    }
}

/**
 * Sends a request and returns the reply: see [AmqpRpcClient.call].
 *
 * Cancellation: the request stays sent, a reply that still comes is dropped.
 *
 * ```kotlin
 * connection.rpcClient {
 *     val reply = call(exchange = "", routingKey = "prices", body = "hare".encodeToByteArray(), timeout = 2.seconds)
 *     println(reply.body().decodeToString())
 * }
 * ```
 *
 * @param exchange the empty name is the default exchange, which routes to the queue that is called as [routingKey]
 * @param body not copied: it must not change any more
 */
public suspend fun AmqpRpcClient.call(
    exchange: String,
    routingKey: String,
    body: ByteArray,
    timeout: Duration = DEFAULT_TIMEOUT,
    properties: PropertiesBuilder.() -> Unit = {},
): Delivery = call(OutboundMessage(exchange, routingKey, true, properties(properties), body), timeout)

/**
 * Makes an RPC client, which the caller closes; [rpcClient] does that by itself.
 *
 * Cancellation: what was opened is closed.
 *
 * ```kotlin
 * val client = connection.openRpcClient() // direct reply-to
 * ```
 *
 * @param replyQueue the queue for the replies, which is declared already and has no other consumer, such as an exclusive
 *   one with a name of this process; `null` for direct reply-to, RabbitMQ's way without a queue
 */
public suspend fun AmqpConnection.openRpcClient(replyQueue: String? = null): AmqpRpcClient {
    val options = if (replyQueue == null) ConsumeOptions.directReplyTo() else replyOptions(replyQueue)
    val dropped = AtomicLong()
    return AmqpRpcClient(async, options, dropped, async.openRpcSession(options, dropped))
}

/**
 * Runs [block] with an RPC client of its own and closes it on every exit.
 *
 * Cancellation: [block] is cancelled, and the client closed nevertheless.
 *
 * ```kotlin
 * val prices = connection.rpcClient {
 *     listOf("hare", "leveret").map { call(exchange = "", routingKey = "prices", body = it.encodeToByteArray()).body() }
 * }
 * ```
 *
 * @param replyQueue see [openRpcClient]
 */
public suspend fun <R> AmqpConnection.rpcClient(replyQueue: String? = null, block: suspend AmqpRpcClient.() -> R): R {
    val client = openRpcClient(replyQueue)
    return closingAfter(close = { client.close() }) { client.block() }
}

private fun replyOptions(queue: String): ConsumeOptions {
    require(queue.isNotEmpty()) { "the reply queue has no name: declareQueue tells the one that the broker made up" }
    return ConsumeOptions.of(queue).withAutoAck(true)
}

/** For Broker-J an expiration is a point in time, which is over. */
private val AsyncConnection.requestsExpire: Boolean get() = serverInfo().product() == "RabbitMQ"
