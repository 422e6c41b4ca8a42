package dev.leveret.amqp.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Recognises in the first bytes of a connection a peer that does not speak AMQP 0-9-1, so that the error can say what
 * is there instead of "unknown frame type 72".
 */
final class ForeignPeer {

    private static final byte[] AMQP = "AMQP".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HTTP = "HTTP".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SSH = "SSH-".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] READY = "220".getBytes(StandardCharsets.US_ASCII); // SMTP, FTP
    private static final byte[] TLS_ALERT = {0x15, 0x03};
    private static final byte[] TLS_HANDSHAKE = {0x16, 0x03};
    private static final int PROTOCOL_HEADER_SIZE = 8;

    private ForeignPeer() {}

    /**
     * Looks at the first bytes, which are no frame.
     *
     * @throws MalformedFrameException as soon as it is clear what they are; returns if more bytes are needed to tell
     */
    static void refuse(ByteBuf in, int index, int available) {
        if (startsLike(AMQP, in, index, available)) {
            if (available >= PROTOCOL_HEADER_SIZE) {
                throw MalformedFrameException.frameError(protocolHeader(in, index + AMQP.length));
            }
        } else if (startsLike(HTTP, in, index, available)) {
            refuseIf(
                    available >= HTTP.length,
                    "HTTP; is this the port of a web server? RabbitMQ's own, for management, is 15672; AMQP's is 5672");
        } else if (startsLike(SSH, in, index, available)) {
            refuseIf(available >= SSH.length, "SSH; AMQP's port is 5672");
        } else if (startsLike(READY, in, index, available)) {
            refuseIf(available >= READY.length, "the greeting of a mail or FTP server; AMQP's port is 5672");
        } else if (startsLike(TLS_ALERT, in, index, available)) {
            refuseIf(available >= TLS_ALERT.length, "a TLS alert: this is a TLS port, which amqps:// is for");
        } else if (startsLike(TLS_HANDSHAKE, in, index, available)) {
            refuseIf(available >= TLS_HANDSHAKE.length, "a TLS handshake: this is a TLS port, which amqps:// is for");
        } else {
            throw MalformedFrameException.frameError(String.format(
                    "the peer's first byte is 0x%02x, which starts no AMQP frame: is this a broker's port for AMQP?",
                    in.getUnsignedByte(index)));
        }
    }

    private static boolean startsLike(byte[] pattern, ByteBuf in, int index, int available) {
        for (int i = 0; i < Math.min(available, pattern.length); i++) {
            if (in.getByte(index + i) != pattern[i]) {
                return false;
            }
        }
        return true;
    }

    private static void refuseIf(boolean certain, String what) {
        if (certain) {
            throw MalformedFrameException.frameError("the peer answered with " + what);
        }
    }

    /** A server that refuses a protocol header answers with one that it would accept (specification section 4.2.2). */
    private static String protocolHeader(ByteBuf in, int index) {
        int id = in.getUnsignedByte(index);
        int major = in.getUnsignedByte(index + 1);
        int minor = in.getUnsignedByte(index + 2);
        int revision = in.getUnsignedByte(index + 3);
        String version;
        if (major == 1 && minor == 0 && revision == 0) {
            version = id == 3 ? "AMQP 1.0 (SASL)" : id == 2 ? "AMQP 1.0 (TLS)" : "AMQP 1.0";
        } else if (id == 1 && major == 1) {
            version = "AMQP 0-"
                    + Math.max(minor, revision); // 0-8 wrote itself 1 1 8 0, 0-9 and 0-10 were 1 1 0 9 and 1 1 0 10
        } else {
            version = "AMQP " + major + "-" + minor + "-" + revision;
        }
        return "the peer refused AMQP 0-9-1 and answered with the protocol header of " + version + " (" + id + " "
                + major + " " + minor + " " + revision
                + "): is AMQP 0-9-1 switched on at this broker, and on this port?";
    }
}
