package dev.leveret.benchmarks.fault;

import java.util.List;
import java.util.function.LongConsumer;

/** What the clients connect to, and what breaks. */
interface Target {

    /** Breaks something, for as long as the fault says, and mends it.
     *
     * @param broken to be called when it is broken, with the time ({@link System#nanoTime}) just before
     * @return what was broken and how it was mended
     */
    Damage inflict(Fault fault, LongConsumer broken) throws Exception;

    /** How many messages the queues hold, those that were delivered and not acknowledged included. */
    long messagesIn(List<String> queues) throws Exception;

    /** Takes what a queue holds by means of its own. */
    void drain(String queue, FaultClient.Receiver receiver) throws Exception;

    /** The broker's name and release. */
    String description();

    /**
     * What was done.
     *
     * @param where the node or nodes
     * @param connections how many went through there when it happened
     * @param mended until all was in order again, in nanoseconds
     */
    record Damage(String where, int connections, long mended) {}
}
