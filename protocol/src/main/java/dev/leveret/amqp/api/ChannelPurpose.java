package dev.leveret.amqp.api;

/** What a channel is opened for: see {@link ConnectionOptions#separatePublishing}. */
public enum ChannelPurpose {
    /** Publishing: on the connection of its own, if there is one. */
    PUBLISH,
    /** Consuming, declaring, and whatever must share a channel with that. */
    CONSUME
}
