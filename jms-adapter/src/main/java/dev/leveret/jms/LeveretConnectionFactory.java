package dev.leveret.jms;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.jms.broker.AutoDeclare;
import dev.leveret.jms.broker.BrokerFacts;
import dev.leveret.jms.broker.Connector;
import dev.leveret.jms.broker.Examination;
import dev.leveret.jms.broker.JmsErrors;
import dev.leveret.jms.destination.AdministeredObject;
import dev.leveret.jms.message.Causes;
import dev.leveret.jms.message.ObjectPolicy;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.QueueConnection;
import jakarta.jms.QueueConnectionFactory;
import jakarta.jms.TopicConnection;
import jakarta.jms.TopicConnectionFactory;
import java.io.NotSerializableException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.naming.NamingException;
import javax.naming.Reference;
import javax.naming.Referenceable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes connections to RabbitMQ and other AMQP 0-9-1 brokers (Jakarta Messaging 3.1, section 5.3). Thread-safe; every call makes a
 * connection of its own, which is open when the call returns.
 *
 * <pre>{@code
 * ConnectionFactory factory = new LeveretConnectionFactory("amqp://app:secret@broker.example:5672/orders?jms.prefetch=50");
 * }</pre>
 *
 * <p>The address is an AMQP URI as RabbitMQ specifies it, or several with commas between them, with all options that {@link
 * dev.leveret.amqp.api.AmqpUri} knows. Options of its query whose names begin with {@code jms.} are this provider's; each has a
 * setter here, which says what it means. An option that is not known is refused with the name of the nearest.
 *
 * <p>A factory that is made by its constructor without arguments is configured by setters, as dependency injection and
 * application servers do it. What a setter says wins over the URI. Setters refuse what cannot be with an {@link
 * IllegalArgumentException}; what does not fit together is told when a connection is made. What is set then counts for
 * connections made afterwards; {@code null} stands for the default.
 *
 * <p>A factory can be kept in a naming service ({@link Referenceable}) or serialized, <b>but without its password</b>: whoever
 * gets it from there has to give one to {@code createConnection}, or to {@link #setPassword}, or add it to the reference as the
 * address {@code password}. Until then {@code createConnection()} is refused.
 *
 * <p>A connection is refused with a {@link jakarta.jms.JMSSecurityException} if the broker does not accept the credentials,
 * and with a {@link JMSException} that names the addresses tried if no broker can be reached.
 */
public final class LeveretConnectionFactory
        implements ConnectionFactory, QueueConnectionFactory, TopicConnectionFactory, Referenceable, Serializable {

    private static final Logger LOG = LoggerFactory.getLogger(LeveretConnectionFactory.class);
    private static final long serialVersionUID = 1L;

    private final transient Connector connector;

    /** What was described by objects, which cannot be stored; null if all there is are settings. */
    private final transient @Nullable JmsConnectionOptions described;

    private transient volatile ConnectionSettings settings;

    /** What the settings say; null until somebody asks. */
    private transient @Nullable JmsConnectionOptions options;

    /** A factory of connections to a broker on this machine, to be configured. */
    public LeveretConnectionFactory() {
        this(ConnectionSettings.NONE, Amqp::connectAsync);
    }

    /**
     * A factory of connections to this address.
     *
     * @param uri such as {@code amqp://user:password@host:5672/vhost}; user, password and virtual host percent-encoded
     * @throws IllegalArgumentException if it is no such URI, or has an unknown option; the message does not show the password
     */
    public LeveretConnectionFactory(String uri) {
        this(ConnectionSettings.of(uri), Amqp::connectAsync);
    }

    /** A factory of connections with these options. Of the setters it has those of options that begin with {@code jms.}. */
    public LeveretConnectionFactory(ConnectionOptions options) {
        this(JmsConnectionOptions.of(options), Amqp::connectAsync);
    }

    /**
     * A factory with these settings, as {@link #setProperties} takes them.
     *
     * @throws IllegalArgumentException as there
     */
    public static LeveretConnectionFactory of(Map<String, String> settings) {
        return new LeveretConnectionFactory(ConnectionSettings.of(settings), Amqp::connectAsync);
    }

    LeveretConnectionFactory(ConnectionSettings settings, Connector connector) {
        this.settings = settings;
        this.connector = connector;
        described = null;
    }

    LeveretConnectionFactory(JmsConnectionOptions options, Connector connector) {
        described = options;
        settings = ConnectionSettings.NONE;
        this.connector = connector;
        this.options = announced(options);
    }

    @Override
    public Connection createConnection() throws JMSException {
        return new JmsConnection(checkedOptions(), connector);
    }

    @Override
    public Connection createConnection(@Nullable String userName, @Nullable String password) throws JMSException {
        return new JmsConnection(optionsFor(userName, password), connector);
    }

    @Override
    public QueueConnection createQueueConnection() throws JMSException {
        return new JmsQueueConnection(checkedOptions(), connector);
    }

    @Override
    public QueueConnection createQueueConnection(@Nullable String userName, @Nullable String password)
            throws JMSException {
        return new JmsQueueConnection(optionsFor(userName, password), connector);
    }

    @Override
    public TopicConnection createTopicConnection() throws JMSException {
        return new JmsTopicConnection(checkedOptions(), connector);
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
        return context(() -> optionsFor(userName, password), sessionMode);
    }

    @Override
    public JMSContext createContext(int sessionMode) {
        return context(this::checkedOptions, sessionMode);
    }

    private JMSContext context(Configuration with, int sessionMode) {
        try {
            JmsContext.requireMode(sessionMode);
            return new JmsContext(new SharedConnection(new JmsConnection(with.options(), connector)), sessionMode);
        } catch (JMSException e) {
            throw JmsErrors.unchecked(e);
        }
    }

    /** No user name stands for the factory's own credentials, as other providers have it. */
    private JmsConnectionOptions optionsFor(@Nullable String userName, @Nullable String password) throws JMSException {
        if (userName == null) {
            return checkedOptions();
        }
        Credentials credentials = Credentials.plain(userName, password == null ? "" : password);
        JmsConnectionOptions own = options();
        return own.as(userName)
                .withAmqp(own.amqp().toBuilder().credentials(credentials).build());
    }

    private JmsConnectionOptions checkedOptions() throws JMSException {
        if (settings.lackPassword()) {
            throw new JMSSecurityException(
                    "this factory comes from a naming service or was serialized, where its password"
                            + " is not kept: call createConnection(user, password) or setPassword, or add the address 'password'"
                            + " to its reference");
        }
        return options();
    }

    private synchronized JmsConnectionOptions options() throws JMSException {
        JmsConnectionOptions known = options;
        if (known != null) {
            return known;
        }
        try {
            known = announced(
                    described == null
                            ? settings.options()
                            : JmsConnectionOptions.from(described.amqp(), settings.own()));
        } catch (IllegalArgumentException e) {
            throw Causes.with(e, new JMSException("the connection factory's settings: " + e.getMessage()));
        }
        options = known;
        return known;
    }

    /** Has the broker examined; waits. */
    BrokerFacts examine(List<String> queues) throws JMSException {
        JmsConnectionOptions own = checkedOptions();
        return Examination.of(connector, own.amqp(), own.naming(), queues);
    }

    AutoDeclare declaring() throws JMSException {
        return options().autoDeclare();
    }

    private static JmsConnectionOptions announced(JmsConnectionOptions options) {
        if (options.objects().trusted().isAll()) {
            LOG.warn("{} is *: whoever can send a message here may have code run here", ObjectPolicy.TRUSTED_CLASSES);
        }
        return options;
    }

    // ---- settings -------------------------------------------------------------------------------------------------

    /**
     * Sets something by its name: an option of AMQP URIs, such as {@code heartbeat}; one of this provider, such as
     * {@code jms.prefetch}; {@code uri}, {@code host}, {@code port}, {@code virtualHost}, {@code username}, {@code password},
     * {@code ssl}. Case and the characters {@code -}, {@code _} and {@code .} do not matter, and {@code jms.} may be left out.
     *
     * @param value null for the default
     * @throws IllegalArgumentException if there is none of this name, which tells the nearest, or it cannot have this value
     * @throws IllegalStateException if the factory was made from {@link ConnectionOptions} and the name is not this provider's
     */
    public synchronized void setProperty(String name, @Nullable String value) {
        ConnectionSettings changed = settings.with(name, value);
        if (described != null && !changed.areOwn()) {
            throw new IllegalStateException(
                    "the factory was made from ConnectionOptions, so " + name + " cannot be set: it belongs there");
        }
        settings = changed;
        options = null;
    }

    /**
     * Sets each of these: see {@link #setProperty}.
     *
     * @throws IllegalArgumentException as there; what comes before, in the order of the names, is set then
     */
    public void setProperties(Properties properties) {
        new TreeSet<>(properties.stringPropertyNames()).forEach(it -> setProperty(it, properties.getProperty(it)));
    }

    /** An AMQP URI with its options, or several with commas between them, which differ in host and port only. */
    public void setUri(@Nullable String uri) {
        setProperty(ConnectionSettings.URI, uri);
    }

    /** The broker's host name or address, in place of the URI's. */
    public void setHost(@Nullable String host) {
        setProperty(ConnectionSettings.HOST, host);
    }

    /** The broker's port, in place of the URI's. */
    public void setPort(int port) {
        setProperty(ConnectionSettings.PORT, Integer.toString(port));
    }

    /** The virtual host, not percent-encoded, in place of the URI's. */
    public void setVirtualHost(@Nullable String virtualHost) {
        setProperty(ConnectionSettings.VIRTUAL_HOST, virtualHost);
    }

    /** The user, in place of the URI's and its password. */
    public void setUsername(@Nullable String username) {
        setProperty(ConnectionSettings.USERNAME, username);
    }

    /** The user's password, in place of the URI's. It is not kept in a {@link Reference}, and never shown. */
    public void setPassword(@Nullable String password) {
        setProperty(ConnectionSettings.PASSWORD, password);
    }

    /** Whether to use TLS, with all checks: {@code amqps} or {@code amqp} in place of the URI's scheme. */
    public void setSsl(boolean ssl) {
        setProperty(ConnectionSettings.SSL, Boolean.toString(ssl));
    }

    /** The client identifier of every connection; none by default. */
    public void setClientId(@Nullable String clientId) {
        setProperty("jms.clientId", clientId);
    }

    /**
     * Whether a client identifier is refused that another connection to the virtual host has, which takes the permission to
     * configure queues {@code jms.client.*}; true by default.
     */
    public void setCheckClientId(boolean check) {
        setProperty("jms.checkClientId", Boolean.toString(check));
    }

    /**
     * The user that messages name as their sender, {@code JMSXUserID}; none by default. RabbitMQ refuses messages that name
     * another than the connection's.
     */
    public void setUserId(@Nullable String userId) {
        setProperty("jms.userId", userId);
    }

    /** How many messages a consumer may have unsettled, 1 to 65535; 100 by default. */
    public void setPrefetch(int messages) {
        setProperty("jms.prefetch", Integer.toString(messages));
    }

    /**
     * What is done about a queue, or the topic exchange, that may not exist when it is first used: {@code on}, the default: it
     * is looked up and declared if it is missing; {@code off}: using it fails; {@code passive}: it is looked up, and using it
     * fails, also for messages that nobody confirms. {@code true} and {@code false} are on and off.
     */
    public void setAutoDeclare(@Nullable String value) {
        setProperty("jms.autoDeclare", value);
    }

    /**
     * How such a queue is declared: {@code default} (of the type that the virtual host prefers), {@code classic} or
     * {@code quorum}; always durable.
     */
    public void setQueueType(@Nullable String type) {
        setProperty("jms.queueType", type);
    }

    /** The topic exchange that topics live on; {@code jms.durable.topic} by default. */
    public void setTopicExchange(@Nullable String exchange) {
        setProperty("jms.topicExchange", exchange);
    }

    /**
     * How often a message that was rolled back or recovered, or whose listener threw, is delivered again by this client before
     * it returns to its queue as failed; 5 by default, 0: it returns at once.
     */
    public void setLocalRedeliveries(int times) {
        setProperty("jms.localRedeliveries", Integer.toString(times));
    }

    /**
     * Whether what a transacted session sends goes to the broker at once, in a transaction of AMQP's, or is kept here until the
     * commit; false by default.
     */
    public void setAmqpTransactions(boolean onBroker) {
        setProperty("jms.amqpTransactions", Boolean.toString(onBroker));
    }

    /**
     * How long after the loss of the connection calls wait until it is there again before they fail, in milliseconds; as long
     * as {@code request_timeout} by default and at most, 0: they fail at once.
     */
    public void setOutageWait(int millis) {
        setProperty("jms.outageWait", Integer.toString(millis));
    }

    /**
     * After how many milliseconds a lost connection that could not be recovered ends, and the {@link
     * jakarta.jms.ExceptionListener} is told; never by default. The option {@code recovery=off} ends it at once.
     */
    public void setGiveUpAfter(int millis) {
        setProperty("jms.giveUpAfter", Integer.toString(millis));
    }

    /**
     * The classes that objects in messages may be of, with commas between them: {@code com.acme.Order}, {@code com.acme.*} with
     * all packages under it, or {@code *}. Without them, which is the default, objects are not read.
     */
    public void setTrustedClasses(@Nullable String classes) {
        setProperty(ObjectPolicy.TRUSTED_CLASSES, classes);
    }

    /** How deep an object in a message may be nested, 1 to 500; 20 by default. */
    public void setObjectMaxDepth(int depth) {
        setProperty("jms.objectMaxDepth", Integer.toString(depth));
    }

    /** How many objects an object in a message may consist of; 100,000 by default. */
    public void setObjectMaxReferences(int objects) {
        setProperty("jms.objectMaxReferences", Integer.toString(objects));
    }

    /** How long an object in a message may be, in bytes; 16 MiB by default. */
    public void setObjectMaxBytes(int bytes) {
        setProperty("jms.objectMaxBytes", Integer.toString(bytes));
    }

    /** How messages are written: {@code plain}, the default, or {@code rabbitmq-jms}. Both are read always. */
    public void setWireFormat(@Nullable String format) {
        setProperty("jms.wireFormat", format);
    }

    /** How many messages an enumeration of a queue browser has at most, 1 to 65535; 1000 by default. */
    public void setBrowserMaxMessages(int messages) {
        setProperty("jms.browserMaxMessages", Integer.toString(messages));
    }

    /**
     * Whether queues are browsed of which the type cannot be found out, and quorum queues before RabbitMQ 4.3, where each look
     * counts towards the delivery limit; false by default.
     */
    public void setBrowseAnyQueue(boolean any) {
        setProperty("jms.browseAnyQueue", Boolean.toString(any));
    }

    /** How many messages of a queue are held at most because they match no selector, 1 to 60000; 10000 by default. */
    public void setSelectorHold(int messages) {
        setProperty("jms.selectorHold", Integer.toString(messages));
    }

    /**
     * Whether selectors are allowed on queues of which the type cannot be found out, before RabbitMQ 4.3; false by default.
     */
    public void setSelectorsOnUnknownQueues(boolean allowed) {
        setProperty("jms.selectorsOnUnknownQueues", Boolean.toString(allowed));
    }

    // ---- storing --------------------------------------------------------------------------------------------------

    /**
     * How a naming service stores this factory: its settings but the password.
     *
     * @throws NamingException if it has secrets besides, such as client properties or the password of a key, or was made from
     *     {@link ConnectionOptions}
     */
    @Override
    public Reference getReference() throws NamingException {
        try {
            return AdministeredObject.reference(getClass().getName(), stored());
        } catch (NotSerializableException e) {
            throw new NamingException(e.getMessage());
        }
    }

    private Map<String, String> stored() throws NotSerializableException {
        ConnectionSettings now = settings;
        if (described != null) {
            throw new NotSerializableException(
                    "a factory that was made from ConnectionOptions cannot be stored, as these"
                            + " have parts that are code: make it from a URI");
        }
        if (now.hasOtherSecrets()) {
            throw new NotSerializableException(
                    "a factory with client properties or the password of a key cannot be stored,"
                            + " as secrets are not: give them where it is used");
        }
        Map<String, String> stored = now.open();
        if (now.hasPassword()) {
            stored.put(ConnectionSettings.PASSWORD_WITHHELD, "true");
        }
        return stored;
    }

    private Object writeReplace() throws NotSerializableException {
        return new Stored(new TreeMap<>(stored()));
    }

    /** What is serialized in a factory's place. */
    private record Stored(TreeMap<String, String> settings) implements Serializable {

        private Object readResolve() {
            return of(settings);
        }
    }

    /** The options of a connection to be made, or why there are none. */
    private interface Configuration {
        JmsConnectionOptions options() throws JMSException;
    }

    /** Tells the addresses and the virtual host, never a password. */
    @Override
    public String toString() {
        try {
            return "LeveretConnectionFactory[" + options().amqp() + "]";
        } catch (JMSException e) {
            return "LeveretConnectionFactory[" + settings + "]";
        }
    }
}
