package dev.leveret.jms.testing;

import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ChannelPurpose;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionDiagnostics;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.EntityOutcome;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.Negotiated;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.RecoveryReport;
import dev.leveret.amqp.api.ServerInfo;
import dev.leveret.amqp.api.ShutdownReport;
import dev.leveret.amqp.api.Topology;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A connection whose broker is the test. Requests are answered at once in the caller's thread; the calling test is the event
 * loop when it makes deliveries. Queues exist when they are in {@link #queues} or have been declared.
 */
public final class FakeConnection implements AsyncConnection {

    private final WireLog log;
    private final Set<String> queues = ConcurrentHashMap.newKeySet();
    private final Map<String, ExchangeSpec> exchanges = new ConcurrentHashMap<>();
    private final Set<String> lockedByOthers = ConcurrentHashMap.newKeySet();
    private volatile int exchangeRefusal;
    private final List<FakeChannel> channels = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private volatile ServerInfo server = new ServerInfo("RabbitMQ", "4.0.5", Map.of());
    private volatile boolean confirmsHeld;
    private volatile OutboundMessage lastMessage;
    private volatile Consumer<String> onLookUp = queue -> {};
    private final List<Consumer<? super ConnectionEvent>> listeners = new CopyOnWriteArrayList<>();
    private volatile CompletableFuture<Void> restored = CompletableFuture.completedFuture(null);
    private volatile int interruptions;

    public FakeConnection(WireLog log) {
        this.log = log;
    }

    public WireLog log() {
        return log;
    }

    public Set<String> queues() {
        return queues;
    }

    /** The exchanges that have been declared. */
    Map<String, ExchangeSpec> exchanges() {
        return exchanges;
    }

    /** The queues that are another connection's. */
    public Set<String> lockedByOthers() {
        return lockedByOthers;
    }

    /** Refuses with this code to declare exchanges. */
    public void refuseExchanges(int code) {
        exchangeRefusal = code;
    }

    int exchangeRefusal() {
        return exchangeRefusal;
    }

    /** Pretends to be another broker from now on. */
    public void become(String product, String version) {
        server = new ServerInfo(product, version, Map.of());
    }

    /** Does this whenever a queue is looked up, before the answer. */
    public void onLookUp(Consumer<String> action) {
        onLookUp = action;
    }

    void lookedUp(String queue) {
        onLookUp.accept(queue);
    }

    /** From now on publishes stay unconfirmed until {@link #publishes} are completed. */
    public void holdConfirms() {
        confirmsHeld = true;
    }

    boolean confirmsHeld() {
        return confirmsHeld;
    }

    /** The last message that was published or sent. */
    public OutboundMessage lastMessage() {
        return lastMessage;
    }

    void remember(OutboundMessage message) {
        lastMessage = message;
    }

    /** The publishes of all channels that are not confirmed yet. */
    public List<FakeChannel.Publish> publishes() {
        return channels.stream().flatMap(it -> it.publishes().stream()).toList();
    }

    /** Delivers text messages from a queue to its newest consumer, as one batch; the caller is the event loop. */
    public void deliver(String queue, String... bodies) {
        FakeSubscription consumer = consumerOf(queue);
        for (String body : bodies) {
            consumer.deliver(
                    false,
                    BasicProperties.builder().contentType("text/plain").build(),
                    body.getBytes(StandardCharsets.UTF_8));
        }
        consumer.batchEnd();
    }

    /** The newest consumer of a queue that is not cancelled. */
    public FakeSubscription consumerOf(String queue) {
        return consumers(queue).stream()
                .reduce((older, newer) -> newer)
                .orElseThrow(() -> new AssertionError("nobody consumes from " + queue));
    }

    /** The consumers of a queue that are not cancelled, oldest first. */
    public List<FakeSubscription> consumers(String queue) {
        return channels.stream()
                .flatMap(it -> it.consumers().stream())
                .filter(it -> it.queue().equals(queue) && !it.ended().isDone())
                .toList();
    }

    /** How many channels are open. */
    public long openChannels() {
        return channels.stream().filter(FakeChannel::isOpen).count();
    }

    /** The broker closes the channel on which publishes wait. */
    public void closeChannelOfPublishes(int code, String text) {
        channels.stream()
                .filter(it -> !it.publishes().isEmpty())
                .forEach(it -> it.end(new ChannelClosedException(text, code, true, "basic.publish", null)));
    }

    /** The broker closes the channel of a queue's consumer. */
    public void closeChannelOfConsumer(String queue) {
        consumerOf(queue).channel().end(new ChannelClosedException("the test closed it", 541, true, "", null));
    }

    /** The connection breaks, and will be recovered. */
    public void interrupt() {
        ConnectionLostException cause = new ConnectionLostException("the test cut the line", null);
        restored = new CompletableFuture<>();
        interruptions++;
        tell(new ConnectionEvent.Lost(cause));
        channels.stream().filter(it -> !it.closed().isDone()).forEach(it -> it.interrupt(cause));
    }

    /** It is there again. */
    public void restore() {
        restore(List.of());
    }

    /** It is there again, with what became of some things. */
    public void restore(List<EntityOutcome> outcomes) {
        CompletableFuture<Void> last = restored;
        restored = CompletableFuture.completedFuture(null);
        tell(new ConnectionEvent.Recovered(new RecoveryReport(outcomes, 1, Duration.ZERO, 0)));
        last.complete(null);
    }

    public void tell(ConnectionEvent event) {
        listeners.forEach(it -> it.accept(event));
    }

    /** Deliveries of before the last one are stale. */
    int interruptions() {
        return interruptions;
    }

    /** Does this now, or when the connection is there again. */
    <T> CompletableFuture<T> whenOpen(Supplier<CompletableFuture<T>> action) {
        return restored.isDone() ? action.get() : restored.thenCompose(it -> action.get());
    }

    /** The connection breaks for good. */
    public void lose() {
        ConnectionLostException cause = new ConnectionLostException("the test cut the line", null);
        closed.completeExceptionally(cause);
        channels.forEach(it -> it.end(cause));
    }

    @Override
    public CompletableFuture<AsyncChannel> openChannel(ChannelPurpose purpose) {
        return openChannel();
    }

    @Override
    public CompletableFuture<ShutdownReport> shutdown(Duration patience) {
        throw new AssertionError("not used");
    }

    @Override
    public CompletableFuture<AsyncChannel> openChannel() {
        if (closed.isDone()) {
            return CompletableFuture.failedFuture(new ConnectionLostException("the connection has ended", null));
        }
        return whenOpen(() -> {
            FakeChannel channel = new FakeChannel(this, channels.size() + 1);
            channels.add(channel);
            return CompletableFuture.completedFuture(channel);
        });
    }

    @Override
    public CompletableFuture<Void> updateSecret(byte[] newSecret, String reason) {
        throw new AssertionError("not used");
    }

    @Override
    public CompletableFuture<Void> declare(Topology topology) {
        throw new AssertionError("not used");
    }

    @Override
    public CompletableFuture<Void> close() {
        log.add("connection.close");
        channels.forEach(FakeChannel::close);
        closed.complete(null);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> closed() {
        return closed;
    }

    @Override
    public boolean isOpen() {
        return !closed.isDone() && restored.isDone();
    }

    @Override
    public ServerInfo serverInfo() {
        return server;
    }

    @Override
    public Negotiated negotiated() {
        return new Negotiated(2047, 131072, Duration.ZERO);
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public AutoCloseable onEvent(Consumer<? super ConnectionEvent> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public CompletableFuture<ConnectionDiagnostics> diagnostics() {
        throw new UnsupportedOperationException("nothing here is stuck");
    }

    @Override
    public Connection blocking() {
        throw new AssertionError("not used");
    }
}
