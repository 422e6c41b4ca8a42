package dev.leveret.amqp.client;

/** A command that is one action. */
final class Task extends LinkedCommand {

    private final Runnable action;

    Task(Runnable action) {
        this.action = action;
    }

    @Override
    public void execute() {
        action.run();
    }
}
