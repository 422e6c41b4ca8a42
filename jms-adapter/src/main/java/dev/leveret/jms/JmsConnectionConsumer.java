package dev.leveret.jms;

import dev.leveret.jms.broker.Incoming;
import dev.leveret.jms.broker.Intake;
import dev.leveret.jms.destination.JmsDestination;
import dev.leveret.jms.message.Causes;
import jakarta.jms.ConnectionConsumer;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.ServerSession;
import jakarta.jms.ServerSessionPool;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Hands the messages of a destination to the sessions of an application server (Jakarta Messaging 3.1, chapter 11): up to so
 * many at a time as its maker said, each lot to a session that it asks the server's pool for, which the server then runs.
 *
 * <p>What a session has and does not settle comes again, to any session; what the pool cannot take waits here, in its order.
 */
final class JmsConnectionConsumer implements ConnectionConsumer {

    /** How long to wait after the pool has failed, before it is asked again. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ServerSessionPool pool;
    private final int maxMessages;
    private final SessionDispatch dispatch;
    private final ConsumerInbox inbox;
    private final Intake intake;
    private final Consumer<JMSException> reports;
    private final Consumer<JmsConnectionConsumer> onClose;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Opens one; waits for the broker.
     *
     * @param name of the thread that asks the pool
     * @param reports told of failures of the pool
     */
    JmsConnectionConsumer(
            Entrance entrance,
            ServerSessionPool pool,
            int maxMessages,
            String name,
            Consumer<JMSException> reports,
            Consumer<JmsConnectionConsumer> onClose)
            throws JMSException {
        this.pool = pool;
        this.maxMessages = maxMessages;
        this.reports = reports;
        this.onClose = onClose;
        dispatch = new SessionDispatch(name, reports);
        inbox = ConsumerInbox.forManySessions(dispatch, entrance.destination());
        intake = entrance.opening().open(inbox, false);
        inbox.fillFrom(intake);
        // Never called: it makes the inbox one whose messages are handed out.
        dispatch.listen(inbox, message -> {}, (never, from, incoming) -> handOver(incoming));
    }

    JmsDestination destination() {
        return inbox.destination();
    }

    /** Begins or resumes; waits for the broker. */
    void start() throws JMSException {
        if (begun.compareAndSet(false, true)) {
            intake.begin();
        }
        dispatch.start();
    }

    /** Asks for no more sessions, and waits for the one that is being asked for. */
    void stop() throws JMSException {
        dispatch.stop();
    }

    @Override
    public ServerSessionPool getServerSessionPool() throws JMSException {
        if (closed.get()) {
            throw new IllegalStateException("the connection consumer is closed");
        }
        return pool;
    }

    /** {@inheritDoc} What sessions have is still theirs to deal with. */
    @Override
    public void close() throws JMSException {
        if (closed.compareAndSet(false, true)) {
            dispatch.close();
            onClose.accept(this);
            intake.retire();
        }
    }

    private void handOver(Incoming first) {
        List<Incoming> lot = inbox.pollMore(first, maxMessages);
        try {
            ServerSession server = pool.getServerSession();
            JmsSession session = ours(server);
            session.serverRun().load(inbox.destination(), lot);
            try {
                server.start();
            } catch (JMSException | RuntimeException e) {
                // What the session has begun with is its own.
                lot = session.serverRun().unload();
                throw e;
            }
        } catch (JMSException | RuntimeException e) {
            inbox.unread(lot);
            reports.accept(Causes.with(
                    e,
                    new JMSException("the pool of an application server did not take messages of " + inbox.destination()
                            + ", which wait: " + e.getMessage())));
            dispatch.pause(PAUSE_NANOS);
        }
    }

    private static JmsSession ours(ServerSession server) throws JMSException {
        if (server.getSession() instanceof JmsSession session) {
            session.requireOpen();
            return session;
        }
        throw new JMSException("its session is not of this provider: " + server.getSession());
    }
}
