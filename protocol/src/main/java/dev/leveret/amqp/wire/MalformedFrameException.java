package dev.leveret.amqp.wire;

import dev.leveret.amqp.api.ReplyCode;

/**
 * The peer sent bytes that AMQP 0-9-1 does not allow. It carries what a {@code connection.close} in answer has to say;
 * users of the client see the exception that the connection is closed with, not this one.
 *
 * <p>The message never quotes payload except names (table keys, type letters) that are needed to find the culprit.
 */
public final class MalformedFrameException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ReplyCode replyCode;
    private final int classId;
    private final int methodId;

    /** A defect that is not one method's. */
    public MalformedFrameException(ReplyCode replyCode, String message) {
        this(replyCode, message, 0, 0);
    }

    /** A defect of one method, or of a class's content (then {@code methodId} is 0). */
    public MalformedFrameException(ReplyCode replyCode, String message, int classId, int methodId) {
        super(message);
        this.replyCode = replyCode;
        this.classId = classId;
        this.methodId = methodId;
    }

    private MalformedFrameException(String where, MalformedFrameException cause, int classId, int methodId) {
        super(where + ": " + cause.getMessage(), cause);
        this.replyCode = cause.replyCode;
        this.classId = classId;
        this.methodId = methodId;
    }

    static MalformedFrameException syntaxError(String message) {
        return new MalformedFrameException(ReplyCode.SYNTAX_ERROR, message);
    }

    static MalformedFrameException frameError(String message) {
        return new MalformedFrameException(ReplyCode.FRAME_ERROR, message);
    }

    /** The same defect, once it is known in which method or content it is. */
    MalformedFrameException in(String where, int classId, int methodId) {
        return new MalformedFrameException(where, this, classId, methodId);
    }

    /** What to close the connection with. */
    public ReplyCode replyCode() {
        return replyCode;
    }

    /** The class of the offending method or content; 0 when the defect is not one's. */
    public int classId() {
        return classId;
    }

    /** The offending method; 0 when the defect is not one's. */
    public int methodId() {
        return methodId;
    }
}
