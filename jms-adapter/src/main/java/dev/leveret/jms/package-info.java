/**
 * A Jakarta Messaging 3.1 provider over AMQP 0-9-1: {@link dev.leveret.jms.LeveretConnectionFactory} is where to start, and
 * the only class that applications need to name.
 *
 * <p>This package holds what the specification calls connections, sessions, producers and consumers. It speaks no AMQP: the
 * sub-packages {@code message} (rules of messages), {@code wire} (how they travel), {@code broker} (what AMQP does) and
 * {@code destination} are its parts, and not for applications.
 *
 * <p><b>Locks.</b> {@link dev.leveret.jms.SessionDispatch} has one lock per session for what waits to be delivered;
 * {@link dev.leveret.jms.JmsConnection} one for the list of its sessions. The first may be taken under the second, never the
 * other way round. A queue's dispatcher ({@code dev.leveret.jms.broker}) has one more, under which the first may be taken, and
 * which is taken under neither. None is held while waiting for the broker or running an application's code. Waiting is done on
 * conditions, never in {@code synchronized}, so virtual threads can wait here.
 */
@NullMarked
package dev.leveret.jms;

import org.jspecify.annotations.NullMarked;
