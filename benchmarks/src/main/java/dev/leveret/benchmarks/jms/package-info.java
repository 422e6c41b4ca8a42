/** What a JMS provider's JVM does: one scenario, measured, and one line with the result. Knows both only by Jakarta Messaging. */
@NullMarked
package dev.leveret.benchmarks.jms;

import org.jspecify.annotations.NullMarked;
