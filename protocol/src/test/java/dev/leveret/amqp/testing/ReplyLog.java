package dev.leveret.amqp.testing;

import dev.leveret.amqp.machine.Reply;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Waits for an answer and notes what comes. */
public final class ReplyLog implements Reply.ToGet {

    private final List<Method> replies = new ArrayList<>();
    private final List<RuntimeException> failures = new ArrayList<>();
    private final List<String> bodies = new ArrayList<>();

    /** How often it was told anything: never more than once. */
    public int outcomes() {
        return replies.size() + failures.size();
    }

    /** The answer; fails if there is none. */
    public Method reply() {
        if (replies.size() != 1 || !failures.isEmpty()) {
            throw new AssertionError("expected one answer, got " + this);
        }
        return replies.get(0);
    }

    /** The failure; {@code null} if there was none. */
    public @Nullable RuntimeException failure() {
        return failures.isEmpty() ? null : failures.get(0);
    }

    /** The body of a fetched message. */
    public String text() {
        return bodies.get(0);
    }

    @Override
    public void onReply(Method reply) {
        replies.add(reply);
    }

    @Override
    public void onMessage(BasicMethod.GetOk getOk, byte[] properties, byte[] body) {
        replies.add(getOk);
        bodies.add(new String(body, StandardCharsets.UTF_8));
    }

    @Override
    public void onFailure(RuntimeException cause) {
        failures.add(cause);
    }

    @Override
    public String toString() {
        return "answers " + replies + ", failures " + failures;
    }
}
