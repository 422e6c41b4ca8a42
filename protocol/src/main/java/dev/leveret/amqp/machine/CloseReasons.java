package dev.leveret.amqp.machine;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ReplyCode;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.MethodNames;
import java.nio.charset.StandardCharsets;

/** Turns the broker's close methods into exceptions, and reasons of this side into the text of such a method. */
final class CloseReasons {

    private static final int MAX_TEXT = 80;

    private CloseReasons() {}

    /** As much of a text as a broker is told; what UTF-8 cannot carry is replaced. */
    static String forBroker(String text) {
        String carried = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        if (carried.length() <= MAX_TEXT) {
            return carried;
        }
        boolean withinPair = Character.isHighSurrogate(carried.charAt(MAX_TEXT - 1));
        return carried.substring(0, withinPair ? MAX_TEXT - 1 : MAX_TEXT);
    }

    static ChannelClosedException channel(int number, ChannelMethod.Close close) {
        String method = methodName(close.classId(), close.methodId());
        return new ChannelClosedException(
                "the broker closed channel " + number + during(method) + ": "
                        + describe(close.replyCode(), close.replyText()),
                close.replyCode(),
                true,
                method,
                null);
    }

    static AmqpException connection(ConnectionState state, ConnectionMethod.Close close) {
        String reason = describe(close.replyCode(), close.replyText());
        ReplyCode code = ReplyCode.of(close.replyCode());
        // RabbitMQ says 403, Broker-J 530.
        if (state == ConnectionState.SECURING && (code == ReplyCode.ACCESS_REFUSED || code == ReplyCode.NOT_ALLOWED)) {
            return new AuthenticationException("the broker refused the credentials: " + reason, null);
        }
        String method = methodName(close.classId(), close.methodId());
        return new ConnectionClosedException(
                "the broker closed the connection" + during(method) + ": " + reason, close.replyCode(), true);
    }

    /** RabbitMQ's texts begin with the name of the code, which need not be said twice. */
    private static String describe(int code, String text) {
        String known = ReplyCode.of(code).name();
        return text.startsWith(known) ? code + " " + text : ReplyCode.describe(code) + ", " + text;
    }

    private static String during(String method) {
        return method.isEmpty() ? "" : " because of " + method;
    }

    /** {@code "queue.declare"}; empty for 0.0, which brokers send when no method is to blame. */
    private static String methodName(int classId, int methodId) {
        return classId == 0 ? "" : MethodNames.of(classId, methodId);
    }
}
