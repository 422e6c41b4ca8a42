package dev.leveret.coroutines

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch

/**
 * The tap of [AmqpChannel.process] and [AmqpChannel.serve]: stops new work from being begun, for a while or for good,
 * without touching what is in hand. One may serve several of them. Thread-safe, and nothing here waits.
 *
 * ```kotlin
 * coroutineScope {
 *     val intake = Intake()
 *     launch { channel.process("orders", concurrency = 8, intake = intake) { order -> handle(order) } }
 *     stopRequested.join()
 *     intake.close() // what is in hand is finished and acknowledged, then process returns
 * }
 * ```
 */
public class Intake {
    private enum class State { OPEN, PAUSED, CLOSED }

    private val state = MutableStateFlow(State.OPEN)

    /** Whether nothing new is begun for now. */
    public val isPaused: Boolean get() = state.value == State.PAUSED

    /** Whether nothing new is begun any more. */
    public val isClosed: Boolean get() = state.value == State.CLOSED

    /**
     * Begins nothing new until [resume]; does nothing to one that is closed. The consumer stays, and as much as its
     * prefetch allows waits in memory, unsettled: brokers limit how long that may take (RabbitMQ half an hour). To leave the
     * messages to others meanwhile, [close], and process again later.
     *
     * ```kotlin
     * if (database.isDown()) intake.pause()
     * ```
     */
    public fun pause() {
        state.compareAndSet(State.OPEN, State.PAUSED)
    }

    /**
     * Ends a pause.
     *
     * ```kotlin
     * if (!database.isDown()) intake.resume()
     * ```
     */
    public fun resume() {
        state.compareAndSet(State.PAUSED, State.OPEN)
    }

    /**
     * Begins nothing new ever again. The consumers are cancelled, what they had brought and nobody has begun goes back
     * to the queue, and the processing returns when what is in hand is finished. Pausing or resuming changes nothing
     * any more.
     *
     * ```kotlin
     * intake.close()
     * processing.join() // what is in hand is finished and acknowledged
     * ```
     */
    public fun close() {
        state.value = State.CLOSED
    }

    /** Waits while it is paused; returns whether it is open. */
    internal suspend fun awaitOpen(): Boolean =
        state.value == State.OPEN || state.first { it != State.PAUSED } == State.OPEN

    /** Runs [block] until it returns or this is closed, which cancels it. */
    internal suspend fun whileOpen(block: suspend CoroutineScope.() -> Unit): Unit = coroutineScope {
        val work = launch(block = block)
        val watch = launch {
            state.first { it == State.CLOSED }
            work.cancel()
        }
        work.join()
        watch.cancel()
    }

    override fun toString(): String = "Intake(${state.value.name.lowercase()})"
}
