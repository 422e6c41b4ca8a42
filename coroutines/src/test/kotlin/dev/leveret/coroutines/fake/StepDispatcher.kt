package dev.leveret.coroutines.fake

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Runnable
import kotlin.coroutines.CoroutineContext

/** Runs coroutines one resumption at a time, when it is told to: whatever can come in between, a test can put there. */
class StepDispatcher : CoroutineDispatcher() {
    private val tasks = ArrayDeque<Runnable>()

    override fun dispatch(context: CoroutineContext, block: Runnable) {
        tasks += block
    }

    /** Resumes one coroutine; `false` if none waits for that. */
    fun step(): Boolean {
        tasks.removeFirstOrNull()?.run() ?: return false
        return true
    }
}
