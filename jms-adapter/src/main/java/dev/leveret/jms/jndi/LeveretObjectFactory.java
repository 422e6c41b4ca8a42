package dev.leveret.jms.jndi;

import dev.leveret.jms.LeveretConnectionFactory;
import java.util.Enumeration;
import java.util.Hashtable;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import javax.naming.Context;
import javax.naming.Name;
import javax.naming.NamingException;
import javax.naming.RefAddr;
import javax.naming.Reference;
import javax.naming.spi.ObjectFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes connection factories and destinations from references: those that {@link LeveretConnectionFactory#getReference} writes,
 * and those that application servers make of their configuration. Tomcat:
 *
 * <pre>{@code
 * <Resource name="jms/ConnectionFactory" type="jakarta.jms.ConnectionFactory"
 *           factory="dev.leveret.jms.jndi.LeveretObjectFactory"
 *           uri="amqp://broker.example/orders" username="app" password="secret" prefetch="50"/>
 * <Resource name="jms/Orders" type="jakarta.jms.Queue"
 *           factory="dev.leveret.jms.jndi.LeveretObjectFactory" destinationName="orders"/>
 * }</pre>
 *
 * <p>The addresses of a connection factory are the names that {@link LeveretConnectionFactory#setProperty} takes; a destination
 * has {@code destinationName}. What is not known is refused with the name of the nearest. What RabbitMQ's own JMS client has
 * is taken too, keys and class names ({@code javax.jms} as well): see {@link RabbitMqJmsKeys}.
 *
 * <p>Without a reference the properties are taken from the environment, with the type under {@code className}, as WildFly has
 * it for {@code <object-factory>}.
 */
public final class LeveretObjectFactory implements ObjectFactory {

    private static final String CLASS_NAME = "className";

    /** What servers add to every reference. */
    private static final Set<String> OF_SERVERS = Set.of(
            "auth",
            "closeMethod",
            "description",
            "factory",
            "global",
            "name",
            "scope",
            "singleton",
            "type",
            CLASS_NAME);

    /** For naming services. */
    public LeveretObjectFactory() {}

    /**
     * Makes what is referred to; null if it is none of this provider's business.
     *
     * @throws NamingException if the reference has an address that is not known, or a value that cannot be
     */
    @Override
    public @Nullable Object getObjectInstance(
            @Nullable Object object,
            @Nullable Name name,
            @Nullable Context context,
            @Nullable Hashtable<?, ?> environment)
            throws NamingException {
        Map<String, String> properties = new TreeMap<>();
        String className;
        if (object instanceof Reference reference) {
            className = reference.getClassName();
            addresses(reference, properties);
        } else {
            className = environment == null ? null : text(environment.get(CLASS_NAME));
            if (environment != null) {
                environment.forEach((key, value) -> keep(String.valueOf(key), text(value), properties));
            }
        }
        Optional<ObjectKind> kind = ObjectKind.of(className);
        if (kind.isEmpty()) {
            return null;
        }
        try {
            return kind.get().make(properties);
        } catch (IllegalArgumentException e) {
            NamingException refusal = new NamingException((name == null ? "" : name + ": ") + e.getMessage());
            refusal.setRootCause(e);
            throw refusal;
        }
    }

    private static void addresses(Reference reference, Map<String, String> properties) {
        Enumeration<RefAddr> all = reference.getAll();
        while (all.hasMoreElements()) {
            RefAddr address = all.nextElement();
            keep(address.getType(), text(address.getContent()), properties);
        }
    }

    private static void keep(String key, @Nullable String value, Map<String, String> properties) {
        if (value != null && !OF_SERVERS.contains(key) && !isOfNaming(key)) {
            properties.put(key, value);
        }
    }

    /** Whether it is for the naming service and not for the object. */
    private static boolean isOfNaming(String key) {
        return key.startsWith("java.") || key.startsWith("org.") || key.startsWith("com.");
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }
}
