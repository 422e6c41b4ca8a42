package dev.leveret.amqp.micrometer;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.ConnectionObserver;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.amqp.api.HandlingObservation;
import dev.leveret.amqp.api.Negotiated;
import dev.leveret.amqp.api.ObservedConnection;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishObservation;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.RecoveryReport;
import dev.leveret.amqp.api.RequestObservation;
import dev.leveret.amqp.api.ReturnedMessage;
import dev.leveret.amqp.api.ServerInfo;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What one connection adds to the meters. Its own state is its event loop's. */
final class ConnectionMeters implements ConnectionObserver {

    private final Meters meters;
    private final ObservedConnection connection;
    /** Whether it is among the open ones: it may be lost and recovered, or lost for good. */
    private boolean counted;

    private boolean blocked;
    private long blockedSince;
    private boolean unwritable;

    ConnectionMeters(Meters meters, ObservedConnection connection) {
        this.meters = meters;
        this.connection = connection;
    }

    @Override
    public void onOpened(Endpoint endpoint, ServerInfo server, Negotiated negotiated) {
        if (!counted) {
            counted = true;
            meters.connections.incrementAndGet();
            meters.open.add(connection);
        }
    }

    @Override
    public void onLost(AmqpException cause) {
        gone(cause);
    }

    @Override
    public void onRecovered(RecoveryReport report) {
        meters.recovery.record(report.downtime());
    }

    @Override
    public void onFailed(Throwable cause) {
        meters.connectFailures.increment();
        onWritabilityChanged(true);
    }

    @Override
    public void onClosed(@Nullable AmqpException cause) {
        gone(cause);
    }

    private void gone(@Nullable AmqpException cause) {
        if (counted) {
            counted = false;
            meters.connections.decrementAndGet();
            meters.open.remove(connection);
            if (cause != null) {
                meters.connectionsLost.increment();
            }
        }
        onUnblocked();
        onWritabilityChanged(true);
    }

    @Override
    public void onBlocked(String reason) {
        if (!blocked) {
            blocked = true;
            blockedSince = System.nanoTime();
            meters.blockedConnections.incrementAndGet();
        }
    }

    @Override
    public void onUnblocked() {
        if (blocked) {
            blocked = false;
            meters.blockedConnections.decrementAndGet();
            meters.blocked.record(System.nanoTime() - blockedSince, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void onWritabilityChanged(boolean writable) {
        if (unwritable == writable) {
            unwritable = !writable;
            meters.unwritableConnections.addAndGet(unwritable ? 1 : -1);
        }
    }

    @Override
    public void onRead(int bytes, int frames) {
        meters.bytesRead.increment(bytes);
        meters.framesRead.increment(frames);
    }

    @Override
    public void onWritten(int bytes, int frames) {
        meters.bytesWritten.increment(bytes);
        meters.framesWritten.increment(frames);
    }

    @Override
    public void onChannelOpened(int channel) {
        meters.channels.incrementAndGet();
    }

    @Override
    public void onChannelClosed(int channel, @Nullable AmqpException cause) {
        meters.channels.decrementAndGet();
    }

    @Override
    public RequestObservation onRequest(int channel, String method, String entity) {
        long begin = System.nanoTime();
        return failure ->
                meters.request(method, outcome(failure)).record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
    }

    private static String outcome(@Nullable Throwable failure) {
        if (failure == null) {
            return "success";
        }
        return failure instanceof AmqpTimeoutException ? "timeout" : "failure";
    }

    @Override
    public PublishObservation onPublish(int channel, OutboundMessage message) {
        meters.inFlight.incrementAndGet();
        long begin = System.nanoTime();
        return result -> onResult(result, begin);
    }

    private void onResult(@Nullable PublishResult result, long begin) {
        meters.inFlight.decrementAndGet();
        if (result instanceof PublishResult.Confirmed) {
            meters.confirmed.increment();
            meters.confirmLatency.record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
        } else if (result instanceof PublishResult.Nacked) {
            meters.nacked.increment();
        } else if (result instanceof PublishResult.Rejected) {
            meters.failedToPublish.increment();
        } else if (result instanceof PublishResult.Unknown) {
            meters.unknown.increment();
        }
    }

    @Override
    public void onPublished(int channel, OutboundMessage message) {
        meters.published.increment();
    }

    @Override
    public void onReturned(int channel, ReturnedMessage message) {
        meters.unrouted.increment();
    }

    @Override
    public void onConsumerStarted(int channel, String consumerTag, String queue) {
        meters.consumers.incrementAndGet();
    }

    @Override
    public void onConsumerEnded(int channel, String consumerTag, String queue, @Nullable AmqpException cause) {
        meters.consumers.decrementAndGet();
    }

    @Override
    public void onDelivered(int channel, String queue, Delivery delivery) {
        meters.consumed.increment();
        if (!delivery.autoAcknowledged()) {
            meters.unsettled.incrementAndGet();
        }
    }

    @Override
    public HandlingObservation onHandling(int channel, String queue, Delivery delivery) {
        long begin = System.nanoTime();
        return failure -> (failure == null ? meters.handled : meters.handlingFailed)
                .record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
    }

    @Override
    public void onSettled(int channel, Settlement how, boolean requeue, int count) {
        meters.unsettled.addAndGet(-count);
        switch (how) {
            case ACKED -> meters.acknowledged.increment(count);
            case NACKED, REJECTED -> meters.rejected.increment(count);
            case TAKEN_BACK -> meters.takenBack.increment(count);
        }
    }
}
