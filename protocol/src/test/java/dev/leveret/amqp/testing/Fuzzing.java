package dev.leveret.amqp.testing;

import com.sun.management.ThreadMXBean;
import dev.leveret.amqp.wire.MalformedFrameException;
import java.lang.management.ManagementFactory;

/** What all fuzz targets require. */
public final class Fuzzing {

    /** First use of classes, exceptions and their messages: nothing that depends on the input. */
    private static final long BASE = 4 << 20;

    /** An entry of a table may take two bytes on the wire; a map's entry, a key and their garbage are some hundred. */
    private static final long PER_BYTE = 2_000;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Fuzzing() {}

    /** Runs what reads this many bytes and fails if it allocates as if it believed lengths that they declare. */
    public static void withinMemoryFor(int bytes, Runnable code) {
        long most = BASE + PER_BYTE * bytes;
        // The first time classes are loaded, and instrumented by the fuzzer.
        if (allocated(code) > most) {
            long allocated = allocated(code);
            if (allocated > most) {
                throw new AssertionError(bytes + " bytes of input made it allocate " + allocated);
            }
        }
    }

    private static long allocated(Runnable code) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        code.run();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    /** Fails unless this holds; without AssertJ, which the fuzzer would have to instrument. */
    public static void require(boolean holds, String what, Object subject) {
        if (!holds) {
            throw new AssertionError(what + ": " + subject);
        }
    }

    /** Fails unless the code refuses its input in the same words. */
    public static void requireRefusal(MalformedFrameException expected, Runnable code) {
        try {
            code.run();
        } catch (MalformedFrameException e) {
            if (!String.valueOf(expected.getMessage()).equals(e.getMessage())
                    || expected.replyCode() != e.replyCode()) {
                throw new AssertionError("refused once with " + expected + " and once with " + e);
            }
            return;
        }
        throw new AssertionError("accepted what was refused before: " + expected);
    }
}
