package dev.leveret.coroutines

import kotlin.coroutines.Continuation
import kotlin.coroutines.intrinsics.suspendCoroutineUninterceptedOrReturn
import kotlin.coroutines.jvm.internal.CoroutineStackFrame

/**
 * Throws a failure that was made for this call alone, with the stack of the suspended callers in place of the
 * thread's: a coroutine that was resumed has on its thread nothing but the dispatcher.
 *
 * kotlinx.coroutines does the like for exceptions that it can copy, and only with assertions or its debug mode
 * enabled.
 */
internal suspend fun throwHere(failure: RuntimeException): Nothing = suspendCoroutineUninterceptedOrReturn { caller ->
    throw failure.withCallersOf(caller)
}

/** The same for a failure with which a continuation is resumed from elsewhere. */
internal fun <T : RuntimeException> T.withCallersOf(continuation: Continuation<*>): T {
    val callers = callersOf(continuation)
    if (callers.isNotEmpty()) {
        stackTrace = callers
    }
    return this
}

private fun callersOf(continuation: Continuation<*>): Array<StackTraceElement> =
    generateSequence(continuation as? CoroutineStackFrame) { it.callerFrame }
        .mapNotNull { it.getStackTraceElement() }
        .toList()
        .toTypedArray()
