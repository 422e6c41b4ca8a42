package dev.leveret.jms;

import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.JMSException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A connection's client identifier and when it may be set: once, before anything else is done with the connection, and not
 * if its factory has set one (Jakarta Messaging 3.1, section 6.1.2).
 *
 * <p>That no other connection has the same is seen to by {@link dev.leveret.jms.broker.ClientIdentifiers}, which waits; so
 * an identifier is set in two steps, {@link #begin} and {@link #set} or {@link #abort}, between which nobody else can set one.
 *
 * <p>Guarded by the lock of its {@link JmsConnection}.
 */
final class ClientId {

    private final boolean administered;
    private @Nullable String value;
    private boolean settled;
    private boolean beginning;

    ClientId(Optional<String> administered) throws JMSException {
        this.administered = administered.isPresent();
        this.value = administered.isPresent() ? require(administered.get()) : null;
    }

    @Nullable
    String value() {
        return value;
    }

    /** Checks whether this identifier can be set, and reserves that. */
    String begin(@Nullable String id) throws JMSException {
        if (administered || value != null) {
            throw new IllegalStateException("the connection has the client identifier " + value + " already");
        }
        if (settled || beginning) {
            throw new IllegalStateException("the client identifier must be set before the connection is used");
        }
        String required = require(id);
        beginning = true;
        return required;
    }

    /** Nobody else has it. */
    void set(String id) {
        beginning = false;
        value = id;
    }

    /** It could not be had; another can be tried. */
    void abort() {
        beginning = false;
    }

    /** The connection is being used: from now on it has the identifier that it has. */
    void settle() {
        settled = true;
    }

    private static String require(@Nullable String id) throws InvalidClientIDException {
        if (id == null || id.isEmpty()) {
            throw new InvalidClientIDException("a client identifier cannot be empty");
        }
        return id;
    }
}
