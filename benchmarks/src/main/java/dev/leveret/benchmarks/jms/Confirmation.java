package dev.leveret.benchmarks.jms;

import jakarta.jms.CompletionListener;
import jakarta.jms.Message;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Waits for one message. */
final class Confirmation implements CompletionListener {

    private final CompletableFuture<Message> outcome = new CompletableFuture<>();

    @Override
    public void onCompletion(Message message) {
        outcome.complete(message);
    }

    @Override
    public void onException(Message message, Exception exception) {
        outcome.completeExceptionally(exception);
    }

    void await() throws Exception {
        outcome.get(30, TimeUnit.SECONDS);
    }
}
