package dev.leveret.amqp.testing;

import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.machine.Publication;
import java.util.ArrayList;
import java.util.List;

/** Waits for a publish and notes what comes. */
public final class PublicationLog implements Publication {

    private final OutboundMessage message;
    private final List<PublishResult> results = new ArrayList<>();

    public PublicationLog(OutboundMessage message) {
        this.message = message;
    }

    @Override
    public OutboundMessage message() {
        return message;
    }

    @Override
    public void onResult(PublishResult result) {
        results.add(result);
    }

    /** All results: never more than one. */
    public List<PublishResult> results() {
        return List.copyOf(results);
    }

    /** The kind of the one result, such as {@code "Confirmed"}; {@code "none"} while there is none. */
    public String outcome() {
        if (results.size() > 1) {
            throw new AssertionError("told more than once: " + results);
        }
        return results.isEmpty() ? "none" : results.get(0).getClass().getSimpleName();
    }

    @Override
    public String toString() {
        return message + " " + results;
    }
}
