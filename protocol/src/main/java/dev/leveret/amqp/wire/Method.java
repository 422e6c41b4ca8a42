package dev.leveret.amqp.wire;

/**
 * A method of AMQP 0-9-1 or of RabbitMQ's extensions, with its arguments (specification section 1.4 and following). One
 * nested record per method, named as the specification names them; each has {@code ID}, {@code read} and {@code write}.
 *
 * <p>Fields that the specification reserves are not components: they are written empty and skipped when read. To tell
 * methods apart, switch on {@link #id} with the {@code ID} constants.
 */
public sealed interface Method
        permits ConnectionMethod, ChannelMethod, ExchangeMethod, QueueMethod, BasicMethod, ConfirmMethod, TxMethod {

    /** {@code class << 16 | method}. */
    int id();

    /** The specification's name, such as {@code "queue.declare"}. */
    default String name() {
        return MethodNames.of(id());
    }

    /** Whether a content header and body frames follow this method. */
    default boolean hasContent() {
        return false;
    }

    /**
     * Appends the arguments, without the id; whoever calls it calls {@link WireWriter#finish} after it.
     *
     * @throws IllegalArgumentException if an argument does not fit its field
     */
    void write(WireWriter out);
}
