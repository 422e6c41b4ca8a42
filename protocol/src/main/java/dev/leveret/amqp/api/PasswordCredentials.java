package dev.leveret.amqp.api;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** User name and password, said in one of two ways. */
final class PasswordCredentials implements Credentials {

    enum Form {
        /** RFC 4616: an empty authorisation identity, the user name and the password, separated by NUL. */
        PLAIN,
        /** The entries of a field table, without its length. */
        AMQPLAIN
    }

    private static final byte LONG_STRING = 'S';

    private final Form form;
    private final String username;
    private final char[] password;

    PasswordCredentials(Form form, String username, char[] password) {
        if (form == Form.PLAIN && (username.indexOf('\0') >= 0 || hasNul(password))) {
            throw new IllegalArgumentException("SASL PLAIN cannot carry a NUL character in user name or password");
        }
        this.form = form;
        this.username = username;
        this.password = password.clone();
    }

    private static boolean hasNul(char[] text) {
        for (char each : text) {
            if (each == '\0') {
                return true;
            }
        }
        return false;
    }

    /** The same user and password in another form. */
    PasswordCredentials in(Form other) {
        return new PasswordCredentials(other, username, password);
    }

    @Override
    public String mechanism() {
        return form.name();
    }

    @Override
    public byte[] response(byte @Nullable [] challenge) {
        byte[] user = username.getBytes(StandardCharsets.UTF_8);
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(password));
        try {
            return form == Form.PLAIN ? plain(user, encoded) : amqplain(user, encoded);
        } finally {
            Arrays.fill(encoded.array(), (byte) 0);
        }
    }

    private static byte[] plain(byte[] user, ByteBuffer secret) {
        return ByteBuffer.allocate(2 + user.length + secret.remaining())
                .put((byte) 0)
                .put(user)
                .put((byte) 0)
                .put(secret)
                .array();
    }

    private static byte[] amqplain(byte[] user, ByteBuffer secret) {
        byte[] login = "LOGIN".getBytes(StandardCharsets.US_ASCII);
        byte[] password = "PASSWORD".getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(12 + login.length + user.length + password.length + secret.remaining())
                .put((byte) login.length)
                .put(login)
                .put(LONG_STRING)
                .putInt(user.length)
                .put(user)
                .put((byte) password.length)
                .put(password)
                .put(LONG_STRING)
                .putInt(secret.remaining())
                .put(secret)
                .array();
    }

    @Override
    public String toString() {
        return form + "(" + username + ", ***)";
    }
}
