/**
 * The rules of Jakarta Messaging for messages: headers, properties, bodies, what may be converted into what, and when a
 * message may be written. Nothing here knows how a message travels; that is the package {@code wire}'s.
 *
 * <p>Messages are not thread-safe, as the specification has it (section 2.14).
 */
@NullMarked
package dev.leveret.jms.message;

import org.jspecify.annotations.NullMarked;
