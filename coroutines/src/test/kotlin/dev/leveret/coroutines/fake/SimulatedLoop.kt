package dev.leveret.coroutines.fake

import kotlin.concurrent.thread

/**
 * A thread that moves a broker on, as an event loop would, until it is closed; then it lets everything come to rest.
 */
class SimulatedLoop(private val broker: SimulatedBroker) : AutoCloseable {
    @Volatile
    private var closing = false

    private val thread =
        thread(name = "simulated-loop", isDaemon = true) {
            while (!closing) {
                if (!broker.step()) Thread.onSpinWait()
            }
        }

    override fun close() {
        closing = true
        thread.join()
        var steps = 0
        while (broker.step()) check(++steps < 100_000) { "it does not come to rest" }
    }
}
