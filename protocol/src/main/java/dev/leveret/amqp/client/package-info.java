/**
 * The handles that users hold, and what carries their calls to the event loop and the results back.
 *
 * <p>Publish to confirm: {@link dev.leveret.amqp.client.ChannelHandle#publish}, {@link dev.leveret.amqp.net.CommandQueue},
 * {@code ChannelMachine.publish}, {@code Confirms}.
 */
@NullMarked
package dev.leveret.amqp.client;

import org.jspecify.annotations.NullMarked;
