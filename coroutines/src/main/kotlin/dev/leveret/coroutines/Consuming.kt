package dev.leveret.coroutines

import dev.leveret.amqp.api.AsyncChannel
import dev.leveret.amqp.api.ConsumeOptions
import dev.leveret.amqp.api.Delivery
import dev.leveret.amqp.api.Subscription
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.withContext

/**
 * What [AmqpChannel.consume] returns.
 *
 * The flow emits its inbox, and `map` takes the delivery out of it. Emitting may throw before the value has gone
 * anywhere (it looks for cancellation first): a delivery that is taken only afterwards is then still in the inbox,
 * and goes back.
 */
internal fun AsyncChannel.deliveryFlow(options: ConsumeOptions): Flow<Delivery> = flow {
    consuming(options) { subscription, inbox ->
        // A suspend function that may suspend costs an object; most deliveries are there already.
        while (inbox.hasNextNow() || inbox.hasNext()) {
            emit(inbox)
        }
        throwIfFailed(subscription.ended().awaitEnd())
    }
}.map { it.next() }

/** Runs [block] with a consumer of its own, and ends that however the block ends. */
internal suspend inline fun <R> AsyncChannel.consuming(
    options: ConsumeOptions,
    block: (subscription: Subscription, inbox: Inbox) -> R,
): R {
    val inbox = Inbox(options.bufferMessages(), options.bufferBytes())
    val subscription = subscribe(options, inbox)
    subscription.ended().whenComplete { _, _ -> inbox.end() }
    return closingAfter(close = { subscription.stop(inbox) }) { block(subscription, inbox) }
}

/**
 * Starts the consumer. Should that fail or be cancelled, the broker may have accepted it all the same: it is
 * cancelled when its answer comes, and what it brought until then goes back, in this order.
 */
private suspend fun AsyncChannel.subscribe(options: ConsumeOptions, inbox: Inbox): Subscription = try {
    awaitReply(undo = { it.cancel() }) {
        consumeOnEventLoop(options, inbox).also { started ->
            // On the event loop, before the next read: the coroutine may take its time to get there.
            started.whenComplete { accepted, failure -> if (failure == null) inbox.attach(accepted) }
        }
    }
} catch (failure: Throwable) {
    inbox.close()
    throw failure
}

/**
 * First the consumer, then what it brought: what goes back earlier, the broker might send to this consumer again. Reading
 * goes on, or the broker's answer would never be seen.
 */
private suspend fun Subscription.stop(inbox: Inbox) {
    withContext(NonCancellable) {
        try {
            if (!ended().isDone) {
                val cancelled = cancel()
                inbox.stopping()
                throwIfFailed(cancelled.awaitEnd())
            }
        } finally {
            inbox.close()
        }
    }
}
