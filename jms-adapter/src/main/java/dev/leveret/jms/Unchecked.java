package dev.leveret.jms;

import dev.leveret.jms.broker.JmsErrors;
import jakarta.jms.JMSException;
import org.jspecify.annotations.Nullable;

/** Calls the classic API for the simplified one: checked exceptions become the runtime exceptions of the same name. */
final class Unchecked {

    private Unchecked() {}

    /** A call that gives something. */
    interface Call<T> {
        T call() throws JMSException;
    }

    /** A call that may give nothing. */
    interface Query<T> {
        @Nullable
        T call() throws JMSException;
    }

    /** A call that gives nothing. */
    interface Action {
        void run() throws JMSException;
    }

    static <T> T get(Call<T> call) {
        try {
            return call.call();
        } catch (JMSException e) {
            throw JmsErrors.unchecked(e);
        }
    }

    static <T> @Nullable T ask(Query<T> query) {
        try {
            return query.call();
        } catch (JMSException e) {
            throw JmsErrors.unchecked(e);
        }
    }

    static void run(Action action) {
        try {
            action.run();
        } catch (JMSException e) {
            throw JmsErrors.unchecked(e);
        }
    }
}
