package dev.leveret.jms.broker;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What the queues and exchanges of named subscriptions are called: {@code jms.subscription.<client>/<name>}, readable, and
 * different for different client identifiers and names.
 *
 * <p>What could not be told apart from the separator, and what brokers or their tools trip over, is a percent sign and four
 * hexadecimal digits. AMQP allows 255 bytes; a longer name is cut and ends with a tilde and half of its SHA-256.
 */
final class SubscriptionNames {

    private static final int MAX_BYTES = 255;
    private static final int HASH_DIGITS = 32;

    private SubscriptionNames() {}

    /** The queue of a durable subscription, shared or not, and its exchange. */
    static String durable(Optional<String> clientId, String name) {
        return limited("jms.subscription." + escaped(clientId.orElse("")) + "/" + escaped(name));
    }

    /** The queue of a shared subscription that is not durable, and its exchange. */
    static String shared(Optional<String> clientId, String name) {
        return limited("jms.shared." + escaped(clientId.orElse("")) + "/" + escaped(name));
    }

    /** The queue that whoever has it may change the subscription. */
    static String lock(String queue) {
        return "jms.lock." + hash(queue);
    }

    /** Half of the SHA-256 of a text, in hexadecimal digits. */
    static String hash(String text) {
        try {
            // UTF-16: every string has a form of its own, also one that is no valid Unicode.
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_16BE));
            return HexFormat.of().formatHex(hash).substring(0, HASH_DIGITS);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every JVM has SHA-256", impossible);
        }
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 8);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (pair) {
                escaped.append(c).append(text.charAt(++i));
            } else if (isPlain(c)) {
                escaped.append(c);
            } else {
                escaped.append(String.format("%%%04x", (int) c));
            }
        }
        return escaped.toString();
    }

    private static boolean isPlain(char c) {
        return c != '%' && c != '/' && c != '~' && !Character.isISOControl(c) && !Character.isSurrogate(c);
    }

    /** A name as it is, or what stands for it if it is too long. */
    static String limited(String name) {
        if (name.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES) {
            return name;
        }
        int room = MAX_BYTES - HASH_DIGITS - 1;
        StringBuilder head = new StringBuilder();
        for (int at = 0; at < name.length(); ) {
            int point = name.codePointAt(at);
            String next = Character.toString(point);
            room -= next.getBytes(StandardCharsets.UTF_8).length;
            if (room < 0) {
                break;
            }
            head.append(next);
            at += next.length();
        }
        return head + "~" + hash(name);
    }
}
