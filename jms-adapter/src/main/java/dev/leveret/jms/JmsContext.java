package dev.leveret.jms;

import jakarta.jms.BytesMessage;
import jakarta.jms.ConnectionMetaData;
import jakarta.jms.Destination;
import jakarta.jms.ExceptionListener;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSProducer;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.StreamMessage;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.io.Serializable;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The simplified API (Jakarta Messaging 3.1, chapter 6): a connection, perhaps shared with other contexts, and one session
 * made at its first use, so that a client identifier can be set before. Pure delegation.
 */
final class JmsContext implements JMSContext {

    private final SharedConnection shared;
    private final int sessionMode;

    /** Guards what follows. */
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable JmsSession session;
    private boolean closed;
    private boolean autoStart = true;

    /** Shares a connection. */
    JmsContext(SharedConnection shared, int sessionMode) {
        this.shared = shared;
        this.sessionMode = sessionMode;
        shared.retain();
    }

    static void requireMode(int sessionMode) throws JMSException {
        if (sessionMode < SESSION_TRANSACTED || sessionMode > DUPS_OK_ACKNOWLEDGE) {
            throw new JMSException("there is no session mode " + sessionMode);
        }
    }

    private JmsSession session() throws JMSException {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the context is closed");
            }
            if (session == null) {
                session = shared.connection().open(JmsSession::new, sessionMode);
            }
            return session;
        } finally {
            lock.unlock();
        }
    }

    private JmsConnection connection() throws JMSException {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the context is closed");
            }
            return shared.connection();
        } finally {
            lock.unlock();
        }
    }

    /** A call on the session. */
    private interface OfSession<T> {
        T call(JmsSession session) throws JMSException;
    }

    private <T> T onSession(OfSession<T> call) {
        return Unchecked.get(() -> call.call(session()));
    }

    private JMSConsumer consumer(OfSession<MessageConsumer> call) {
        return Unchecked.get(() -> {
            MessageConsumer consumer = call.call(session());
            if (getAutoStart()) {
                connection().start();
            }
            return new JmsConsumer((JmsMessageConsumer) consumer);
        });
    }

    @Override
    public JMSContext createContext(int mode) {
        return Unchecked.get(() -> {
            requireMode(mode);
            connection().requireOpen();
            return new JmsContext(shared, mode);
        });
    }

    @Override
    public JMSProducer createProducer() {
        return onSession(it -> new JmsProducer(it, it.createProducer(null)));
    }

    @Override
    public @Nullable String getClientID() {
        return Unchecked.ask(() -> connection().getClientID());
    }

    @Override
    public void setClientID(@Nullable String clientId) {
        Unchecked.run(() -> connection().setClientID(clientId));
    }

    @Override
    public ConnectionMetaData getMetaData() {
        return Unchecked.get(() -> connection().getMetaData());
    }

    @Override
    public @Nullable ExceptionListener getExceptionListener() {
        return Unchecked.ask(() -> connection().getExceptionListener());
    }

    @Override
    public void setExceptionListener(@Nullable ExceptionListener listener) {
        Unchecked.run(() -> connection().setExceptionListener(listener));
    }

    @Override
    public void start() {
        Unchecked.run(() -> connection().start());
    }

    @Override
    public void stop() {
        Unchecked.run(() -> connection().stop());
    }

    @Override
    public void setAutoStart(boolean value) {
        Unchecked.run(() -> connection().requireOpen());
        lock.lock();
        try {
            autoStart = value;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean getAutoStart() {
        lock.lock();
        try {
            return autoStart;
        } finally {
            lock.unlock();
        }
    }

    /** {@inheritDoc} The connection closes with the last of the contexts that share it. */
    @Override
    public void close() {
        Unchecked.run(() -> {
            JmsSession open = openSession();
            if (open != null) {
                // First, because from within one of its listeners it is refused, and then nothing is to have happened.
                open.close();
            }
            if (closeOnce()) {
                shared.release();
            }
        });
    }

    private @Nullable JmsSession openSession() {
        lock.lock();
        try {
            return closed ? null : session;
        } finally {
            lock.unlock();
        }
    }

    private boolean closeOnce() {
        lock.lock();
        try {
            boolean first = !closed;
            closed = true;
            return first;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public BytesMessage createBytesMessage() {
        return onSession(JmsSession::createBytesMessage);
    }

    @Override
    public MapMessage createMapMessage() {
        return onSession(JmsSession::createMapMessage);
    }

    @Override
    public Message createMessage() {
        return onSession(JmsSession::createMessage);
    }

    @Override
    public ObjectMessage createObjectMessage() {
        return onSession(JmsSession::createObjectMessage);
    }

    @Override
    public ObjectMessage createObjectMessage(@Nullable Serializable object) {
        return onSession(it -> it.createObjectMessage(object));
    }

    @Override
    public StreamMessage createStreamMessage() {
        return onSession(JmsSession::createStreamMessage);
    }

    @Override
    public TextMessage createTextMessage() {
        return onSession(JmsSession::createTextMessage);
    }

    @Override
    public TextMessage createTextMessage(@Nullable String text) {
        return onSession(it -> it.createTextMessage(text));
    }

    @Override
    public boolean getTransacted() {
        return onSession(JmsSession::getTransacted);
    }

    @Override
    public int getSessionMode() {
        return onSession(JmsSession::getAcknowledgeMode);
    }

    @Override
    public void commit() {
        Unchecked.run(() -> session().commit());
    }

    @Override
    public void rollback() {
        Unchecked.run(() -> session().rollback());
    }

    @Override
    public void recover() {
        Unchecked.run(() -> session().recover());
    }

    @Override
    public void acknowledge() {
        Unchecked.run(() -> session().acknowledge());
    }

    @Override
    public JMSConsumer createConsumer(@Nullable Destination destination) {
        return consumer(it -> it.createConsumer(destination));
    }

    @Override
    public JMSConsumer createConsumer(@Nullable Destination destination, @Nullable String selector) {
        return consumer(it -> it.createConsumer(destination, selector));
    }

    @Override
    public JMSConsumer createConsumer(@Nullable Destination destination, @Nullable String selector, boolean noLocal) {
        return consumer(it -> it.createConsumer(destination, selector, noLocal));
    }

    @Override
    public Queue createQueue(@Nullable String name) {
        return onSession(it -> it.createQueue(name));
    }

    @Override
    public Topic createTopic(@Nullable String name) {
        return onSession(it -> it.createTopic(name));
    }

    @Override
    public JMSConsumer createDurableConsumer(@Nullable Topic topic, @Nullable String name) {
        return consumer(it -> it.createDurableConsumer(topic, name));
    }

    @Override
    public JMSConsumer createDurableConsumer(
            @Nullable Topic topic, @Nullable String name, @Nullable String selector, boolean noLocal) {
        return consumer(it -> it.createDurableConsumer(topic, name, selector, noLocal));
    }

    @Override
    public JMSConsumer createSharedDurableConsumer(@Nullable Topic topic, @Nullable String name) {
        return consumer(it -> it.createSharedDurableConsumer(topic, name));
    }

    @Override
    public JMSConsumer createSharedDurableConsumer(
            @Nullable Topic topic, @Nullable String name, @Nullable String selector) {
        return consumer(it -> it.createSharedDurableConsumer(topic, name, selector));
    }

    @Override
    public JMSConsumer createSharedConsumer(@Nullable Topic topic, @Nullable String name) {
        return consumer(it -> it.createSharedConsumer(topic, name));
    }

    @Override
    public JMSConsumer createSharedConsumer(@Nullable Topic topic, @Nullable String name, @Nullable String selector) {
        return consumer(it -> it.createSharedConsumer(topic, name, selector));
    }

    @Override
    public QueueBrowser createBrowser(@Nullable Queue queue) {
        return onSession(it -> it.createBrowser(queue));
    }

    @Override
    public QueueBrowser createBrowser(@Nullable Queue queue, @Nullable String selector) {
        return onSession(it -> it.createBrowser(queue, selector));
    }

    @Override
    public TemporaryQueue createTemporaryQueue() {
        return onSession(JmsSession::createTemporaryQueue);
    }

    @Override
    public TemporaryTopic createTemporaryTopic() {
        return onSession(JmsSession::createTemporaryTopic);
    }

    @Override
    public void unsubscribe(@Nullable String name) {
        Unchecked.run(() -> session().unsubscribe(name));
    }
}
