/** A network between client and broker that breaks when a test says so. */
@NullMarked
package dev.leveret.testkit.proxy;

import org.jspecify.annotations.NullMarked;
