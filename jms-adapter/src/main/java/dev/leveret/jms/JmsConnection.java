package dev.leveret.jms;

import dev.leveret.jms.broker.BrokerLink;
import dev.leveret.jms.broker.ClientIdentifiers;
import dev.leveret.jms.broker.Connector;
import dev.leveret.jms.broker.Declarations;
import dev.leveret.jms.broker.DeliveryDelays;
import dev.leveret.jms.broker.JmsErrors;
import dev.leveret.jms.broker.NamedSubscription.Kind;
import dev.leveret.jms.broker.QueueSnapshots;
import dev.leveret.jms.broker.Subscriptions;
import dev.leveret.jms.broker.TemporaryDestinations;
import dev.leveret.jms.destination.JmsDestination;
import dev.leveret.jms.selector.SelectorCache;
import dev.leveret.jms.wire.Origin;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionConsumer;
import jakarta.jms.ConnectionMetaData;
import jakarta.jms.Destination;
import jakarta.jms.ExceptionListener;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.ServerSessionPool;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A connection (Jakarta Messaging 3.1, section 6.1): one AMQP connection, open from the start. Thread-safe.
 *
 * <p>When the AMQP connection is lost it is made again, and everything that hangs on it goes on; see {@code
 * docs/jms-guarantees.md}. Only when it has ended for good, or has no recovery, the {@link ExceptionListener} is told, once:
 * waiting {@code receive}s throw, everything else that needs the broker fails, and the connection is to be closed and another
 * made.
 */
class JmsConnection implements Connection {

    private final JmsConnectionOptions options;
    private final String id = UUID.randomUUID().toString();
    private final Notifications notifications = new Notifications("leveret-jms-exceptions-" + id);
    private final ConnectionMetaData metaData = new JmsConnectionMetaData();
    private final SelectorCache selectors = new SelectorCache();
    private final BrokerLink link;
    private final ClientIdentifiers identifiers;
    private final Declarations declarations;
    private final DeliveryDelays delays;
    private final Subscriptions subscriptions;
    private final QueueSnapshots snapshots;
    private final TemporaryDestinations temporaries;
    private final ConnectionConsumers pooled = new ConnectionConsumers("leveret-jms-pool-" + id + ":", this::report);

    /** Guards what follows. Never held while waiting. */
    private final ReentrantLock lock = new ReentrantLock();

    private final ClientId clientId;
    private final List<JmsSession> sessions = new ArrayList<>();
    private int sessionsMade;
    private boolean started;
    private boolean closed;

    /** Connects; waits. */
    JmsConnection(JmsConnectionOptions options, Connector connector) throws JMSException {
        this.options = options;
        clientId = new ClientId(options.clientId());
        link = BrokerLink.open(connector, options.amqp());
        identifiers = new ClientIdentifiers(link, options.checkClientId(), notifications::raise);
        declarations = new Declarations(link, options.naming(), options.queueType(), options.autoDeclare());
        delays = new DeliveryDelays(link, options.naming(), declarations);
        subscriptions = new Subscriptions(
                link,
                options.naming(),
                declarations,
                options.prefetch(),
                options.selectorHold(),
                options.selectorsOnUnknownQueues());
        snapshots = new QueueSnapshots(link, declarations, options.browserMaxMessages(), options.browseAnyQueue());
        temporaries = new TemporaryDestinations(link, this::consumes);
        link.onLoss(cause -> notifications.raise(JmsErrors.of("the connection to the broker has ended", cause)));
        claimAdministered();
    }

    final JmsConnectionOptions options() {
        return options;
    }

    /** By which its messages are known; with the client identifier that it has now. */
    final Origin origin() {
        lock.lock();
        try {
            return new Origin(id, Optional.ofNullable(clientId.value()));
        } finally {
            lock.unlock();
        }
    }

    /** For something that consumes, with the client identifier that it has now. */
    final Entrances entrances() {
        return new Entrances(subscriptions, temporaries, selectors, origin());
    }

    final SelectorCache selectors() {
        return selectors;
    }

    final BrokerLink link() {
        return link;
    }

    final Declarations declarations() {
        return declarations;
    }

    final DeliveryDelays delays() {
        return delays;
    }

    final QueueSnapshots snapshots() {
        return snapshots;
    }

    final TemporaryDestinations temporaries() {
        return temporaries;
    }

    /** Tells of a failure that no caller hears of; of the connection's own it tells once by itself. */
    final void report(JMSException failure) {
        if (!JmsErrors.isConnectionLoss(failure)) {
            notifications.raise(failure);
        }
    }

    private boolean consumes(JmsDestination destination) {
        return pooled.consumes(destination) || snapshot().stream().anyMatch(it -> it.consumes(destination));
    }

    @Override
    public Session createSession(boolean transacted, int acknowledgeMode) throws JMSException {
        return createSession(sessionMode(transacted, acknowledgeMode));
    }

    @Override
    public Session createSession() throws JMSException {
        return createSession(Session.AUTO_ACKNOWLEDGE);
    }

    @Override
    public Session createSession(int sessionMode) throws JMSException {
        return open(JmsSession::new, sessionMode);
    }

    static int sessionMode(boolean transacted, int acknowledgeMode) throws JMSException {
        if (!transacted && acknowledgeMode == Session.SESSION_TRANSACTED) {
            throw new JMSException("SESSION_TRANSACTED is no mode of a session that is not transacted");
        }
        return transacted ? Session.SESSION_TRANSACTED : acknowledgeMode;
    }

