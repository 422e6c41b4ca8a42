package dev.leveret.amqp.machine;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.ReturnedMessage;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How much a published message looks like a returned one, from least to most. */
enum ReturnMatch {
    /** It is another message. */
    NONE,
    /** Address and body agree, the properties do not: the broker would have had to change them. */
    SAME_BODY,
    /** What came back of the properties agrees; the broker took headers away, such as {@code BCC}. */
    HEADERS_MISSING,
    /** All agrees that was sent; the broker may have added to it. */
    SAME;

    static ReturnMatch of(OutboundMessage sent, ReturnedMessage returned) {
        if (!sent.mandatory()
                || !sent.routingKey().equals(returned.routingKey())
                || !sent.exchange().equals(returned.exchange())
                || !Arrays.equals(sent.body(), returned.body())) {
            return NONE;
        }
        return sameIdentity(sent.properties(), returned.properties())
                ? headers(sent.properties(), returned.properties())
                : SAME_BODY;
    }

    /** The properties by which applications tell messages apart. */
    private static boolean sameIdentity(BasicProperties sent, BasicProperties returned) {
        return Objects.equals(sent.messageId(), returned.messageId())
                && Objects.equals(sent.correlationId(), returned.correlationId())
                && Objects.equals(sent.replyTo(), returned.replyTo())
                && Objects.equals(sent.type(), returned.type())
                && Objects.equals(sent.priority(), returned.priority())
                && Objects.equals(sent.expiration(), returned.expiration());
    }

    private static ReturnMatch headers(BasicProperties sent, BasicProperties returned) {
        ReturnMatch match = SAME;
        for (Map.Entry<String, @Nullable Object> header : sent.headers().entrySet()) {
            if (!returned.headers().containsKey(header.getKey())) {
                match = HEADERS_MISSING;
            } else if (!equal(header.getValue(), returned.header(header.getKey()))) {
                return SAME_BODY;
            }
        }
        return match;
    }

    /** Equality that looks into {@code byte[]}, wherever they are. */
    private static boolean equal(@Nullable Object sent, @Nullable Object returned) {
        if (sent instanceof List<?> left && returned instanceof List<?> right) {
            Iterator<?> other = right.iterator();
            return left.size() == right.size() && left.stream().allMatch(it -> equal(it, other.next()));
        }
        if (sent instanceof Map<?, ?> left && returned instanceof Map<?, ?> right) {
            return left.size() == right.size()
                    && left.entrySet().stream().allMatch(it -> equal(it.getValue(), right.get(it.getKey())));
        }
        return Objects.deepEquals(sent, returned);
    }
}
