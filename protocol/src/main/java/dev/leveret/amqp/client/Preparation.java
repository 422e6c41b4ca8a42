package dev.leveret.amqp.client;

import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.CredentialsProvider;
import dev.leveret.amqp.api.TlsOptions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;

/** What a connect needs before it dials and that may block: on threads of its own, as event loops are shared. */
final class Preparation {

    private Preparation() {}

    /** The credentials for a connect. */
    static CompletableFuture<List<Credentials>> credentials(CredentialsProvider provider) {
        if (provider instanceof Credentials fixed) {
            return CompletableFuture.completedFuture(List.of(fixed));
        }
        CompletableFuture<List<Credentials>> asked = new CompletableFuture<>();
        run(
                "leveret-credentials",
                asked,
                () -> provider.credentials().whenComplete((credentials, failure) -> {
                    if (failure != null) {
                        asked.completeExceptionally(failure);
                    } else if (credentials == null || credentials.isEmpty()) {
                        asked.completeExceptionally(new IllegalStateException("the credentials' provider gave none"));
                    } else {
                        asked.complete(List.copyOf(credentials));
                    }
                }));
        return asked;
    }

    /** Certificates and keys as they are now. */
    static CompletableFuture<SSLContext> context(TlsOptions options) {
        CompletableFuture<SSLContext> context = new CompletableFuture<>();
        run("leveret-tls-files", context, () -> context.complete(options.sslContext()));
        return context;
    }

    private static void run(String name, CompletableFuture<?> outcome, Runnable action) {
        Thread thread = new Thread(
                () -> {
                    try {
                        action.run();
                    } catch (RuntimeException | Error e) {
                        outcome.completeExceptionally(e);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }
}
