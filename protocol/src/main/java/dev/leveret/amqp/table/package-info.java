/** The tables of fields in which AMQP carries headers and arguments. Not exported: users see maps. */
@NullMarked
package dev.leveret.amqp.table;

import org.jspecify.annotations.NullMarked;
