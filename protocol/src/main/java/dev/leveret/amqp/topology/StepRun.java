package dev.leveret.amqp.topology;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ChannelPurpose;
import dev.leveret.amqp.topology.Step.Answer;
import dev.leveret.amqp.topology.Step.Fate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks a broker for many things, in no particular order, on channels that are thrown away.
 *
 * <p>A refusal closes the channel, and with it what was asked behind it; that is asked again. So the cost of a refusal grows
 * with what stands behind it: each lane, a channel at a time, sends few requests at once after a refusal, and twice as many
 * after each time without one.
 */
final class StepRun {

    private static final int LANES = 16;
    private static final int FIRST_BATCH = 16;
    private static final int LARGEST_BATCH = 256;

    private final AsyncConnection connection;
    private final ChannelPurpose purpose;
    private final List<Step> steps;
    private final @Nullable Answer[] answers;
    private final boolean[] asked;
    private final CompletableFuture<List<Answer>> outcome = new CompletableFuture<>();
    private final List<CompletableFuture<?>> closing = new ArrayList<>();
    /** The numbers of the steps that nobody has asked yet. */
    private final Deque<Integer> waiting = new ArrayDeque<>();

    private final CompletableFuture<RuntimeException> end;
    private int lanes;
    private int lanesWithChannel;

    private StepRun(
            AsyncConnection connection,
            ChannelPurpose purpose,
            List<Step> steps,
            CompletableFuture<RuntimeException> end) {
        this.connection = connection;
        this.end = end;
        this.purpose = purpose;
        this.steps = steps;
        this.answers = new Answer[steps.size()];
        this.asked = new boolean[steps.size()];
        for (int i = 0; i < steps.size(); i++) {
            waiting.add(i);
        }
    }

    /**
     * Completes with an answer for each step, in their order, and never fails.
     *
     * @param end when it completes, nothing more is asked nor waited for; completed here when the connection is lost, so that
     *     what would come next is not asked either
     */
    static CompletableFuture<List<Answer>> of(
            AsyncConnection connection,
            ChannelPurpose purpose,
            List<Step> steps,
            CompletableFuture<RuntimeException> end) {
        StepRun run = new StepRun(connection, purpose, steps, end);
        run.start();
        end.thenAccept(why -> run.complete());
        return run.outcome;
    }

    private synchronized void start() {
        int wanted = Math.min(LANES, (steps.size() + FIRST_BATCH - 1) / FIRST_BATCH);
        lanes = Math.max(1, Math.min(wanted, connection.negotiated().channelMax() / 4));
        int started = lanes;
        for (int i = 0; i < started; i++) {
            new Lane().next();
        }
    }

    private void laneEnded() {
        lanes--;
        if (lanes == 0) {
            complete();
        }
    }

    private void complete() {
        List<Answer> all = new ArrayList<>(steps.size());
        CompletableFuture<?> closed;
        synchronized (this) {
            if (outcome.isDone()) {
                return;
            }
            RuntimeException why = end.getNow(new IllegalStateException("it was not asked for"));
            for (int i = 0; i < steps.size(); i++) {
                Answer answer = answers[i];
                Fate fate = asked[i] ? Fate.UNANSWERED : Fate.NOT_ASKED;
                all.add(answer != null ? answer : Answer.without(steps.get(i).entity(), fate, why));
            }
            closed = CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new));
        }
        // What comes next may need the numbers of these channels; closing always ends.
        closed.whenComplete((ignored, failure) -> outcome.complete(all));
    }

    /** A channel at a time. */
    private final class Lane {

        private @Nullable AsyncChannel channel;
        private int batch = FIRST_BATCH;

        /** Takes the next steps; under the lock. */
        void next() {
            if (end.isDone() || waiting.isEmpty()) {
                leave();
                return;
            }
            AsyncChannel open = channel;
            if (open != null) {
                ask(open);
                return;
            }
            connection.openChannel(purpose).whenComplete((opened, failure) -> {
                synchronized (StepRun.this) {
                    if (failure == null) {
                        channel = opened;
                        lanesWithChannel++;
                        next();
                    } else {
                        noChannel(cause(failure));
                    }
                }
            });
        }

        private void noChannel(RuntimeException cause) {
            // As many channels are open as may be: the other lanes do what this one would have.
            boolean othersGoOn = cause instanceof IllegalStateException && (lanesWithChannel > 0 || lanes > 1);
            if (!othersGoOn) {
                end.complete(cause);
            }
            leave();
        }

        private void leave() {
            if (channel != null) {
                release(channel);
            }
            laneEnded();
        }

        private void release(AsyncChannel done) {
            channel = null;
            lanesWithChannel--;
            closing.add(done.close());
        }

        private void ask(AsyncChannel open) {
            List<Integer> taken = new ArrayList<>(batch);
            while (taken.size() < batch && !waiting.isEmpty()) {
                taken.add(waiting.removeFirst());
            }
            List<CompletableFuture<?>> replies = new ArrayList<>(taken.size());
            for (int number : taken) {
                asked[number] = true;
                replies.add(request(steps.get(number), open));
            }
            CompletableFuture.allOf(replies.toArray(CompletableFuture[]::new)).whenComplete((ignored, failure) -> {
                synchronized (StepRun.this) {
                    settle(open, taken, replies);
                    next();
                }
            });
        }

        private static CompletableFuture<?> request(Step step, AsyncChannel open) {
            try {
                return step.request().apply(open);
            } catch (RuntimeException refusedHere) {
                return CompletableFuture.failedFuture(refusedHere);
            }
        }

        /** The requests have ended, in their order: the first to fail is the one that the channel was closed for. */
        private void settle(AsyncChannel open, List<Integer> taken, List<CompletableFuture<?>> replies) {
            boolean broken = false;
            RuntimeException lost = null;
            List<Integer> again = new ArrayList<>();
            for (int i = 0; i < taken.size(); i++) {
                int number = taken.get(i);
                Step step = steps.get(number);
                RuntimeException cause = failureOf(replies.get(i));
                if (cause == null) {
                    answers[number] = Answer.done(step.entity(), replies.get(i).getNow(null));
                } else if (!(cause instanceof AmqpException)) {
                    answers[number] = Answer.without(step.entity(), Fate.REFUSED, cause);
                } else if (cause instanceof ChannelClosedException || cause instanceof AmqpTimeoutException) {
                    if (broken) {
                        again.add(number);
                        asked[number] = false;
                    } else {
                        broken = true;
                        boolean refused = cause instanceof ChannelClosedException;
                        answers[number] =
                                Answer.without(step.entity(), refused ? Fate.REFUSED : Fate.UNANSWERED, cause);
                    }
                } else {
                    answers[number] = Answer.without(step.entity(), Fate.UNANSWERED, cause);
                    lost = cause;
                }
            }
            if (lost != null) {
                end.complete(lost);
            } else if (broken) {
                for (int i = again.size() - 1; i >= 0; i--) {
                    waiting.addFirst(again.get(i));
                }
                batch = 1;
                release(open);
            } else {
                batch = Math.min(2 * batch, LARGEST_BATCH);
            }
        }

        private static @Nullable RuntimeException failureOf(CompletableFuture<?> reply) {
            try {
                reply.join();
                return null;
            } catch (RuntimeException failure) {
                return cause(failure);
            }
        }

        private static RuntimeException cause(Throwable failure) {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            if (cause instanceof RuntimeException known) {
                return known;
            }
            if (cause instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(cause);
        }
    }
}
