package dev.leveret.amqp.api;

/**
 * The reply codes of AMQP 0-9-1 (specification section 1.1) with which a broker says why it returned a message or closed
 * a channel or connection.
 */
public enum ReplyCode {
    SUCCESS(200),
    CONTENT_TOO_LARGE(311),
    NO_ROUTE(312),
    NO_CONSUMERS(313),
    CONNECTION_FORCED(320),
    INVALID_PATH(402),
    ACCESS_REFUSED(403),
    NOT_FOUND(404),
    RESOURCE_LOCKED(405),
    PRECONDITION_FAILED(406),
    FRAME_ERROR(501),
    SYNTAX_ERROR(502),
    COMMAND_INVALID(503),
    CHANNEL_ERROR(504),
    UNEXPECTED_FRAME(505),
    RESOURCE_ERROR(506),
    NOT_ALLOWED(530),
    NOT_IMPLEMENTED(540),
    INTERNAL_ERROR(541),
    /** A code that the specification does not know. */
    UNKNOWN(0);

    private final int code;

    ReplyCode(int code) {
        this.code = code;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    /** The constant of a number, or {@link #UNKNOWN}. */
    public static ReplyCode of(int code) {
        for (ReplyCode candidate : values()) {
            if (candidate.code == code) {
                return candidate;
            }
        }
        return UNKNOWN;
    }

    /** {@code "404 NOT_FOUND"}; the bare number for a code that the specification does not know. */
    public static String describe(int code) {
        ReplyCode known = of(code);
        return known == UNKNOWN ? Integer.toString(code) : code + " " + known;
    }
}
