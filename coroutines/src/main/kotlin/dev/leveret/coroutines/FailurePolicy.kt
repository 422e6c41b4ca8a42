package dev.leveret.coroutines

import dev.leveret.amqp.api.Delivery

/**
 * Decides what happens to a delivery whose handler has thrown: see [AmqpChannel.process]. It is also the place to count
 * failures, to wait before a message is tried again, or to put it somewhere else.
 *
 * ```kotlin
 * val patient = FailurePolicy { _, failure ->
 *     when (failure) {
 *         is IOException -> FailureAction.REQUEUE.also { delay(1.seconds) }
 *         else -> FailureAction.REJECT
 *     }
 * }
 * ```
 */
public fun interface FailurePolicy {
    /**
     * Called in the coroutine of the handler, whose place it still takes: it may suspend. What it throws ends the
     * processing.
     *
     * Cancellation: the delivery is given back.
     *
     * ```kotlin
     * val onFailure = FailurePolicy { delivery, failure ->
     *     if (failure is IOException && !delivery.redelivered()) FailureAction.REQUEUE else FailureAction.REJECT
     * }
     * ```
     *
     * @param failure what the handler threw; a [kotlinx.coroutines.TimeoutCancellationException] if one of its own
     *   timeouts ended it. An [Error] is not asked about: it ends the processing
     */
    public suspend fun actionAfter(delivery: Delivery, failure: Exception): FailureAction

    public companion object {
        /** Every failure ends the processing, which throws it. */
        public val STOP: FailurePolicy = FailurePolicy { _, _ -> FailureAction.STOP }

        /** Every failure has its message delivered again, at once and perhaps for ever. */
        public val REQUEUE: FailurePolicy = FailurePolicy { _, _ -> FailureAction.REQUEUE }

        /** Every failure has its message dead-lettered where the queue has a dead letter exchange, or else dropped. */
        public val REJECT: FailurePolicy = FailurePolicy { _, _ -> FailureAction.REJECT }

        /**
         * A message is delivered once more, and rejected when that fails too. Once more is what the broker's `redelivered`
         * flag tells: a message that had come back for another reason, such as a lost connection, is rejected at its
         * first failure.
         */
        public val REQUEUE_ONCE: FailurePolicy =
            FailurePolicy { delivery, _ -> if (delivery.redelivered()) FailureAction.REJECT else FailureAction.REQUEUE }
    }
}

/** What happens to a delivery whose handler has thrown. */
public enum class FailureAction {
    /** The processing ends and throws the failure; the delivery returns to the queue, as one that failed. */
    STOP,

    /**
     * It returns to the queue as one that failed (`basic.reject`), so that the delivery limit of a quorum queue counts it.
     * A stream's cannot: the processing ends.
     */
    REQUEUE,

    /**
     * It is dead-lettered where the queue has a dead letter exchange, otherwise dropped. A stream's cannot: the
     * processing ends.
     */
    REJECT,

    /** It is acknowledged all the same: the policy has seen to it, or a stream is to be read on. */
    ACK,
}
