package dev.leveret.amqp.wire;

import dev.leveret.amqp.api.BasicProperties;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The reading half of {@link PropertiesCodec}. */
final class PropertiesDecoder {

    private static final int MORE_FLAGS = 1;
    private static final int UNKNOWN_IN_FIRST_WORD = 1 << 1;
    private static final int KNOWN = 0xFFFF & ~(MORE_FLAGS | UNKNOWN_IN_FIRST_WORD);
    private static final int UNKNOWN_IN_LATER_WORDS = 0xFFFF & ~MORE_FLAGS;

    private final byte[] in;
    private int at;

    private PropertiesDecoder(byte[] in, int start) {
        this.in = in;
        at = start;
    }

    /** Decodes what {@link #check} has passed. */
    static BasicProperties readChecked(byte[] encoded) {
        int flags = Octets.unsignedShort(encoded, 0);
        return flags <= MORE_FLAGS
                ? BasicProperties.EMPTY
                : new PropertiesDecoder(encoded, endOfFlags(encoded)).read(flags);
    }

    private BasicProperties read(int flags) {
        BasicProperties.Builder into = BasicProperties.builder();
        for (int left = flags & KNOWN; left != 0; left &= ~Integer.highestOneBit(left)) {
            read(Integer.highestOneBit(left), into);
        }
        return into.build();
    }

    private void read(int flag, BasicProperties.Builder into) {
        switch (flag) {
            case PropertiesCodec.CONTENT_TYPE -> into.contentType(shortString());
            case PropertiesCodec.CONTENT_ENCODING -> into.contentEncoding(shortString());
            case PropertiesCodec.HEADERS -> into.headers(table());
            case PropertiesCodec.DELIVERY_MODE -> into.deliveryMode(octet());
            case PropertiesCodec.PRIORITY -> into.priority(octet());
            case PropertiesCodec.CORRELATION_ID -> into.correlationId(shortString());
            case PropertiesCodec.REPLY_TO -> into.replyTo(shortString());
            case PropertiesCodec.EXPIRATION -> into.expiration(shortString());
            case PropertiesCodec.MESSAGE_ID -> into.messageId(shortString());
            case PropertiesCodec.TIMESTAMP -> into.timestamp(timestamp());
            case PropertiesCodec.TYPE -> into.type(shortString());
            case PropertiesCodec.USER_ID -> into.userId(shortString());
            case PropertiesCodec.APP_ID -> into.appId(shortString());
            case PropertiesCodec.CLUSTER_ID -> into.clusterId(shortString());
            default -> throw new IllegalStateException("no property has flag " + flag);
        }
    }

    private int octet() {
        return Octets.unsignedByte(in, at++);
    }

    private String shortString() {
        int length = octet();
        String text = Utf8.decode(in, at, length);
        at += length;
        return text;
    }

    private Instant timestamp() {
        Instant time = TableCodec.instant(Octets.signedLong(in, at));
        at += Long.BYTES;
        return time;
    }

    private Map<String, @Nullable Object> table() {
        Map<String, @Nullable Object> table = new TableDecoder(in, at).table();
        at += Integer.BYTES + Octets.signedInt(in, at);
        return table;
    }

    static void check(byte[] in) {
        try {
            int at = endOfFlags(in);
            int limit = in.length;
            int flags = Octets.unsignedShort(in, 0);
            for (int left = flags & KNOWN; left != 0; left &= ~Integer.highestOneBit(left)) {
                at = skip(Integer.highestOneBit(left), in, at, limit);
            }
            if (at != limit) {
                throw MalformedFrameException.syntaxError((limit - at) + " bytes are left over");
            }
        } catch (MalformedFrameException e) {
            throw e.in("message properties", BasicMethod.CLASS_ID, 0);
        }
    }

    private static int endOfFlags(byte[] in) {
        int at = 0;
        int unknown = UNKNOWN_IN_FIRST_WORD;
        int word;
        do {
            int next = advance(at, Short.BYTES, in.length, "flags");
            word = Octets.unsignedShort(in, at);
            if ((word & unknown) != 0) {
                throw MalformedFrameException.syntaxError(String.format("unknown flags 0x%04x", word & unknown));
            }
            unknown = UNKNOWN_IN_LATER_WORDS;
            at = next;
        } while ((word & MORE_FLAGS) != 0);
        return at;
    }

    private static int skip(int flag, byte[] in, int at, int limit) {
        return switch (flag) {
            case PropertiesCodec.HEADERS -> TableCheck.table(in, at, limit);
            case PropertiesCodec.DELIVERY_MODE, PropertiesCodec.PRIORITY -> advance(at, 1, limit, "an octet");
            case PropertiesCodec.TIMESTAMP -> advance(at, Long.BYTES, limit, "a timestamp");
            default -> {
                int text = advance(at, 1, limit, "the length of a short string");
                yield advance(text, Octets.unsignedByte(in, at), limit, "a short string");
            }
        };
    }

    private static int advance(int at, int count, int limit, String what) {
        if (count > limit - at) {
            throw MalformedFrameException.syntaxError(
                    what + " of " + count + " bytes, but " + (limit - at) + " are left");
        }
        return at + count;
    }
}
