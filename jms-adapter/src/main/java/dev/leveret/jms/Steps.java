package dev.leveret.jms;

import jakarta.jms.JMSException;
import org.jspecify.annotations.Nullable;

/** Does several things whatever becomes of each, and tells the first failure at the end, the others with it. */
final class Steps {

    private @Nullable JMSException failure;

    /** One of the things. */
    interface Step {
        void run() throws JMSException;
    }

    void run(Step step) {
        try {
            step.run();
        } catch (JMSException e) {
            if (failure == null) {
                failure = e;
            } else {
                failure.addSuppressed(e);
            }
        }
    }

    void throwFailure() throws JMSException {
        if (failure != null) {
            throw failure;
        }
    }
}
