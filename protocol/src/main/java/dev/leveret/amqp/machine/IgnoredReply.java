package dev.leveret.amqp.machine;

import dev.leveret.amqp.wire.Method;

/** Nobody waits: a failure of the request ends the channel, which tells everybody who has to know. */
enum IgnoredReply implements Reply {
    INSTANCE;

    @Override
    public void onReply(Method reply) {}

    @Override
    public void onFailure(RuntimeException cause) {}
}
