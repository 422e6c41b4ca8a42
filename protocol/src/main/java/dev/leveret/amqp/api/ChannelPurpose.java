package dev.leveret.amqp.api;

/** What a channel is opened for: see {@link ConnectionOptions#separatePublishing} and {@link RecoveryOptions}. */
public enum ChannelPurpose {
    /** Publishing: on the connection of its own, if there is one. */
    PUBLISH,
    /** Consuming, declaring, and whatever must share a channel with that. */
    CONSUME,
    /**
     * Looking around: what is declared, bound or deleted on it is not taken note of, and so not declared again when the
     * connection was lost.
     */
    INSPECT
}
