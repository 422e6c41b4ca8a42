package dev.leveret.amqp.oauth2;

import dev.leveret.amqp.api.Credentials;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A token as RabbitMQ wants it: the password of SASL PLAIN, with any user name, as it reads the user in the token. */
record TokenCredentials(AccessToken token) implements Credentials {

    @Override
    public String mechanism() {
        return "PLAIN";
    }

    @Override
    public byte[] response(byte @Nullable [] challenge) {
        byte[] secret = token.bytes();
        byte[] response = new byte[2 + secret.length]; // two NUL with an empty name in front of each
        System.arraycopy(secret, 0, response, 2, secret.length);
        Arrays.fill(secret, (byte) 0);
        return response;
    }

    @Override
    public String toString() {
        return "PLAIN(token, ***)";
    }
}
