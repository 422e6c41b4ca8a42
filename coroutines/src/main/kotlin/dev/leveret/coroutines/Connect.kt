package dev.leveret.coroutines

import dev.leveret.amqp.Amqp
import dev.leveret.amqp.api.AmqpUri
import dev.leveret.amqp.api.ConnectionOptions

/**
 * Connects to a broker and returns when the connection is open.
 *
 * What [configure] sets wins over the [uri]. Close the connection when done with it: [use] does.
 *
 * Cancellation: the attempt ends.
 *
 * ```kotlin
 * connectAmqp("amqp://orders:secret@localhost/prod") {
 *     heartbeat = 20.seconds
 * }.use { connection ->
 *     println("connected to ${connection.serverInfo}")
 * }
 * ```
 *
 * @param uri `amqp://user:password@host:port/vhost?option=value`: see [AmqpUri]
 * @throws IllegalArgumentException if the URI or an option is invalid; nothing was tried
 * @throws dev.leveret.amqp.api.AuthenticationException if the broker does not accept the credentials
 * @throws dev.leveret.amqp.api.ConnectFailedException if no connection could be opened; it tells each attempt
 */
public suspend fun connectAmqp(uri: String, configure: ConnectionOptionsBuilder.() -> Unit = {}): AmqpConnection =
    connectAmqp(ConnectionOptionsBuilder(AmqpUri.parse(uri).build()).apply(configure).build())

/**
 * Connects to a broker with options that exist already, and returns when the connection is open.
 *
 * Cancellation: the attempt ends.
 *
 * ```kotlin
 * val options = ConnectionOptions.from(settings, "amqp.").build()
 * connectAmqp(options).use { println(it.serverInfo) }
 * ```
 *
 * @throws dev.leveret.amqp.api.AuthenticationException if the broker does not accept the credentials
 * @throws dev.leveret.amqp.api.ConnectFailedException if no connection could be opened; it tells each attempt
 */
public suspend fun connectAmqp(options: ConnectionOptions): AmqpConnection =
    AmqpConnection(awaitReply(undo = { it.close() }) { Amqp.connectAsync(options) })

/**
 * Runs [block] with this connection and closes it on every exit.
 *
 * Cancellation: [block] is cancelled, and the connection closed nevertheless, which may take up to the close timeout.
 * What [block] throws is thrown on; should closing fail too, that is added to it as suppressed.
 *
 * ```kotlin
 * val waiting = connectAmqp("amqp://localhost").use { connection ->
 *     connection.channel { declareQueuePassive("orders").messageCount() }
 * }
 * ```
 */
public suspend fun <R> AmqpConnection.use(block: suspend (AmqpConnection) -> R): R =
    closingAfter(close = { close() }) { block(this) }
