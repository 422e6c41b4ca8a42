package dev.leveret.amqp.machine;

import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A publish over which the broker closed its channel, as far as {@code channel.close} tells which one it was.
 *
 * <p>The broker takes the publishes of a channel in their order, and from the refused one on takes none. Its close carries no
 * sequence number, but RabbitMQ's text names the exchange or the size of the message. Of several publishes that fit, the
 * last one is refused for certain, and so is everything behind it: an exchange may have been there for the others and have
 * been deleted since. For a size the first one that fits is certain, as the limit does not change.
 */
final class PublishRefusal {

    private static final Pattern SIZE = Pattern.compile("message size (\\d{1,18}) ");
    /** How RabbitMQ ends a text that it had to cut. */
    private static final String CUT = "...";

    private final String text;
    private final long size;

    private PublishRefusal(String text, long size) {
        this.text = text;
        this.size = size;
    }

    /** {@code null} if the channel was closed over something else, or if nothing tells over which publish. */
    static @Nullable PublishRefusal of(ChannelMethod.Close close) {
        if ((close.classId() << 16 | close.methodId()) != BasicMethod.Publish.ID
                || close.replyText().endsWith(CUT)) {
            return null;
        }
        Matcher size = SIZE.matcher(close.replyText());
        return new PublishRefusal(close.replyText(), size.find() ? Long.parseLong(size.group(1)) : -1);
    }

    /** Whether the first publish that {@link #fits} is refused for certain, and not only the last. */
    boolean holdsForAll() {
        return size >= 0;
    }

    /** Whether this may be the refused publish. */
    boolean fits(OutboundMessage message) {
        return size >= 0
                ? message.body().length >= size
                : text.contains("exchange '" + name(message.exchange()) + "' in vhost");
    }

    private static String name(String exchange) {
        return exchange.isEmpty() ? "amq.default" : exchange;
    }
}
