package dev.leveret.coroutines

import dev.leveret.amqp.api.AsyncChannel
import dev.leveret.amqp.api.AsyncConnection
import dev.leveret.amqp.api.ChannelClosedException
import dev.leveret.amqp.api.ConsumeOptions
import dev.leveret.amqp.api.ConsumerCancelledException
import dev.leveret.amqp.api.ReplyCode
import dev.leveret.amqp.api.Subscription
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext
import java.util.concurrent.atomic.AtomicLong

/** A channel of an RPC client, from its opening to its end, with the calls that wait on it. */
internal class RpcSession(val channel: AsyncChannel, val replies: Subscription, val pending: PendingCalls) {
    /**
     * Whether the broker has closed the channel, over a request to an exchange that is missing perhaps; whoever is told such a
     * failure finds it so. Everything else, as the end of the connection or of the reply queue, lasts.
     */
    val isClosedByBroker: Boolean
        get() {
            val closed = channel.closed()
            return closed.isDone && (closed.failureOrNull() as? ChannelClosedException)?.byBroker() == true
        }

    suspend fun close() {
        pending.end(ChannelClosedException("the RPC client is closed", ReplyCode.SUCCESS.code(), false, "", null))
        awaitReply { channel.close() }
    }
}

/** Consumes replies on a channel of its own. Cancelled, or if it fails, it leaves no channel behind. */
internal suspend fun AsyncConnection.openRpcSession(options: ConsumeOptions, droppedReplies: AtomicLong): RpcSession {
    val channel = awaitReply(undo = { it.close() }) { openChannel() }
    return try {
        val pending = PendingCalls(droppedReplies)
        val replies = awaitReply { channel.consumeOnEventLoop(options, pending) }
        val ended = replies.ended()
        ended.whenComplete { _, _ -> pending.end(ended.failureOrNull() ?: cancelled(replies)) }
        RpcSession(channel, replies, pending)
    } catch (failure: Throwable) {
        withContext(NonCancellable) { channel.close().awaitEnd() }
        throw failure
    }
}

private fun cancelled(replies: Subscription) =
    ConsumerCancelledException("the consumer of replies '${replies.queue()}' was cancelled by this side")
