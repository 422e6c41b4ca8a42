package dev.leveret.amqp.machine;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.ConnectionDiagnostics.WaitingRequest;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.Method;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one channel that wait for their answers, in the order in which they were sent.
 *
 * <p>Most of AMQP's answers carry no number: the first answer belongs to the first request. So a request keeps its place
 * until its answer is there, whatever has become of the one who asked. Two answers come from the queue and not from the
 * channel, so those to later requests may overtake them: {@code consume-ok} and {@code cancel-ok}, which name their
 * consumer instead.
 */
final class PendingReplies {

    /**
     * A request that was sent.
     *
     * @param request the method that was sent
     * @param replyId the method that answers it
     * @param otherReplyId another method that may answer it
     * @param since when it was sent
     */
    private record Request(Method request, int replyId, int otherReplyId, Reply reply, long since) {
        boolean isAnsweredBy(Method answer) {
            return answer.id() == replyId || answer.id() == otherReplyId;
        }
    }

    private final ArrayDeque<Request> waiting = new ArrayDeque<>();

    void add(Method request, int replyId, Reply reply) {
        add(request, replyId, replyId, reply);
    }

    void add(Method request, int replyId, int otherReplyId, Reply reply) {
        add(request, replyId, otherReplyId, reply, 0);
    }

    /** @param now the time, in nanoseconds */
    void add(Method request, int replyId, int otherReplyId, Reply reply, long now) {
        waiting.add(new Request(request, replyId, otherReplyId, reply, now));
    }

    /** Who waits for this answer, and waits no longer; {@code null} if it answers no request that is due. */
    @Nullable
    Reply take(Method answer) {
        Request due = due(answer);
        if (due == null) {
            return null;
        }
        waiting.remove(due);
        return due.reply;
    }

    /** Whether this method answers a request that is due. */
    boolean isDue(Method answer) {
        return due(answer) != null;
    }

    private @Nullable Request due(Method answer) {
        for (Request request : waiting) {
            String asked = consumerTag(request.request);
            if (asked == null) {
                if (consumerTag(answer) == null) {
                    return request.isAnsweredBy(answer) ? request : null;
                }
            } else if (request.isAnsweredBy(answer) && asked.equals(consumerTag(answer))) {
                return request;
            }
        }
        return null;
    }

    /** The consumer that a request or answer is about; {@code null} for one that has to keep the order. */
    private static @Nullable String consumerTag(Method method) {
        return switch (method.id()) {
            case BasicMethod.Consume.ID -> ((BasicMethod.Consume) method).consumerTag();
            case BasicMethod.ConsumeOk.ID -> ((BasicMethod.ConsumeOk) method).consumerTag();
            case BasicMethod.Cancel.ID -> ((BasicMethod.Cancel) method).consumerTag();
            case BasicMethod.CancelOk.ID -> ((BasicMethod.CancelOk) method).consumerTag();
            default -> null;
        };
    }

    void failAll(AmqpException cause) {
        for (Request request = waiting.poll(); request != null; request = waiting.poll()) {
            request.reply.onFailure(cause);
        }
    }

    /** What waits, the one that is due first, and for how long. */
    List<WaitingRequest> waiting(long now) {
        return waiting.stream()
                .map(it -> new WaitingRequest(it.request.name(), Duration.ofNanos(now - it.since)))
                .toList();
    }

    /** The names of the requests that wait, the one that is due first. */
    @Override
    public String toString() {
        return waiting.stream().map(it -> it.request.name()).toList().toString();
    }
}
