package dev.leveret.amqp.api;

import org.jspecify.annotations.Nullable;

/** There is no TLS connection to the broker, and {@link #reason} says why. Nothing secret has been sent. */
public final class TlsException extends AmqpException {

    private static final long serialVersionUID = 1L;

    /** Why there is none. */
    public enum Reason {
        /** No certificate authority that is trusted here has issued the broker's certificate. */
        UNTRUSTED_ISSUER,
        /** The broker's certificate is another host's. */
        WRONG_HOST,
        /** A certificate of the broker's chain is no longer valid. */
        EXPIRED,
        /** A certificate of the broker's chain is not valid yet; or the clock of this machine is wrong. */
        NOT_YET_VALID,
        /** The broker's certificate is refused for something else, such as being meant for clients only. */
        UNFIT_CERTIFICATE,
        /** The broker wants a certificate of the client, and none is configured or none suits it. */
        CLIENT_CERTIFICATE_REQUIRED,
        /** The broker does not accept the client's certificate. */
        CLIENT_CERTIFICATE_REFUSED,
        /** The broker speaks no version of TLS that is allowed here. */
        PROTOCOL_VERSION,
        /** The peer does not speak TLS. */
        NOT_TLS,
        /** The peer hung up during the handshake. */
        CLOSED,
        /** Certificates, keys or key stores of this side cannot be read or do not fit together. */
        MATERIAL,
        /** Anything else; the message and the cause say what. */
        OTHER
    }

    private final Reason reason;

    public TlsException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** Why there is no TLS connection. */
    public Reason reason() {
        return reason;
    }

    @Override
    public TlsException forCaller() {
        return new TlsException(reason, getMessage(), this);
    }
}
