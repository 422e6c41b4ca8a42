package dev.leveret.amqp.client;

import dev.leveret.amqp.net.Command;
import org.jspecify.annotations.Nullable;

/** A command with the queue's link. */
abstract class LinkedCommand implements Command {

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
