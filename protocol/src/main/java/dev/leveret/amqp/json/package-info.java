/** JSON, for the little of it that is needed here. Not exported: no user sees it. */
@NullMarked
package dev.leveret.amqp.json;

import org.jspecify.annotations.NullMarked;
