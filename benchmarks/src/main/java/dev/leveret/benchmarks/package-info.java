/** {@link dev.leveret.benchmarks.HotPath} measures clients side by side, each run in a fresh JVM. */
@NullMarked
package dev.leveret.benchmarks;

import org.jspecify.annotations.NullMarked;
