package dev.leveret.amqp.machine;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Whether a channel is transactional, and what has to wait for the end of a commit: RabbitMQ closes the connection (504) over
 * anything that comes on the channel between {@code tx.commit} and its answer, but for {@code channel.close}.
 */
final class Transaction {

    private final Queue<Runnable> held = new ArrayDeque<>();
    private boolean selected;
    private boolean committing;
    private boolean touched;
    private boolean lost;

    void select() {
        selected = true;
    }

    boolean isSelected() {
        return selected;
    }

    void commit() {
        committing = true;
    }

    /** Something was published or settled that has to be committed. */
    void touch() {
        touched |= selected;
    }

    /** Whether something was published or settled since the last commit or rollback that has succeeded. */
    boolean isTouched() {
        return touched || committing;
    }

    /** Nothing is left to commit. */
    void clean() {
        touched = false;
    }

    /** What a machine before had not committed cannot be any more: the next commit must not claim that it was. */
    void lose() {
        lost = true;
    }

    /** Whether a part is lost; asked once, as the transaction then begins anew. */
    boolean takeLost() {
        boolean was = lost;
        lost = false;
        return was;
    }

    /** Whether everything else has to be {@linkplain #hold held}. */
    boolean isCommitting() {
        return committing;
    }

    void hold(Runnable action) {
        held.add(action);
    }

    /** The commit has ended, or the channel: does what was held, up to the next commit. */
    void resume() {
        committing = false;
        while (!committing && !held.isEmpty()) {
            held.remove().run();
        }
    }
}
