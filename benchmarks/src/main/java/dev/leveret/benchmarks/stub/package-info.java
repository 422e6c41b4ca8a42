/** A counting end of the wire, in a process of its own, that costs little enough to leave the client the bottleneck. */
@NullMarked
package dev.leveret.benchmarks.stub;

import org.jspecify.annotations.NullMarked;
