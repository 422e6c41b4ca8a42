package dev.leveret.jms;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.jms.broker.Connector;
import dev.leveret.jms.broker.JmsErrors;
import dev.leveret.jms.message.ObjectPolicy;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.QueueConnection;
import jakarta.jms.QueueConnectionFactory;
import jakarta.jms.TopicConnection;
import jakarta.jms.TopicConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes connections to RabbitMQ and other AMQP 0-9-1 brokers (Jakarta Messaging 3.1, section 5.3). Immutable, thread-safe;
 * every call makes a connection of its own, which is open when the call returns.
 *
 * <pre>{@code
 * ConnectionFactory factory = new LeveretConnectionFactory("amqp://app:secret@broker.example:5672/orders?jms.prefetch=50");
 * }</pre>
 *
 * <p>The address is an AMQP URI as RabbitMQ specifies it. Options of its query whose names begin with {@code jms.} are this
 * provider's:
 *
 * <ul>
 *   <li>{@code jms.clientId}: the client identifier of every connection; none by default
 *   <li>{@code jms.prefetch}: how many messages a consumer may have unsettled, 1 to 65535; 100 by default
 *   <li>{@code jms.autoDeclare}: whether a missing queue, or the topic exchange, is declared when it is first used
 *       ({@code true}, the default), or using it fails
 *   <li>{@code jms.queueType}: how such a queue is declared: {@code default} (of the type that the virtual host prefers),
 *       {@code classic} or {@code quorum}; always durable
 *   <li>{@code jms.topicExchange}: the topic exchange that topics live on; {@code jms.durable.topic} by default
 *   <li>{@code jms.localRedeliveries}: how often a message that was rolled back or recovered, or whose listener threw, is
 *       delivered again by this client before it returns to its queue as failed; 5 by default
 *   <li>{@code jms.selectorHold}: how many messages of a queue are held at most because they match no selector, 1 to 60000;
 *       10000 by default
 *   <li>{@code jms.selectorsOnUnknownQueues}: whether selectors are allowed on queues of which the type cannot be found out,
 *       before RabbitMQ 4.3; {@code false} by default
 * </ul>
 *
 * <p>A connection is refused with a {@link jakarta.jms.JMSSecurityException} if the broker does not accept the credentials,
 * and with a {@link JMSException} that names the addresses tried if no broker can be reached.
 */
public final class LeveretConnectionFactory
        implements ConnectionFactory, QueueConnectionFactory, TopicConnectionFactory {

    private static final Logger LOG = LoggerFactory.getLogger(LeveretConnectionFactory.class);

    private final JmsConnectionOptions options;
    private final Connector connector;

    /**
     * A factory of connections to this address.
     *
     * @param uri such as {@code amqp://user:password@host:5672/vhost}; user, password and virtual host percent-encoded
     * @throws IllegalArgumentException if it is no such URI, or has an unknown option; the message does not show the password
     */
    public LeveretConnectionFactory(String uri) {
        this(JmsConnectionOptions.parse(uri), Amqp::connectAsync);
    }

    /** A factory of connections with these options. */
    public LeveretConnectionFactory(ConnectionOptions options) {
        this(JmsConnectionOptions.of(options), Amqp::connectAsync);
    }

    LeveretConnectionFactory(JmsConnectionOptions options, Connector connector) {
        this.options = options;
        this.connector = connector;
        if (options.objects().trusted().isAll()) {
            LOG.warn("{} is *: whoever can send a message here may have code run here", ObjectPolicy.TRUSTED_CLASSES);
        }
    }

    @Override
    public Connection createConnection() throws JMSException {
        return new JmsConnection(options, connector);
    }

    @Override
    public Connection createConnection(@Nullable String userName, @Nullable String password) throws JMSException {
        return new JmsConnection(optionsFor(userName, password), connector);
    }

    @Override
    public QueueConnection createQueueConnection() throws JMSException {
        return new JmsQueueConnection(options, connector);
    }

    @Override
    public QueueConnection createQueueConnection(@Nullable String userName, @Nullable String password)
            throws JMSException {
        return new JmsQueueConnection(optionsFor(userName, password), connector);
    }

    @Override
    public TopicConnection createTopicConnection() throws JMSException {
        return new JmsTopicConnection(options, connector);
    }

    @Override
    public TopicConnection createTopicConnection(@Nullable String userName, @Nullable String password)
            throws JMSException {
        return new JmsTopicConnection(optionsFor(userName, password), connector);
    }

    @Override
    public JMSContext createContext() {
        return createContext(JMSContext.AUTO_ACKNOWLEDGE);
    }

    @Override
    public JMSContext createContext(@Nullable String userName, @Nullable String password) {
        return createContext(userName, password, JMSContext.AUTO_ACKNOWLEDGE);
    }

    @Override
    public JMSContext createContext(@Nullable String userName, @Nullable String password, int sessionMode) {
        return context(optionsFor(userName, password), sessionMode);
    }

    @Override
    public JMSContext createContext(int sessionMode) {
        return context(options, sessionMode);
    }

    private JMSContext context(JmsConnectionOptions with, int sessionMode) {
        try {
            JmsContext.requireMode(sessionMode);
            return new JmsContext(new SharedConnection(new JmsConnection(with, connector)), sessionMode);
        } catch (JMSException e) {
            throw JmsErrors.unchecked(e);
        }
    }

    /** No user name stands for the factory's own credentials, as other providers have it. */
    private JmsConnectionOptions optionsFor(@Nullable String userName, @Nullable String password) {
        if (userName == null) {
            return options;
        }
        Credentials credentials = Credentials.plain(userName, password == null ? "" : password);
        return options.withAmqp(
                options.amqp().toBuilder().credentials(credentials).build());
    }

    /** Tells the addresses and the virtual host, never a password. */
    @Override
    public String toString() {
        return "LeveretConnectionFactory[" + options.amqp() + "]";
    }
}
