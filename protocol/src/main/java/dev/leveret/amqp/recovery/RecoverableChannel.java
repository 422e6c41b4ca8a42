package dev.leveret.amqp.recovery;

import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.machine.ChannelMachine;
import dev.leveret.amqp.machine.ConnectionMachine;
import dev.leveret.amqp.machine.Reply;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A channel that outlives its machine. On the event loop. */
public interface RecoverableChannel {

    /** The number it has or had last. */
    int number();

    /**
     * Opens itself on a connection.
     *
     * @return the new machine; {@code null} if the reply has been told why not
     */
    @Nullable
    ChannelMachine openOn(ConnectionMachine connection, Reply reply);

    boolean isTransactional();

    /** The prefetch of all its consumers together, if it was set. */
    OptionalInt sharedPrefetch();

    /** Those that have not ended. */
    List<? extends RecoverableConsumer> consumers();

    /**
     * Starts one of its consumers on it as it is now. That the broker refuses does not end the channel: it is opened again,
     * with the others.
     */
    void startLate(RecoverableConsumer consumer, Reply reply);

    /**
     * So many more (or fewer) of its consumers are being started while it is in use already: as with {@link #startLate},
     * their refusal does not end it.
     */
    void startingLate(int change);

    /** It has to be opened again, as the broker leaves something on it without an answer. */
    void renew(ChannelClosedException cause);

    /** It is open and has everything that could be restored. */
    void onRestored();

    /** It will not be opened again. */
    void onNotRestored(RuntimeException cause);
}
