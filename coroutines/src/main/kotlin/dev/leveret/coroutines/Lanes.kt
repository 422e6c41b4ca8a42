package dev.leveret.coroutines

import dev.leveret.amqp.api.Delivery

/**
 * Which keys are being handled, and what waits behind each. Deliveries without a key (`null`) know no order and never
 * wait. Thread-safe.
 */
internal class Lanes {
    private val busy = HashMap<Any, ArrayDeque<Delivery>>()

    /** Whether the delivery may be begun; otherwise it waits behind another one of its key. */
    fun enter(key: Any?, delivery: Delivery): Boolean = key == null || synchronized(busy) {
        val waiting = busy[key]
        if (waiting == null) busy[key] = ArrayDeque(0) else waiting += delivery
        waiting == null
    }

    /** The next one of a key whose delivery is finished; the lane is free if there is none. */
    fun next(key: Any?): Delivery? = if (key == null) {
        null
    } else {
        synchronized(busy) { busy.getValue(key).removeFirstOrNull().also { if (it == null) busy -= key } }
    }

    /** All that wait, which they do no longer. */
    fun takeWaiting(): List<Delivery> = synchronized(busy) {
        busy.values.flatten().also { busy.values.forEach { it.clear() } }
    }
}
