/** What a client's JVM does: one scenario, measured, and one line with the result. */
@NullMarked
package dev.leveret.benchmarks.client;

import org.jspecify.annotations.NullMarked;
