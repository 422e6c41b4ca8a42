package dev.leveret.amqp.net;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where users' threads hand their commands to a connection's event loop: any thread puts, the loop takes all there is and
 * executes it in the order in which it came.
 *
 * <p>Who finds the queue empty wakes the loop; whoever comes before the loop does need not. The commands form a stack that
 * the loop takes as a whole and turns round, which needs no other synchronisation than one compare-and-set.
 */
public final class CommandQueue {

    /** The loop's side: when to stop and what to do when all is done. */
    public interface Driver {

        /** Whether commands may be executed now; if not, {@link CommandQueue#resume} says when again. */
        boolean isReady();

        /** Before commands are executed. */
        void begin();

        /** Commands were executed, and for now there are no more or none may be. */
        void end();
    }

    private static final Logger LOG = LoggerFactory.getLogger(CommandQueue.class);

    /** The bound is told in steps of this many bytes: an atomic operation per message would be felt. */
    private static final int WEIGHT_STEP = 8 * 1024;

    /** How many commands are executed before the loop turns to its sockets; one with many bytes counts for several. */
    private static final int DRAIN_LIMIT = 1024;

    private final AtomicReference<@Nullable Command> newest = new AtomicReference<>();
    private final AtomicLong weight = new AtomicLong();
    private final Loop loop;
    private final Driver driver;
    private final Runnable drain = this::drain;

    /** Taken and not executed yet, oldest first; the loop's own. */
    private @Nullable Command next;
    /** The last of them. */
    private @Nullable Command last;

    public CommandQueue(Loop loop, Driver driver) {
        this.loop = loop;
        this.driver = driver;
    }

    /** Puts a command; it will be executed. */
    public void put(Command command) {
        if (push(command)) {
            wake();
        }
    }

    /**
     * Puts a command for whose outcome the caller is going to wait: if the loop has nothing to do, the caller executes it rather
     * than wake a thread for it.
     */
    public void putAndHelp(Command command) {
        if (push(command) && !loop.runHere(drain)) {
            wake();
        }
    }

    /** Returns whether nobody has been told of commands yet. */
    private boolean push(Command command) {
        int bytes = command.weight();
        if (bytes != 0) {
            weight.addAndGet(bytes);
        }
        Command before;
        do {
            before = newest.get();
            command.link(before);
        } while (!newest.compareAndSet(before, command));
        return before == null;
    }

    private void wake() {
        try {
            loop.execute(drain);
        } catch (RejectedExecutionException e) {
            // The loop's threads are gone, and they go only after the connection: each command will fail what it
            // carries, which needs no thread of its own.
            for (Command each = takeAll(); each != null; ) {
                Command command = each;
                each = command.link();
                weight.addAndGet(-command.weight());
                execute(command);
            }
        }
    }

    /** About how many bytes the commands will write that have not been executed. Any thread may ask. */
    public long pendingBytes() {
        return weight.get();
    }

    /** How many commands wait to be executed. On the loop only. */
    public int pendingCommands() {
        int count = 0;
        for (Command each = next; each != null; each = each.link()) {
            count++;
        }
        // Others may put more meanwhile, but nobody takes: that is the loop's.
        for (Command each = newest.get(); each != null; each = each.link()) {
            count++;
        }
        return count;
    }

    /** The driver is ready again. On the loop only, and not within a command. */
    public void resume() {
        drain();
    }

    private void drain() {
        driver.begin();
        admit();
        int budget = DRAIN_LIMIT;
        int done = 0;
        while (next != null && budget > 0 && driver.isReady()) {
            Command command = next;
            next = command.link();
            command.link(null);
            int bytes = command.weight();
            execute(command);
            done += bytes;
            budget -= 1 + bytes / WEIGHT_STEP;
            if (next == null || done > WEIGHT_STEP) {
                weight.addAndGet(-done);
                done = 0;
            }
            if (next == null) {
                admit();
            }
        }
        weight.addAndGet(-done);
        driver.end();
        if (next != null && driver.isReady()) {
            // The socket wants to be read in between, however fast commands come.
            loop.execute(drain);
        }
    }

    private void execute(Command command) {
        try {
            command.execute();
        } catch (RuntimeException e) {
            LOG.error("{}: bug in the client, a command failed", driver, e);
        }
    }

    /** Takes what was put and appends it to what waits. */
    private void admit() {
        Command oldest = takeAll();
        if (oldest == null) {
            return;
        }
        Command tail = oldest;
        for (Command each = oldest; each != null; each = each.link()) {
            each.onAdmitted();
            tail = each;
        }
        if (next == null || last == null) {
            next = oldest;
        } else {
            last.link(oldest);
        }
        last = tail;
    }

    /** Takes what was put, oldest first. */
    private @Nullable Command takeAll() {
        Command newestFirst = newest.getAndSet(null);
        Command oldestFirst = null;
        while (newestFirst != null) {
            Command command = newestFirst;
            newestFirst = command.link();
            command.link(oldestFirst);
            oldestFirst = command;
        }
        return oldestFirst;
    }
}
