package dev.leveret.amqp.api;

import org.jspecify.annotations.Nullable;

/** A mechanism whose only response is empty. */
record WordlessCredentials(String mechanism) implements Credentials {

    @Override
    public byte[] response(byte @Nullable [] challenge) {
        return new byte[0];
    }

    @Override
    public String toString() {
        return mechanism;
    }
}
