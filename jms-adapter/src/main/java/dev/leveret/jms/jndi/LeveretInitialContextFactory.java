package dev.leveret.jms.jndi;

import java.util.Hashtable;
import javax.naming.Context;
import javax.naming.NamingException;
import javax.naming.spi.InitialContextFactory;
import org.jspecify.annotations.Nullable;

/**
 * A naming service whose content is its environment, which is mostly the file {@code jndi.properties} on the class path:
 *
 * <pre>{@code
 * java.naming.factory.initial = dev.leveret.jms.jndi.LeveretInitialContextFactory
 * java.naming.provider.url    = amqp://broker.example/orders
 * java.naming.security.principal   = app
 * java.naming.security.credentials = ${ORDERS_PASSWORD}
 *
 * connectionfactory.orders    = amqps://${BROKER:-localhost}/orders?jms.prefetch=50
 * property.connectionfactory.orders.password = ${ORDERS_PASSWORD}
 * queue.incoming              = orders.incoming
 * topic.prices                = prices.#
 * }</pre>
 *
 * <ul>
 *   <li>{@code connectionfactory.<name>}: a connection factory; the URI may be left out if there is a provider URL
 *   <li>{@code property.connectionfactory.<name>.<setting>}: one of its settings, as {@link
 *       dev.leveret.jms.LeveretConnectionFactory#setProperty} takes them
 *   <li>{@code connectionFactoryNames}: names, with commas between them, of factories for the provider URL. If there is none of
 *       these keys they are {@code ConnectionFactory}, {@code QueueConnectionFactory} and {@code TopicConnectionFactory}
 *   <li>{@code queue.<name>}, {@code topic.<name>}: a destination
 *   <li>{@code dynamicQueues/<queue>} and {@code dynamicTopics/<topic>} are there without being listed
 *   <li>{@code java.naming.provider.url}: an AMQP URI; or a file with such keys, whose path or {@code file:} URI it is. Any
 *       other is refused: nothing is looked up over a network
 *   <li>{@code java.naming.security.principal} and {@code .credentials}: user and password for factories that have none
 * </ul>
 *
 * <p><code>${name}</code> in a value is a system property or else an environment variable, <code>${name:-text}</code> the text
 * if there is neither. Other keys are left alone, as they may be other providers'; what was misspelt shows when it is looked up,
 * and is told with the nearest name that there is.
 */
public final class LeveretInitialContextFactory implements InitialContextFactory {

    /** For naming services. */
    public LeveretInitialContextFactory() {}

    /**
     * Makes a context of an environment. It cannot be written to.
     *
     * @throws NamingException if a value cannot be what its key says
     */
    @Override
    public Context getInitialContext(@Nullable Hashtable<?, ?> environment) throws NamingException {
        Hashtable<Object, Object> own = new Hashtable<>(environment == null ? new Hashtable<>() : environment);
        return new PropertiesContext(JndiProperties.read(own), own);
    }
}
