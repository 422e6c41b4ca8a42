package dev.leveret.jms.message;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;

/**
 * An object stream that reads no more than an {@link ObjectPolicy} allows.
 *
 * <p>A class is refused by its name alone, before it is looked for, so nothing of it is loaded or run. The limits and, once
 * more, the classes are those of a filter (JEP 290); a filter that the JVM has for all streams can only narrow them.
 */
final class GuardedObjectStream extends ObjectInputStream {

    private final ObjectPolicy policy;
    private final int length;

    GuardedObjectStream(byte[] stream, ObjectPolicy policy) throws IOException {
        super(new ByteArrayInputStream(stream));
        this.policy = policy;
        this.length = stream.length;
        ObjectInputFilter everywhere = ObjectInputFilter.Config.getSerialFilter();
        setObjectInputFilter(everywhere == null ? this::check : ObjectInputFilter.merge(this::check, everywhere));
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
        String name = description.getName();
        if (!policy.trusted().trusts(name)) {
            throw new InvalidClassException(
                    name, "not one of the trusted classes: add it to " + ObjectPolicy.TRUSTED_CLASSES);
        }
        try {
            return Class.forName(name, false, Thread.currentThread().getContextClassLoader());
        } catch (ClassNotFoundException e) {
            // Also for the names of primitive types, which no loader finds.
            return super.resolveClass(description);
        }
    }

    /** Proxies are never read: with them a sender could combine trusted classes into what none of them does. */
    @Override
    protected Class<?> resolveProxyClass(String[] interfaces) throws IOException {
        throw new InvalidClassException("proxy of " + String.join(", ", interfaces), "proxies are never read");
    }

    private ObjectInputFilter.Status check(ObjectInputFilter.FilterInfo info) {
        // Every element takes a byte at least, so what claims to be longer than the whole message is made to take
        // memory.
        if (info.depth() > policy.maxDepth()
                || info.references() > policy.maxReferences()
                || info.streamBytes() > policy.maxBytes()
                || info.arrayLength() > length) {
            return ObjectInputFilter.Status.REJECTED;
        }
        Class<?> type = info.serialClass();
        if (type == null || info.arrayLength() >= 0) {
            // Arrays' classes have been asked for before, without a length. With one, collections ask for the arrays
            // that
            // they make inside, whose classes are theirs.
            return ObjectInputFilter.Status.UNDECIDED;
        }
        return policy.trusted().trusts(type.getName())
                ? ObjectInputFilter.Status.ALLOWED
                : ObjectInputFilter.Status.REJECTED;
    }
}
