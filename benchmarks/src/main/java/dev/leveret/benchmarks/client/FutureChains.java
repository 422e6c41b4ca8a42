package dev.leveret.benchmarks.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * What coroutines that publish one message after the other do, written with futures: chains of publishes, each begun on an
 * executor when the one before is confirmed.
 */
final class FutureChains {

    /** Runs one task at a time. */
    private final Executor executor;

    private final Supplier<CompletableFuture<Void>> publish;
    /** The executor's, as is the count. */
    private boolean over;

    private long published;

    FutureChains(Executor executor, Supplier<CompletableFuture<Void>> publish) {
        this.executor = executor;
        this.publish = publish;
    }

    /** Keeps so many chains going for this time, and returns how many publishes it were. */
    long run(int chains, Duration time) throws Exception {
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (int i = 0; i < chains; i++) {
            CompletableFuture<Void> end = new CompletableFuture<>();
            ends.add(end);
            executor.execute(() -> next(end));
        }
        Thread.sleep(time.toMillis());
        executor.execute(() -> over = true);
        CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).get();
        return published;
    }

    @SuppressWarnings("NullAway") // the value of a CompletableFuture<Void>
    private void next(CompletableFuture<Void> end) {
        if (over) {
            end.complete(null);
            return;
        }
        publish.get()
                .whenCompleteAsync(
                        (nothing, failure) -> {
                            if (failure != null) {
                                end.completeExceptionally(failure);
                            } else {
                                published++;
                                next(end);
                            }
                        },
                        executor);
    }
}
