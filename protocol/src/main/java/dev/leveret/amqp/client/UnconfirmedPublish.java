package dev.leveret.amqp.client;

import dev.leveret.amqp.api.OutboundMessage;

/** A publish whose result nobody asks for. */
final class UnconfirmedPublish extends LinkedCommand {

    /** What a publish costs on the wire beyond its body, roughly. */
    private static final int ENVELOPE = 128;

    private final Incarnation incarnation;
    private final OutboundMessage message;

    UnconfirmedPublish(Incarnation incarnation, OutboundMessage message) {
        this.incarnation = incarnation;
        this.message = message;
    }

    static int weight(OutboundMessage message) {
        return message.body().length + ENVELOPE;
    }

    @Override
    public void execute() {
        incarnation.machine().publish(message, null);
    }

    @Override
    public int weight() {
        return weight(message);
    }
}
