package dev.leveret.amqp.testing;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.wire.Method;
import java.nio.charset.StandardCharsets;

/**
 * A method with its content, if it has one.
 *
 * @param properties empty for a method without content
 * @param body empty for a method without content
 */
public record Received(int channel, Method method, BasicProperties properties, byte[] body) {

    private static final byte[] EMPTY = {};

    static Received of(int channel, Method method) {
        return new Received(channel, method, BasicProperties.EMPTY, EMPTY);
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return channel + ":" + method + (method.hasContent() ? " + " + body.length + " bytes" : "");
    }
}
