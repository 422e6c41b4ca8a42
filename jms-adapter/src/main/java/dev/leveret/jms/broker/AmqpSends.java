package dev.leveret.jms.broker;

import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ReturnedMessage;
import dev.leveret.jms.destination.JmsQueue;
import dev.leveret.jms.message.Causes;
import jakarta.jms.JMSException;
import jakarta.jms.TransactionRolledBackException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Sends that go to the broker at once, in a transaction of AMQP's: the broker keeps them until the commit, which it answers
 * when it has made sure of them, as it confirms publishes.
 *
 * <p>The channel serves until a transaction does not end well: then it is closed, with all that was not committed.
 */
final class AmqpSends implements TransactedSends {

    private final BrokerLink link;
    private final Declarations declarations;
    private final DeliveryDelays delays;
    private final Queue<ReturnedMessage> returned = new ConcurrentLinkedQueue<>();
    private @Nullable AsyncChannel channel;
    private int count;
    /** How often the connection had been lost when the transaction began. */
    private int losses;

    AmqpSends(BrokerLink link, Declarations declarations, DeliveryDelays delays) {
        this.link = link;
        this.declarations = declarations;
        this.delays = delays;
    }

    @Override
    public void add(Publication publication) throws JMSException {
        link.awaitOpen(publication.doing());
        AsyncChannel out = channel;
        if (out == null) {
            out = open();
            channel = out;
        }
        if (count == 0) {
            losses = link.interruptions().count();
            returned.clear();
        }
        count++;
        link.await(out.send(delays.route(publication)), publication.doing());
    }

    private AsyncChannel open() throws JMSException {
        AsyncChannel opened = link.openChannel();
        opened.onReturn(returned::add);
        try {
            link.repeat(() -> link.await(opened.txSelect(), "beginning a transaction"));
        } catch (JMSException e) {
            opened.close();
            throw e;
        }
        return opened;
    }

    @Override
    public void commit() throws JMSException {
        AsyncChannel out = channel;
        if (count == 0 || out == null) {
            return;
        }
        int all = count;
        if (losses != link.interruptions().count() || !out.isOpen()) {
            throw new TransactionRolledBackException(
                    "the connection was lost or the channel of the transaction has ended"
                            + " since something was sent in it. Nothing was sent");
        }
        try {
            link.await(out.txCommit(), "committing");
        } catch (JMSException e) {
            throw failure(e);
        }
        count = 0;
        if (!returned.isEmpty()) {
            throw unroutable(all);
        }
    }

    /** The broker may have done a part of it, unless it had closed the channel over something before. */
    private static JMSException failure(JMSException e) {
        boolean before = e.getCause() instanceof ChannelClosedException closed
                && closed.byBroker()
                && !closed.method().equals("tx.commit");
        return Causes.with(
                e,
                before
                        ? new TransactionRolledBackException(e.getMessage() + ". Nothing was sent", e.getErrorCode())
                        : JmsErrors.inDoubt(String.valueOf(e.getMessage())));
    }

    private JMSException unroutable(int all) {
        int failed = returned.size();
        ReturnedMessage first = returned.element();
        returned.forEach(it -> declarations.forget(JmsQueue.named(it.routingKey())));
        delays.forget();
        return new TransactionRolledBackException(
                "sending to " + JmsQueue.named(first.routingKey()) + ": " + first.replyText() + "; " + failed + " of "
                        + all + " messages were not sent, " + (all - failed) + " were and remain",
                Integer.toString(first.replyCode()));
    }

    @Override
    public void drop() {
        AsyncChannel last = channel;
        if (count > 0 && last != null) {
            last.close();
            channel = null;
        }
        count = 0;
    }

    /** Its channel is not needed any more. */
    @Override
    public void close() {
        AsyncChannel last = channel;
        channel = null;
        count = 0;
        if (last != null) {
            last.close();
        }
    }
}
