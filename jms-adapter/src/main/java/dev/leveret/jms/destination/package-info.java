/**
 * Destinations as values: a kind and a name, compared by both, bound to no connection.
 *
 * <p>Nothing here talks to a broker; what a name means there is {@code broker.Naming}'s.
 */
@NullMarked
package dev.leveret.jms.destination;

import org.jspecify.annotations.NullMarked;
