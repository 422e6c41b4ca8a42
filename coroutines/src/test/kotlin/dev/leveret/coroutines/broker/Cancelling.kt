package dev.leveret.coroutines.broker

import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlin.random.Random

/**
 * Runs [block] in a coroutine that is cancelled at some moment, from before it has begun to after some round trips. Spun
 * and not slept: no clock is so fine.
 *
 * @param round makes the longest time longer and longer, so that a busy machine gets somewhere too
 */
internal suspend fun cancelledSomewhere(random: Random, round: Int = 0, block: suspend () -> Unit): Unit =
    coroutineScope {
        val job = launch { block() }
        repeat(random.nextInt(1 shl random.nextInt(LONGEST + round / 200))) { Thread.onSpinWait() }
        job.cancelAndJoin()
    }

/** 2^15 turns are about a millisecond. */
private const val LONGEST = 16
