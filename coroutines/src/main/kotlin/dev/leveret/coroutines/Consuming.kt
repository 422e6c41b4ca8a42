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
    val inbox = Inbox()
    val subscription = subscribe(options, inbox)
    subscription.ended().whenComplete { _, _ -> inbox.end() }
    closingAfter(close = { subscription.stop(inbox) }) {
        while (inbox.hasNext()) {
            emit(inbox)
        }
        throwIfFailed(subscription.ended().awaitEnd())
    }
}.map { it.next() }

/**
 * Starts the consumer. Should that fail or be cancelled, the broker may have accepted it all the same: it is
 * cancelled when its answer comes, and what it brought until then goes back, in this order.
 */
private suspend fun AsyncChannel.subscribe(options: ConsumeOptions, inbox: Inbox): Subscription = try {
    awaitReply(undo = { it.cancel() }) { consumeOnEventLoop(options, inbox) }
} catch (failure: Throwable) {
    inbox.close()
    throw failure
}

/** First the consumer, then what it brought: what goes back earlier, the broker might send to this consumer again. */
private suspend fun Subscription.stop(inbox: Inbox) {
    withContext(NonCancellable) {
        try {
            if (!ended().isDone) throwIfFailed(cancel().awaitEnd())
        } finally {
            inbox.close()
        }
    }
}
