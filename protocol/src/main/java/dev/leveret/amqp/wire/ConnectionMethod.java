package dev.leveret.amqp.wire;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Class 10: sets a connection up, tunes it and takes it down, always on channel 0 (specification section 1.4). Times
 * are in seconds.
 */
public sealed interface ConnectionMethod extends Method {

    /** The class in method ids and content headers. */
    int CLASS_ID = 10;

    /** The server offers versions, SASL mechanisms and locales, both separated by spaces. */
    record Start(
            int versionMajor,
            int versionMinor,
            Map<String, @Nullable Object> serverProperties,
            String mechanisms,
            String locales)
            implements ConnectionMethod {

        public static final int ID = CLASS_ID << 16 | 10;

        static Start read(WireReader in) {
            return new Start(in.octet(), in.octet(), in.table(), in.longStringUtf8(), in.longStringUtf8());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.octet(versionMajor)
                    .octet(versionMinor)
                    .table(serverProperties)
                    .longStringUtf8(mechanisms)
                    .longStringUtf8(locales);
        }
    }

    /** The client picks a mechanism and gives its first response. */
    record StartOk(Map<String, @Nullable Object> clientProperties, String mechanism, byte[] response, String locale)
            implements ConnectionMethod {

        public static final int ID = CLASS_ID << 16 | 11;

        static StartOk read(WireReader in) {
            return new StartOk(in.table(), in.shortString(), in.longString(), in.shortString());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.table(clientProperties)
                    .shortString(mechanism)
                    .longString(response)
                    .shortString(locale);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof StartOk that
                    && clientProperties.equals(that.clientProperties)
                    && mechanism.equals(that.mechanism)
                    && Arrays.equals(response, that.response)
                    && locale.equals(that.locale);
        }

        @Override
        public int hashCode() {
            return Objects.hash(mechanism, Arrays.hashCode(response), locale);
        }

        @Override
        public String toString() {
            return "StartOk[clientProperties=" + clientProperties + ", mechanism=" + mechanism
                    + ", response=***, locale=" + locale + "]";
        }
    }

    /** A further challenge of the SASL mechanism. */
    record Secure(byte[] challenge) implements ConnectionMethod {

        public static final int ID = CLASS_ID << 16 | 20;

        static Secure read(WireReader in) {
            return new Secure(in.longString());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.longString(challenge);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Secure that && Arrays.equals(challenge, that.challenge);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(challenge);
        }

        @Override
        public String toString() {
            return "Secure[challenge=***]";
        }
    }

    /** The answer to a challenge. */
    record SecureOk(byte[] response) implements ConnectionMethod {

        public static final int ID = CLASS_ID << 16 | 21;

        static SecureOk read(WireReader in) {
            return new SecureOk(in.longString());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.longString(response);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof SecureOk that && Arrays.equals(response, that.response);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(response);
        }

        @Override
        public String toString() {
            return "SecureOk[response=***]";
        }
    }

    /** What the server allows: channels, bytes per frame, seconds between heartbeats; 0 = no limit, none. */
    record Tune(int channelMax, long frameMax, int heartbeat) implements ConnectionMethod {

        public static final int ID = CLASS_ID << 16 | 30;

        static Tune read(WireReader in) {
            return new Tune(in.shortInt(), in.longInt(), in.shortInt());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.shortInt(channelMax).longInt(frameMax).shortInt(heartbeat);
        }
    }

    /** What the client settles for, in the units of {@link Tune}. */
    record TuneOk(int channelMax, long frameMax, int heartbeat) implements ConnectionMethod {

        public static final int ID = CLASS_ID << 16 | 31;

        static TuneOk read(WireReader in) {
            return new TuneOk(in.shortInt(), in.longInt(), in.shortInt());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.shortInt(channelMax).longInt(frameMax).shortInt(heartbeat);
        }
    }

    /** Selects the virtual host. */
    record Open(String virtualHost) implements ConnectionMethod {

        public static final int ID = CLASS_ID << 16 | 40;

        static Open read(WireReader in) {
            Open method = new Open(in.shortString());
            in.skipShortString();
            in.bit();
            return method;
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.shortString(virtualHost).shortString("").bit(false);
        }
    }

    /** The connection is ready. */
    record OpenOk() implements ConnectionMethod {

        public static final int ID = CLASS_ID << 16 | 41;

        static OpenOk read(WireReader in) {
            in.skipShortString();
            return new OpenOk();
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.shortString("");
        }
    }

    /** Ends the connection, and says which method was to blame; class and method are 0 if none was. */
    record Close(int replyCode, String replyText, int classId, int methodId) implements ConnectionMethod {

        public static final int ID = CLASS_ID << 16 | 50;

        static Close read(WireReader in) {
            return new Close(in.shortInt(), in.shortString(), in.shortInt(), in.shortInt());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.shortInt(replyCode).shortString(replyText).shortInt(classId).shortInt(methodId);
        }
    }

    /** The last frame of a connection. */
    record CloseOk() implements ConnectionMethod {

        public static final int ID = CLASS_ID << 16 | 51;

        static CloseOk read(WireReader in) {
            return new CloseOk();
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {}
    }

    /** RabbitMQ: publishes will not be read until {@link Unblocked}. */
    record Blocked(String reason) implements ConnectionMethod {

        public static final int ID = CLASS_ID << 16 | 60;

        static Blocked read(WireReader in) {
            return new Blocked(in.shortString());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.shortString(reason);
        }
    }

    /** RabbitMQ: publishes are read again. */
    record Unblocked() implements ConnectionMethod {

        public static final int ID = CLASS_ID << 16 | 61;

        static Unblocked read(WireReader in) {
            return new Unblocked();
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {}
    }

    /** RabbitMQ: the client replaces the secret that it logged in with, before it expires. */
    record UpdateSecret(byte[] newSecret, String reason) implements ConnectionMethod {

        public static final int ID = CLASS_ID << 16 | 70;

        static UpdateSecret read(WireReader in) {
            return new UpdateSecret(in.longString(), in.shortString());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.longString(newSecret).shortString(reason);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof UpdateSecret that
                    && Arrays.equals(newSecret, that.newSecret)
                    && reason.equals(that.reason);
        }

        @Override
        public int hashCode() {
            return Objects.hash(Arrays.hashCode(newSecret), reason);
        }

        @Override
        public String toString() {
            return "UpdateSecret[newSecret=***, reason=" + reason + "]";
        }
    }

    /** RabbitMQ: the new secret is in use. */
    record UpdateSecretOk() implements ConnectionMethod {

        public static final int ID = CLASS_ID << 16 | 71;

        static UpdateSecretOk read(WireReader in) {
            return new UpdateSecretOk();
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {}
    }
}
