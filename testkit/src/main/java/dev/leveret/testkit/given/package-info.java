/** A broker that somebody else runs. */
@NullMarked
package dev.leveret.testkit.given;

import org.jspecify.annotations.NullMarked;
