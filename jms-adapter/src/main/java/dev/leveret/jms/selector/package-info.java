/**
 * Message selectors (Jakarta Messaging 3.1, section 3.8): {@link dev.leveret.jms.selector.Selector} reads one and says whether
 * a message matches. It looks at a message through {@link dev.leveret.jms.selector.SelectableMessage}, so nothing of a message
 * is decoded that the selector does not ask for, and knows neither AMQP nor the messages of {@code jakarta.jms}.
 *
 * <p><b>What the specification leaves open</b>, and what is done here:
 *
 * <ul>
 *   <li>What the specification calls false because the types do not fit, such as {@code a <> 1} of a property that is a string, is
 *       false, for {@code NOT LIKE}, {@code NOT IN} and {@code NOT BETWEEN} as well; so is arithmetic with anything but numbers,
 *       however compared, and a property that is no boolean in the place of a condition.
 *   <li>Where the selector alone tells that the types do not fit, such as {@code 'a' <> 1} or {@code TRUE = 0}, it is refused: it
 *       cannot be meant.
 *   <li>A division of whole numbers by zero is unknown. Other arithmetic is Java's: whole numbers wrap around, {@code 1.0/0} is
 *       infinite, {@code float} and {@code double} differ.
 *   <li>A whole number is an {@code int} if it fits and has no {@code L}, and otherwise a {@code long}, as properties have them.
 *   <li>A comparison cannot be compared unless it is in parentheses; with them it can: {@code (a = 1) = b}.
 *   <li>{@code _} stands for one code point; the escape character makes any character after it an ordinary one.
 *   <li>Names that begin with {@code JMS} are those of the six header fields, of {@code JMSX} and of {@code JMS_} properties;
 *       others, such as {@code JMSExpiration}, are refused, for no message could ever match.
 * </ul>
 */
@NullMarked
package dev.leveret.jms.selector;

import org.jspecify.annotations.NullMarked;
