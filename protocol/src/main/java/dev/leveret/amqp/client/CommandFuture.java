package dev.leveret.amqp.client;

import dev.leveret.amqp.net.Command;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A command that is the future of its own result: one object for both. */
abstract class CommandFuture<T extends @Nullable Object> extends CompletableFuture<T> implements Command {

    private @Nullable Command link;

    @Override
    public final @Nullable Command link() {
        return link;
    }

    @Override
    public final void link(@Nullable Command command) {
        link = command;
    }
}
