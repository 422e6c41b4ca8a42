package dev.leveret.coroutines

import dev.leveret.amqp.api.AmqpException
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.suspendCancellableCoroutine
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionException
import java.util.function.BiConsumer
import kotlin.coroutines.resume

/**
 * Makes a request and waits for the reply.
 *
 * A coroutine that is cancelled already asks for nothing. Cancelled while it waits, it cancels the future: a request
 * that is not written yet is withdrawn, any other stays sent, and what its reply brings into being is undone by the
 * future's maker. There is a moment when neither side would do that: the reply is there and the coroutine is
 * cancelled before it runs again. Then the result goes to [undo].
 */
internal suspend inline fun <T> awaitReply(noinline undo: (T) -> Unit = {}, request: () -> CompletableFuture<T>): T {
    currentCoroutineContext().ensureActive()
    val reply = request()
    if (!reply.isDone) {
        suspendCancellableCoroutine { waiting ->
            reply.whenComplete { result, failure ->
                waiting.resume(Unit) { _, _, _ -> if (failure == null) undo(result) }
            }
            waiting.invokeOnCancellation { reply.cancel(false) }
        }
    }
    return reply.result()
}

/**
 * Waits until a future completes that others may hold as well, and returns what it failed with, if it failed.
 * Cancelled, it merely stops waiting.
 */
internal suspend fun CompletableFuture<*>.awaitEnd(): Throwable? {
    if (!isDone) {
        suspendCancellableCoroutine { waiting ->
            val waiter = Waiter(waiting)
            whenComplete(waiter)
            waiting.invokeOnCancellation { waiter.forget() }
        }
    }
    return failureOrNull()
}

/** Throws a failure that came about elsewhere and may end other calls too, with the caller's stack. */
internal suspend fun throwIfFailed(failure: Throwable?) {
    when (failure) {
        null -> return
        is AmqpException -> throwHere(failure.forCaller())
        else -> throw failure
    }
}

/** The result of a future that is done; throws what it failed with, with the caller's stack. */
internal suspend fun <T> CompletableFuture<T>.result(): T {
    throwIfFailed(failureOrNull())
    return join()
}

/** What a future that is done has failed with; callbacks of a copy are told of it only within another. */
internal fun CompletableFuture<*>.failureOrNull(): Throwable? = try {
    join()
    null
} catch (wrapped: CompletionException) {
    wrapped.cause ?: wrapped
}

/**
 * Resumes a coroutine when a future completes, unless it is told to forget it: futures never forget their callbacks.
 */
private class Waiter(@Volatile private var waiting: CancellableContinuation<Unit>?) : BiConsumer<Any?, Throwable?> {
    override fun accept(value: Any?, failure: Throwable?) {
        waiting?.resume(Unit)
    }

    fun forget() {
        waiting = null
    }
}
