package dev.leveret.amqp.recovery;

import dev.leveret.amqp.machine.ChannelMachine;
import dev.leveret.amqp.machine.Reply;

/** A consumer that outlives its channel's machine. On the event loop. */
public interface RecoverableConsumer {

    String consumerTag();

    /** The queue, by the name that it has now. */
    String queue();

    /** Nobody wants it any more. */
    boolean isEnded();

    /** Whether it waits to be started. */
    boolean isSuspended();

    /** Whether somebody starts it on its own, so that it is not started along with its channel. */
    boolean isRetried();

    /** Somebody tries to start it on its own from now on, or does not any more. */
    void retried(boolean value);

    /** Starts it on a machine, which is its own from then on. */
    void startOn(ChannelMachine machine, Reply reply);

    /** The broker has granted it. */
    void onRestored();

    /** It will not be started again. */
    void onNotRestored(RuntimeException cause);
}
