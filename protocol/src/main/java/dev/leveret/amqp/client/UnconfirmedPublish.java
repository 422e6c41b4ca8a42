package dev.leveret.amqp.client;

import dev.leveret.amqp.api.OutboundMessage;

/** A publish whose result nobody asks for. */
final class UnconfirmedPublish extends LinkedCommand {

    /** What a publish costs on the wire beyond its body, roughly. */
    private static final int ENVELOPE = 128;

    private final ChannelHandle channel;
    private final OutboundMessage message;

    UnconfirmedPublish(ChannelHandle channel, OutboundMessage message) {
        this.channel = channel;
        this.message = message;
    }

    static int weight(OutboundMessage message) {
        return message.body().length + ENVELOPE;
    }

    @Override
    public void execute() {
        if (!channel.life().holds(this)) {
            channel.machine().publish(message, null);
        }
    }

    @Override
    public int weight() {
        return weight(message);
    }
}
