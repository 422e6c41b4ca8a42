package dev.leveret.amqp.wire;

import dev.leveret.amqp.api.BasicProperties;
import io.netty.buffer.Unpooled;

/** The reading half of {@link PropertiesCodec}. */
final class PropertiesDecoder {

    private static final int MORE_FLAGS = 1;
    private static final int UNKNOWN_IN_FIRST_WORD = 1 << 1;
    private static final int KNOWN = 0xFFFF & ~(MORE_FLAGS | UNKNOWN_IN_FIRST_WORD);
    private static final int UNKNOWN_IN_LATER_WORDS = 0xFFFF & ~MORE_FLAGS;

    private PropertiesDecoder() {}

    static BasicProperties read(byte[] encoded) {
        check(encoded);
        int flags = Octets.unsignedShort(encoded, 0);
        return flags <= MORE_FLAGS ? BasicProperties.EMPTY : read(flags, encoded);
    }

    private static BasicProperties read(int flags, byte[] encoded) {
        int start = endOfFlags(encoded);
        WireReader values =
                WireReader.withoutCache().wrap(Unpooled.wrappedBuffer(encoded), start, encoded.length - start);
        BasicProperties.Builder into = BasicProperties.builder();
        for (int flag = PropertiesCodec.CONTENT_TYPE; flag >= PropertiesCodec.CLUSTER_ID; flag >>= 1) {
            if ((flags & flag) != 0) {
                read(flag, values, into);
            }
        }
        return into.build();
    }

    private static void read(int flag, WireReader values, BasicProperties.Builder into) {
        switch (flag) {
            case PropertiesCodec.CONTENT_TYPE -> into.contentType(values.shortString());
            case PropertiesCodec.CONTENT_ENCODING -> into.contentEncoding(values.shortString());
            case PropertiesCodec.HEADERS -> into.headers(values.table());
            case PropertiesCodec.DELIVERY_MODE -> into.deliveryMode(values.octet());
            case PropertiesCodec.PRIORITY -> into.priority(values.octet());
            case PropertiesCodec.CORRELATION_ID -> into.correlationId(values.shortString());
            case PropertiesCodec.REPLY_TO -> into.replyTo(values.shortString());
            case PropertiesCodec.EXPIRATION -> into.expiration(values.shortString());
            case PropertiesCodec.MESSAGE_ID -> into.messageId(values.shortString());
            case PropertiesCodec.TIMESTAMP -> into.timestamp(values.timestamp());
            case PropertiesCodec.TYPE -> into.type(values.shortString());
            case PropertiesCodec.USER_ID -> into.userId(values.shortString());
            case PropertiesCodec.APP_ID -> into.appId(values.shortString());
            case PropertiesCodec.CLUSTER_ID -> into.clusterId(values.shortString());
            default -> throw new IllegalStateException("no property has flag " + flag);
        }
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
