package dev.leveret.amqp.client;

import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.RecoveryOptions;
import dev.leveret.amqp.machine.ChannelMachine;
import dev.leveret.amqp.machine.Deadlines;
import dev.leveret.amqp.machine.Publication;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** The publishes of one channel that a loss has left without an answer and that are to be published again. On the event loop. */
final class Unanswered {

    /**
     * One of them.
     *
     * @param fate what its publisher is told if it is not published again, or in vain
     */
    private record Kept(Publication publication, PublishResult.Unknown fate) {}

    private final ConnectionHandle connection;
    private final RecoveryOptions options;
    private final Queue<Kept> kept = new ArrayDeque<>();
    private Deadlines.@Nullable Deadline expiry;
    /** Whether it is too late for this time. */
    private boolean expired;

    private int count;

    Unanswered(ConnectionHandle connection) {
        this.connection = connection;
        this.options = connection.options().recovery();
    }

    /** Keeps one, if that is wanted and there is room. */
    boolean keep(Publication publication, PublishResult.Unknown fate) {
        if (expired || options.republishedBytes() == 0 || !connection.kept().take(bytes(publication))) {
            return false;
        }
        kept.add(new Kept(publication, fate));
        if (expiry == null) {
            expiry = connection.deadlines().after(options.republishedWithin(), this::giveUp);
        }
        return true;
    }

    /** Publishes them again, in the order in which they were published. */
    void publishAgain(ChannelMachine machine) {
        stopExpiry();
        expired = false;
        for (Kept next = kept.poll(); next != null; next = kept.poll()) {
            connection.kept().release(bytes(next.publication));
            if (!next.publication.isWanted()) {
                next.publication.onResult(next.fate);
                continue;
            }
            count++;
            Again again = new Again(next);
            machine.publish(again.message, again);
        }
    }

    /** It is too late: what has become of them nobody knows. */
    void giveUp() {
        stopExpiry();
        expired = true;
        for (Kept next = kept.poll(); next != null; next = kept.poll()) {
            connection.kept().release(bytes(next.publication));
            next.publication.onResult(next.fate);
        }
    }

    /** How many were published again since the last call. */
    int takeCount() {
        int taken = count;
        count = 0;
        return taken;
    }

    private void stopExpiry() {
        if (expiry != null) {
            expiry.cancel();
            expiry = null;
        }
    }

    private static int bytes(Publication publication) {
        return UnconfirmedPublish.weight(publication.message());
    }

    /** A publish for the second time, which has the outcome of the first. */
    private static final class Again implements Publication {

        private final Publication first;
        private final PublishResult.Unknown fate;
        private final OutboundMessage message;

        Again(Kept kept) {
            this.first = kept.publication;
            this.fate = kept.fate;
            OutboundMessage original = first.message();
            this.message = original.withProperties(original.properties().toBuilder()
                    .header(RecoveryOptions.REPUBLISHED_HEADER, true)
                    .build());
        }

        @Override
        public OutboundMessage message() {
            return message;
        }

        /** That the second copy is refused says nothing about the first, of which nobody knows. */
        @Override
        public void onResult(PublishResult result) {
            boolean ofBoth = result instanceof PublishResult.Confirmed || result instanceof PublishResult.Unknown;
            first.onResult(ofBoth ? result : fate);
        }
    }
}
