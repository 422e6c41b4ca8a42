/**
 * Private nodes of the RabbitMQ that is installed on this machine.
 *
 * <h2>What a node leaves behind</h2>
 *
 * Nothing, when it is closed or the JVM exits. A JVM that is killed cannot clean up, so two things stand in for it.
 * Each node runs under a small shell script, the guard, that holds the reading end of a pipe from the JVM: when the
 * JVM is gone, however it went, the pipe ends, and the guard kills the node and its epmd within a moment. The node's
 * directory stays then; the next start of a node removes the directories whose JVM is dead, which it learns from a
 * lock that each JVM holds on a file beside its directory.
 */
@NullMarked
package dev.leveret.testkit.local;

import org.jspecify.annotations.NullMarked;