    /** Makes a session of one of the three kinds. */
    final <S extends JmsSession> S open(SessionKind<S> kind, int mode) throws JMSException {
        if (mode < Session.SESSION_TRANSACTED || mode > Session.DUPS_OK_ACKNOWLEDGE) {
            throw new JMSException("there is no session mode " + mode);
        }
        S session;
        boolean start;
        lock.lock();
        try {
            use();
            session = kind.create(this, mode, id + ":" + ++sessionsMade);
            sessions.add(session);
            start = started;
        } finally {
            lock.unlock();
        }
        if (start) {
            session.start();
        }
        return session;
    }

    final void forget(JmsSession session) {
        lock.lock();
        try {
            sessions.remove(session);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public @Nullable String getClientID() throws JMSException {
        lock.lock();
        try {
            requireOpen();
            return clientId.value();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void setClientID(@Nullable String value) throws JMSException {
        String wanted;
        lock.lock();
        try {
            requireOpen();
            wanted = clientId.begin(value);
        } finally {
            lock.unlock();
        }
        boolean taken = false;
        try {
            identifiers.claim(wanted);
            taken = true;
        } finally {
            finishClientId(wanted, taken);
        }
    }

    private void finishClientId(String wanted, boolean taken) {
        lock.lock();
        try {
            if (taken) {
                clientId.set(wanted);
            } else {
                clientId.abort();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes the client identifier of the factory; closes the connection if it cannot be had. */
    private void claimAdministered() throws JMSException {
        Optional<String> administered = options.clientId();
        if (administered.isEmpty()) {
            return;
        }
        try {
            identifiers.claim(administered.get());
        } catch (JMSException e) {
            Steps closing = new Steps();
            closing.run(() -> {
                throw e;
            });
            closing.run(link::close);
            closing.throwFailure();
        }
    }

    @Override
    public ConnectionMetaData getMetaData() throws JMSException {
        requireOpen();
        return metaData;
    }

    @Override
    public @Nullable ExceptionListener getExceptionListener() throws JMSException {
        requireOpen();
        return notifications.listener();
    }

    @Override
    public void setExceptionListener(@Nullable ExceptionListener listener) throws JMSException {
        requireOpen();
        notifications.listener(listener);
    }

    @Override
    public void start() throws JMSException {
        Steps all = new Steps();
        startedNow(true).forEach(it -> all.run(it::start));
        pooled.start(all);
        all.throwFailure();
    }

    /** {@inheritDoc} A {@code CompletionListener} may call it: nothing here waits for that. */
    @Override
    public void stop() throws JMSException {
        for (JmsSession session : snapshot()) {
            session.requireOutsideMessageListener("stop its connection");
        }
        Steps all = new Steps();
        List<JmsSession> stopping = startedNow(false);
        pooled.stop(all);
        stopping.forEach(it -> all.run(it::stop));
        all.throwFailure();
    }

    private List<JmsSession> startedNow(boolean value) throws JMSException {
        lock.lock();
        try {
            use();
            started = value;
            return List.copyOf(sessions);
        } finally {
            lock.unlock();
        }
    }

    private List<JmsSession> snapshot() {
        lock.lock();
        try {
            return List.copyOf(sessions);
        } finally {
            lock.unlock();
        }
    }

    /** {@inheritDoc} Closes its sessions first, which return what is not acknowledged. */
    @Override
    public void close() throws JMSException {
        for (JmsSession session : snapshot()) {
            session.requireOutsideListener("close its connection");
        }
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            lock.unlock();
        }
        Steps all = new Steps();
        pooled.close(all);
        snapshot().forEach(it -> all.run(it::close));
        all.run(identifiers::release);
        all.run(link::close);
        all.throwFailure();
    }

    /** Notes that the connection is being used; under the lock. */
    private void use() throws JMSException {
        requireOpen();
        clientId.settle();
    }

    final void requireOpen() throws JMSException {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the connection is closed");
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public ConnectionConsumer createConnectionConsumer(
            @Nullable Destination destination,
            @Nullable String selector,
            @Nullable ServerSessionPool pool,
            int maxMessages)
            throws JMSException {
        return consume(it -> it.to(destination, selector, false), pool, maxMessages);
    }

    @Override
    public ConnectionConsumer createSharedConnectionConsumer(
            @Nullable Topic topic,
            @Nullable String name,
            @Nullable String selector,
            @Nullable ServerSessionPool pool,
            int maxMessages)
            throws JMSException {
        return consume(it -> it.to(Kind.SHARED, topic, name, selector, false), pool, maxMessages);
    }

    @Override
    public ConnectionConsumer createDurableConnectionConsumer(
            @Nullable Topic topic,
            @Nullable String name,
            @Nullable String selector,
            @Nullable ServerSessionPool pool,
            int maxMessages)
            throws JMSException {
        return consume(it -> it.to(Kind.DURABLE, topic, name, selector, false), pool, maxMessages);
    }

    @Override
    public ConnectionConsumer createSharedDurableConnectionConsumer(
            @Nullable Topic topic,
            @Nullable String name,
            @Nullable String selector,
            @Nullable ServerSessionPool pool,
            int maxMessages)
            throws JMSException {
        return consume(it -> it.to(Kind.SHARED_DURABLE, topic, name, selector, false), pool, maxMessages);
    }

    private ConnectionConsumer consume(Choice choice, @Nullable ServerSessionPool pool, int maxMessages)
            throws JMSException {
        lock.lock();
        try {
            use();
        } finally {
            lock.unlock();
        }
        return pooled.open(choice.among(entrances()), pool, maxMessages, this::isStarted);
    }

    private boolean isStarted() {
        lock.lock();
        try {
            return started;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + id + ", " + link.broker() + "]";
    }

    /** What a connection consumer consumes from. */
    private interface Choice {
        Entrance among(Entrances entrances) throws JMSException;
    }

    /** How a session of one kind is made. */
    interface SessionKind<S> {
        S create(JmsConnection connection, int mode, String name);
    }
}
