package dev.leveret.amqp.machine;

import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.Method;

/** Who waits for the answer to a request. Called once, on the event loop; must neither block nor throw. */
public interface Reply {

    /** The answer has come. */
    void onReply(Method reply);

    /** No answer will come: the request was not sent, or channel or connection have ended. */
    void onFailure(RuntimeException cause);

    /** Who waits for the answer to {@code basic.get}, which may be a message. */
    interface ToGet extends Reply {

        /** In place of {@link #onReply}: there was a message. */
        void onMessage(BasicMethod.GetOk getOk, byte[] properties, byte[] body);
    }
}
