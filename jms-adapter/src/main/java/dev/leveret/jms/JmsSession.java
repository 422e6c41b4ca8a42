package dev.leveret.jms;

import dev.leveret.jms.broker.Admission;
import dev.leveret.jms.broker.Incoming;
import dev.leveret.jms.broker.Intake;
import dev.leveret.jms.broker.LocalTransaction;
import dev.leveret.jms.broker.NamedSubscription.Kind;
import dev.leveret.jms.broker.Outlet;
import dev.leveret.jms.destination.JmsDestination;
import dev.leveret.jms.destination.JmsQueue;
import dev.leveret.jms.destination.JmsTopic;
import dev.leveret.jms.message.Acknowledger;
import dev.leveret.jms.message.JmsBytesMessage;
import dev.leveret.jms.message.JmsMapMessage;
import dev.leveret.jms.message.JmsMessage;
import dev.leveret.jms.message.JmsObjectMessage;
import dev.leveret.jms.message.JmsStreamMessage;
import dev.leveret.jms.message.JmsTextMessage;
import dev.leveret.jms.selector.Selector;
import jakarta.jms.BytesMessage;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageListener;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import jakarta.jms.TopicSubscriber;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A session (Jakarta Messaging 3.1, section 6.2): makes messages, destinations, producers and consumers, and puts together
 * the parts that do the work: {@link SessionDispatch} hands messages out, {@link Acknowledgement} settles them,
 * {@link MessageSender} sends.
 *
 * <p>As the specification has it, a session is used by one thread at a time, but {@link #close} may come from any; so may
 * its connection's {@code start}, {@code stop} and {@code close}.
 */
class JmsSession implements Session {

    private final JmsConnection connection;
    private final int mode;
    private final SessionDispatch dispatch;
    private final Outlet outlet;
    private final Acknowledgement acknowledgement;
    private final MessageSender sender;
    private final MessageDelivery delivery;
    private final Completions completions;
    private final Entrances entrances;
    private final ServerSessionRun serverRun;

    private final Set<JmsMessageConsumer> consumers = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile boolean started;
    private volatile boolean closed;

    /**
     * For one connection.
     *
     * @param name unique among all sessions
     */
    JmsSession(JmsConnection connection, int mode, String name) {
        this.connection = connection;
        this.mode = mode;
        dispatch = new SessionDispatch("leveret-jms-" + name, connection::report);
        outlet = new Outlet(connection.link(), connection.declarations(), connection.delays(), connection::report);
        completions = new Completions("leveret-jms-completions-" + name);
        LocalTransaction transaction = mode == SESSION_TRANSACTED ? transaction(connection, outlet) : null;
        Redelivery redelivery = new Redelivery(connection.options().localRedeliveries());
        acknowledgement = acknowledgement(mode, redelivery, transaction);
        sender = new MessageSender(
                connection.origin(),
                connection.options().userId(),
                "ID:" + name + ":",
                connection.options().naming(),
                connection.options().wireFormat(),
                connection.declarations(),
                outlet,
                transaction,
                completions);
        delivery = new MessageDelivery(
                dispatch, acknowledgement, connection.options().objects());
        entrances = connection.entrances();
        serverRun = new ServerSessionRun(dispatch, delivery);
    }

    private static LocalTransaction transaction(JmsConnection connection, Outlet outlet) {
        return connection.options().amqpTransactions()
                ? LocalTransaction.ofAmqp(connection.link(), connection.declarations(), connection.delays())
                : LocalTransaction.keeping(outlet);
    }

    private static Acknowledgement acknowledgement(
            int mode, Redelivery redelivery, @Nullable LocalTransaction transaction) {
        if (transaction != null) {
            return new TransactedAcknowledgement(transaction, redelivery);
        }
        return mode == CLIENT_ACKNOWLEDGE ? new ClientAcknowledgement(redelivery) : new AutoAcknowledgement(redelivery);
    }

    final SessionDispatch dispatch() {
        return dispatch;
    }

    final MessageSender sender() {
        return sender;
    }

    final Completions completions() {
        return completions;
    }

    /** Refuses what would wait for the listener of messages or completions that does it. */
    final void requireOutsideListener(String what) throws JMSException {
        requireOutsideMessageListener(what);
        completions.requireOutsideListener(what);
    }

    /** Refuses what would wait for the message listener that does it. */
    final void requireOutsideMessageListener(String what) throws JMSException {
        dispatch.requireOutsideListener(what);
    }

    final MessageDelivery delivery() {
        return delivery;
    }

    final ServerSessionRun serverRun() {
        return serverRun;
    }

    final void requireOpen() throws JMSException {
        if (closed) {
            throw new IllegalStateException("the session is closed");
        }
    }

    @Override
    public BytesMessage createBytesMessage() throws JMSException {
        requireOpen();
        return new JmsBytesMessage();
    }

    @Override
    public MapMessage createMapMessage() throws JMSException {
        requireOpen();
        return new JmsMapMessage();
    }

    @Override
    public Message createMessage() throws JMSException {
        requireOpen();
        return new JmsMessage();
    }

    @Override
    public ObjectMessage createObjectMessage() throws JMSException {
        return createObjectMessage(null);
    }

    @Override
    public ObjectMessage createObjectMessage(@Nullable Serializable object) throws JMSException {
        requireOpen();
        JmsObjectMessage message = new JmsObjectMessage();
        message.readBy(connection.options().objects());
        message.setObject(object);
        return message;
    }

    @Override
    public StreamMessage createStreamMessage() throws JMSException {
        requireOpen();
        return new JmsStreamMessage();
    }

    @Override
    public TextMessage createTextMessage() throws JMSException {
        return createTextMessage(null);
    }

    @Override
    public TextMessage createTextMessage(@Nullable String text) throws JMSException {
        requireOpen();
        return new JmsTextMessage(text);
    }

    @Override
    public boolean getTransacted() throws JMSException {
        requireOpen();
        return mode == SESSION_TRANSACTED;
    }

    @Override
    public int getAcknowledgeMode() throws JMSException {
        requireOpen();
        return mode;
    }

    @Override
    public void commit() throws JMSException {
        requireOpen();
        completions.requireOutsideListener("commit its session");
        completions.awaitAll();
        acknowledgement.commit();
    }

    @Override
    public void rollback() throws JMSException {
        requireOpen();
        completions.requireOutsideListener("roll back its session");
        completions.awaitAll();
        acknowledgement.rollback();
    }

    @Override
    public void recover() throws JMSException {
        requireOpen();
        acknowledgement.recover();
    }

    /** Acknowledges what has been consumed, without a message to call. */
    final void acknowledge() throws JMSException {
        requireOpen();
        acknowledgement.acknowledger().acknowledge();
    }

    @Override
    public @Nullable MessageListener getMessageListener() throws JMSException {
        requireOpen();
        return serverRun.listener();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if it is one and the session has consumers
     */
    @Override
    public void setMessageListener(@Nullable MessageListener listener) throws JMSException {
        requireOpen();
        // Pools take the listener of a session that they get back, whoever has left consumers in it.
        if (listener != null && !consumers.isEmpty()) {
            throw new IllegalStateException("the session has consumers: it has no message listener of its own besides");
        }
        serverRun.listener(listener);
    }

    /** {@inheritDoc} Gives the messages to the session's own listener that a connection consumer has loaded it with. */
    @Override
    public void run() {
        Unchecked.run(() -> {
            requireOpen();
            serverRun.run();
        });
    }

    @Override
    public MessageProducer createProducer(@Nullable Destination destination) throws JMSException {
        requireOpen();
        return new JmsMessageProducer(this, destination);
    }

    @Override
    public MessageConsumer createConsumer(@Nullable Destination destination) throws JMSException {
        return createConsumer(destination, null, false);
    }

    @Override
    public MessageConsumer createConsumer(@Nullable Destination destination, @Nullable String selector)
            throws JMSException {
        return createConsumer(destination, selector, false);
    }

    /** {@inheritDoc} On a queue {@code noLocal} means nothing: the specification leaves it open. */
    @Override
    public MessageConsumer createConsumer(@Nullable Destination destination, @Nullable String selector, boolean noLocal)
            throws JMSException {
        return consume(JmsMessageConsumer::new, destination, selector, noLocal);
    }

    /** Makes a consumer of one of the three kinds; waits for the broker. */
    final <C extends JmsMessageConsumer> C consume(
            ConsumerKind<C> kind, @Nullable Destination destination, @Nullable String selector, boolean noLocal)
            throws JMSException {
        requireOpen();
        return consume(kind, entrances.to(destination, selector, noLocal));
    }

    /** The same of a subscription with a name. */
    private <C extends JmsMessageConsumer> C subscribe(
            ConsumerKind<C> kind,
            Kind subscription,
            @Nullable Topic topic,
            @Nullable String name,
            @Nullable String selector,
            boolean noLocal)
            throws JMSException {
        requireOpen();
        return consume(kind, entrances.to(subscription, topic, name, selector, noLocal));
    }

    private <C extends JmsMessageConsumer> C consume(ConsumerKind<C> kind, Entrance entrance) throws JMSException {
        serverRun.requireNone();
        ConsumerInbox inbox = new ConsumerInbox(dispatch, entrance.destination());
        Intake intake = entrance.opening().open(inbox, started);
        inbox.fillFrom(intake);
        C consumer = kind.create(this, inbox, intake);
        consumers.add(consumer);
        if (started) {
            begin(consumer);
        }
        return consumer;
    }

    private void begin(JmsMessageConsumer consumer) throws JMSException {
        try {
            consumer.begin();
        } catch (JMSException e) {
            consumer.close();
            throw e;
        }
    }

    final void forget(JmsMessageConsumer consumer) {
        consumers.remove(consumer);
    }

    /** Whether it has an open consumer of this destination. */
    final boolean consumes(JmsDestination destination) {
        return consumers.stream().anyMatch(it -> it.destination().equals(destination));
    }

    @Override
    public MessageConsumer createSharedConsumer(@Nullable Topic topic, @Nullable String name) throws JMSException {
        return createSharedConsumer(topic, name, null);
    }

    @Override
    public MessageConsumer createSharedConsumer(@Nullable Topic topic, @Nullable String name, @Nullable String selector)
            throws JMSException {
        return subscribe(JmsMessageConsumer::new, Kind.SHARED, topic, name, selector, false);
    }

    @Override
    public Queue createQueue(@Nullable String name) throws JMSException {
        requireOpen();
        return JmsQueue.of(name);
    }

    @Override
    public Topic createTopic(@Nullable String name) throws JMSException {
        requireOpen();
        return JmsTopic.of(name);
    }

    @Override
    public TopicSubscriber createDurableSubscriber(@Nullable Topic topic, @Nullable String name) throws JMSException {
        return createDurableSubscriber(topic, name, null, false);
    }

    @Override
    public TopicSubscriber createDurableSubscriber(
            @Nullable Topic topic, @Nullable String name, @Nullable String selector, boolean noLocal)
            throws JMSException {
        return subscribe(JmsTopicSubscriber::new, Kind.DURABLE, topic, name, selector, noLocal);
    }

    @Override
    public MessageConsumer createDurableConsumer(@Nullable Topic topic, @Nullable String name) throws JMSException {
        return createDurableConsumer(topic, name, null, false);
    }

    @Override
    public MessageConsumer createDurableConsumer(
            @Nullable Topic topic, @Nullable String name, @Nullable String selector, boolean noLocal)
            throws JMSException {
        return subscribe(JmsMessageConsumer::new, Kind.DURABLE, topic, name, selector, noLocal);
    }

    @Override
    public MessageConsumer createSharedDurableConsumer(@Nullable Topic topic, @Nullable String name)
            throws JMSException {
        return createSharedDurableConsumer(topic, name, null);
    }

    @Override
    public MessageConsumer createSharedDurableConsumer(
            @Nullable Topic topic, @Nullable String name, @Nullable String selector) throws JMSException {
        return subscribe(JmsMessageConsumer::new, Kind.SHARED_DURABLE, topic, name, selector, false);
    }

    @Override
    public QueueBrowser createBrowser(@Nullable Queue queue) throws JMSException {
        return createBrowser(queue, null);
    }

    @Override
    public QueueBrowser createBrowser(@Nullable Queue queue, @Nullable String selector) throws JMSException {
        requireOpen();
        JmsDestination from = JmsDestination.of(queue);
        if (!from.isQueue()) {
            throw new InvalidDestinationException(from + " is no queue: it cannot be browsed");
        }
        Optional<Selector> wanted = connection.selectors().selector(selector);
        connection.temporaries().requireConsumable(from);
        return new JmsQueueBrowser(
                this, from, new Admission(wanted, Optional.empty()), wanted.isPresent() ? selector : null, this::look);
    }

    private List<JmsMessage> look(JmsDestination queue, Admission admission) throws JMSException {
        List<JmsMessage> messages = connection.snapshots().of(queue, admission);
        for (JmsMessage message : messages) {
            message.markReceived(Acknowledger.NOTHING);
            if (message instanceof JmsObjectMessage object) {
                object.readBy(connection.options().objects());
            }
        }
        return messages;
    }

    @Override
    public TemporaryQueue createTemporaryQueue() throws JMSException {
        requireOpen();
        return connection.temporaries().createQueue();
    }

    @Override
    public TemporaryTopic createTemporaryTopic() throws JMSException {
        requireOpen();
        return connection.temporaries().createTopic();
    }

    @Override
    public void unsubscribe(@Nullable String name) throws JMSException {
        requireOpen();
        entrances.unsubscribe(name);
    }

    /** Begins or resumes deliveries; waits for the broker. */
    final void start() throws JMSException {
        started = true;
        Steps all = new Steps();
        consumers.forEach(it -> all.run(it::begin));
        dispatch.start();
        all.throwFailure();
    }

    /** Stops deliveries and waits for those under way. */
    final void stop() throws JMSException {
        dispatch.stop();
    }

    /**
     * {@inheritDoc}
     *
     * <p>Waits for a message listener that is running, which may use the session until it returns, and until every
     * {@code CompletionListener} has been told. What is not acknowledged or committed returns to its queue.
     */
    @Override
    public void close() throws JMSException {
        requireOutsideListener("close its session");
        if (closing.compareAndSet(false, true)) {
            dispatch.close();
            Steps all = new Steps();
            all.run(completions::close);
            closed = true;
            consumers.forEach(it -> all.run(it::cease));
            serverRun.unload().forEach(Incoming::giveBack);
            acknowledgement.close();
            consumers.forEach(it -> all.run(it::abandon));
            all.run(outlet::close);
            connection.forget(this);
            all.throwFailure();
        }
    }

    /** How a consumer of one kind is made. */
    interface ConsumerKind<C> {
        C create(JmsSession session, ConsumerInbox inbox, Intake intake);
    }
}
