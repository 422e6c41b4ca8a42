package dev.leveret.amqp.api;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** SASL PLAIN (RFC 4616): an empty authorisation identity, the user name and the password, separated by NUL. */
final class PlainCredentials implements Credentials {

    private final String username;
    private final String password;

    PlainCredentials(String username, String password) {
        if (username.indexOf('\0') >= 0 || password.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("SASL PLAIN cannot carry a NUL character in user name or password");
        }
        this.username = username;
        this.password = password;
    }

    @Override
    public String mechanism() {
        return "PLAIN";
    }

    @Override
    public byte[] response(byte @Nullable [] challenge) {
        return ('\0' + username + '\0' + password).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "PLAIN(" + username + ", ***)";
    }
}
