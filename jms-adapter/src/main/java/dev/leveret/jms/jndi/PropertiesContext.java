package dev.leveret.jms.jndi;

import dev.leveret.jms.destination.NearestName;
import java.util.Hashtable;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import javax.naming.Binding;
import javax.naming.CompositeName;
import javax.naming.Context;
import javax.naming.InvalidNameException;
import javax.naming.Name;
import javax.naming.NameClassPair;
import javax.naming.NameNotFoundException;
import javax.naming.NameParser;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.NotContextException;
import javax.naming.OperationNotSupportedException;
import org.jspecify.annotations.Nullable;

/**
 * A context that cannot be written to. Its names are flat: a slash in one is a character as any other, but behind
 * {@code dynamicQueues} and {@code dynamicTopics}, where everything is there. Thread-safe.
 *
 * <p>Error Prone warns of naming services because they may deserialize what they are sent. This one is a map in memory.
 */
@SuppressWarnings("BanJNDI")
final class PropertiesContext implements Context {

    private static final String QUEUES = "dynamicQueues/";
    private static final String TOPICS = "dynamicTopics/";

    private final SortedMap<String, Object> bindings;
    private final Hashtable<Object, Object> environment;

    PropertiesContext(SortedMap<String, Object> bindings, Hashtable<Object, Object> environment) {
        this.bindings = bindings;
        this.environment = environment;
    }

    @Override
    public Object lookup(@Nullable Name name) throws NamingException {
        return lookup(name == null ? null : name.toString());
    }

    @Override
    public Object lookup(@Nullable String name) throws NamingException {
        if (name == null || name.isEmpty()) {
            return new PropertiesContext(bindings, new Hashtable<>(environment));
        }
        Object found = bindings.get(name);
        if (found != null) {
            return found;
        }
        try {
            if (name.startsWith(QUEUES)) {
                return ObjectKind.queue(name.substring(QUEUES.length()));
            }
            if (name.startsWith(TOPICS)) {
                return ObjectKind.topic(name.substring(TOPICS.length()));
            }
        } catch (IllegalArgumentException e) {
            InvalidNameException refusal = new InvalidNameException(name + ": " + e.getMessage());
            refusal.setRootCause(e);
            throw refusal;
        }
        throw new NameNotFoundException("there is no '" + name + "'" + NearestName.hint(name, bindings.keySet())
                + " (there are: " + String.join(", ", bindings.keySet()) + ", " + QUEUES + "<queue>, " + TOPICS
                + "<topic>)");
    }

    @Override
    public Object lookupLink(@Nullable Name name) throws NamingException {
        return lookup(name);
    }

    @Override
    public Object lookupLink(@Nullable String name) throws NamingException {
        return lookup(name);
    }

    @Override
    public NamingEnumeration<NameClassPair> list(@Nullable Name name) throws NamingException {
        return list(name == null ? null : name.toString());
    }

    @Override
    public NamingEnumeration<NameClassPair> list(@Nullable String name) throws NamingException {
        return new Listing<>(bindingsIn(name).stream()
                .map(it -> new NameClassPair(it.getName(), it.getClassName()))
                .iterator());
    }

    @Override
    public NamingEnumeration<Binding> listBindings(@Nullable Name name) throws NamingException {
        return listBindings(name == null ? null : name.toString());
    }

    @Override
    public NamingEnumeration<Binding> listBindings(@Nullable String name) throws NamingException {
        return new Listing<>(bindingsIn(name).iterator());
    }

    private List<Binding> bindingsIn(@Nullable String name) throws NamingException {
        if (name != null && !name.isEmpty()) {
            throw new NotContextException(name + " has nothing in it: names are flat here");
        }
        return bindings.entrySet().stream()
                .map((Map.Entry<String, Object> it) -> new Binding(it.getKey(), it.getValue()))
                .toList();
    }

    @Override
    public NameParser getNameParser(@Nullable Name name) {
        return CompositeName::new;
    }

    @Override
    public NameParser getNameParser(@Nullable String name) {
        return CompositeName::new;
    }

    @Override
    public Name composeName(Name name, Name prefix) throws NamingException {
        Name all = (Name) prefix.clone();
        return all.addAll(name);
    }

    @Override
    public String composeName(String name, String prefix) throws NamingException {
        return composeName(new CompositeName(name), new CompositeName(prefix)).toString();
    }

    @Override
    public String getNameInNamespace() {
        return "";
    }

    @Override
    public Hashtable<?, ?> getEnvironment() {
        return new Hashtable<>(environment);
    }

    @Override
    public @Nullable Object addToEnvironment(String name, Object value) {
        // What it contains was read when it was made.
        return environment.put(name, value);
    }

    @Override
    public @Nullable Object removeFromEnvironment(String name) {
        return environment.remove(name);
    }

    @Override
    public void close() {
        // There is nothing behind it.
    }

    // ---- writing --------------------------------------------------------------------------------------------------

    @Override
    public void bind(Name name, Object object) throws NamingException {
        throw readOnly();
    }

    @Override
    public void bind(String name, Object object) throws NamingException {
        throw readOnly();
    }

    @Override
    public void rebind(Name name, Object object) throws NamingException {
        throw readOnly();
    }

    @Override
    public void rebind(String name, Object object) throws NamingException {
        throw readOnly();
    }

    @Override
    public void unbind(Name name) throws NamingException {
        throw readOnly();
    }

    @Override
    public void unbind(String name) throws NamingException {
        throw readOnly();
    }

    @Override
    public void rename(Name from, Name to) throws NamingException {
        throw readOnly();
    }

    @Override
    public void rename(String from, String to) throws NamingException {
        throw readOnly();
    }

    @Override
    public void destroySubcontext(Name name) throws NamingException {
        throw readOnly();
    }

    @Override
    public void destroySubcontext(String name) throws NamingException {
        throw readOnly();
    }

    @Override
    public Context createSubcontext(Name name) throws NamingException {
        throw readOnly();
    }

    @Override
    public Context createSubcontext(String name) throws NamingException {
        throw readOnly();
    }

    private static NamingException readOnly() {
        return new OperationNotSupportedException("this context is its properties: it cannot be written to");
    }

    /** Names only: the environment may have a password. */
    @Override
    public String toString() {
        return "PropertiesContext" + bindings.keySet();
    }

    /** Something to go through once. */
    private static final class Listing<T> implements NamingEnumeration<T> {

        private final Iterator<T> rest;

        Listing(Iterator<T> rest) {
            this.rest = rest;
        }

        @Override
        public T next() {
            return rest.next();
        }

        @Override
        public boolean hasMore() {
            return rest.hasNext();
        }

        @Override
        public T nextElement() {
            return rest.next();
        }

        @Override
        public boolean hasMoreElements() {
            return rest.hasNext();
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
