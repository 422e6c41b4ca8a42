/** Parts of the hot path, measured with JMH. */
@NullMarked
package dev.leveret.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
