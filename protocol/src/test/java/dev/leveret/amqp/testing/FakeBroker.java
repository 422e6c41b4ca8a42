package dev.leveret.amqp.testing;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.FrameReader;
import dev.leveret.amqp.wire.FrameType;
import dev.leveret.amqp.wire.FrameWriter;
import dev.leveret.amqp.wire.Method;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A broker that follows a script: it expects methods in an order and answers as told. Bytes in, bytes out; a
 * {@link FakeBrokerServer} gives it a socket, a {@link MachineRig} lets a machine talk to it in memory.
 *
 * <pre>
 * FakeBroker broker = new FakeBroker().handshake().channel(1)
 *         .expect(QueueMethod.Declare.class).reply(new QueueMethod.DeclareOk("q", 0, 0))
 *         .expect(BasicMethod.Publish.class).reply(new BasicMethod.Ack(1, false));
 * </pre>
 *
 * <p>What arrives when nothing is expected, or something else is, fails the script, unless {@link #otherwise} takes it.
 * Not thread-safe; its carrier sees to that: after a socket is there, ask and speak through {@link FakeBrokerServer}.
 */
public final class FakeBroker {

    /** What the fake says of itself. */
    public static final Map<String, @Nullable Object> SERVER_PROPERTIES = Map.of(
            "product", "FakeBroker",
            "version", "1.2.3",
            "capabilities", Map.of("basic.nack", true, "consumer_cancel_notify", true));

    /** What {@link #start} says. */
    public static final ConnectionMethod.Start START =
            new ConnectionMethod.Start(0, 9, SERVER_PROPERTIES, "PLAIN AMQPLAIN", "en_US");

    /** What {@link #handshake()} offers: ordinary limits and no heartbeats. */
    public static final ConnectionMethod.Tune TUNE = new ConnectionMethod.Tune(2047, 131072, 0);

    private static final byte[] PROTOCOL_HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};

    /** One line of the script: it waits for the header or a method, or does something when it is reached. */
    private record Step(
            String description,
            boolean header,
            @Nullable Predicate<Received> expectation,
            @Nullable Consumer<@Nullable Received> action) {}

    private final Deque<Step> script = new ArrayDeque<>();
    private final List<Received> received = new ArrayList<>();
    /** What had been read already when the broker stopped listening. */
    private final Deque<Received> unheard = new ArrayDeque<>();

    private final FrameReader reader = new FrameReader(new FrameLog(this::onReceived, () -> this.heartbeats++));
    private final ByteBuf headerBytes = Unpooled.buffer();
    private ByteBuf out = Unpooled.buffer();
    private @Nullable BiConsumer<FakeBroker, Received> rest;
    private @Nullable Received last;
    private int frameMax = FrameType.INITIAL_FRAME_MAX;
    private int heartbeats;
    private boolean headerSeen;
    private boolean dropped;
    private boolean stalled;
    private @Nullable AssertionError failure;

    // ---- the script -----------------------------------------------------------------------------------------------

    /** The whole handshake with ordinary limits and no heartbeats. */
    public FakeBroker handshake() {
        return handshake(TUNE);
    }

    /** The whole handshake with ordinary limits as a RabbitMQ of this version. */
    public FakeBroker handshakeOfRabbitMq(String version) {
        Map<String, @Nullable Object> properties = new HashMap<>(SERVER_PROPERTIES);
        properties.put("product", "RabbitMQ");
        properties.put("version", version);
        return header().send(0, new ConnectionMethod.Start(0, 9, properties, "PLAIN AMQPLAIN", "en_US"))
                .agree(TUNE);
    }

    /** The whole handshake with these limits. */
    public FakeBroker handshake(ConnectionMethod.Tune tune) {
        return start().agree(tune);
    }

    private FakeBroker agree(ConnectionMethod.Tune tune) {
        return expect(ConnectionMethod.StartOk.class)
                .reply(tune)
                .tuneOk()
                .expect(ConnectionMethod.Open.class)
                .reply(new ConnectionMethod.OpenOk());
    }

    /** Expects the protocol header and says {@code connection.start}. */
    public FakeBroker start() {
        return header().send(0, START);
    }

    /** Expects the protocol header. */
    public FakeBroker header() {
        script.add(new Step("the protocol header", true, null, null));
        return this;
    }

    /** Expects {@code connection.tune-ok} and keeps to it. */
    public FakeBroker tuneOk() {
        return expect(ConnectionMethod.TuneOk.class).then(it -> {
            frameMax = (int) ((ConnectionMethod.TuneOk) it.method()).frameMax();
            reader.frameMax(frameMax);
        });
    }

    /** Expects the opening of a channel and grants it. */
    public FakeBroker channel(int number) {
        return expect(ChannelMethod.Open.class, it -> it.channel() == number).reply(new ChannelMethod.OpenOk());
    }

    /** Expects {@code connection.close} and answers it. */
    public FakeBroker connectionClose() {
        return expect(ConnectionMethod.Close.class)
                .reply(new ConnectionMethod.CloseOk())
                .drop();
    }

    /** Expects {@code channel.close} and answers it. */
    public FakeBroker channelClose() {
        return expect(ChannelMethod.Close.class).reply(new ChannelMethod.CloseOk());
    }

    public FakeBroker expect(Class<? extends Method> method) {
        return expect(method, it -> true);
    }

    public FakeBroker expect(Class<? extends Method> method, Predicate<Received> more) {
        return expecting(method.getSimpleName(), it -> method.isInstance(it.method()) && more.test(it));
    }

    /** Expects exactly this method on this channel. */
    public FakeBroker expect(int channel, Method method) {
        return expecting(
                channel + ":" + method,
                it -> it.channel() == channel && it.method().equals(method));
    }

    private FakeBroker expecting(String description, Predicate<Received> expectation) {
        script.add(new Step(description, false, expectation, null));
        return this;
    }

    /** Answers the last expected method on its channel. */
    public FakeBroker reply(Method... methods) {
        return then(request -> {
            for (Method method : methods) {
                say(request.channel(), method);
            }
        });
    }

    /** Answers the last expected method with what it makes of it. */
    public FakeBroker replyWith(Function<Received, Method> reply) {
        return then(request -> say(request.channel(), reply.apply(request)));
    }

    /** Says something unasked. */
    public FakeBroker send(int channel, Method method) {
        return perform(() -> say(channel, method));
    }

    /** Says something with content. */
    public FakeBroker send(int channel, Method method, BasicProperties properties, byte[] body) {
        return perform(() -> say(channel, method, properties, body));
    }

    /** Delivers a text to a consumer. */
    public FakeBroker deliver(int channel, String consumerTag, long deliveryTag, String text) {
        return perform(() -> sayDelivery(channel, consumerTag, deliveryTag, text));
    }

    /** Sends bytes that need not be a frame. */
    public FakeBroker raw(byte... bytes) {
        return perform(() -> sayRaw(bytes));
    }

    public FakeBroker heartbeat() {
        return perform(this::sayHeartbeat);
    }

    /** Closes the transport without a word. */
    public FakeBroker drop() {
        return perform(this::hangUp);
    }

    /** Reads no more and says no more, but keeps the transport open, until {@link #listen}. */
    public FakeBroker stall() {
        return perform(() -> stalled = true);
    }

    /** Does something when the script comes here; it is given the last expected method. */
    public FakeBroker then(Consumer<Received> action) {
        script.add(new Step("an action", false, null, it -> {
            if (it == null) {
                throw new AssertionError("the script answers a method before it expects one");
            }
            action.accept(it);
        }));
        return this;
    }

    private FakeBroker perform(Runnable action) {
        script.add(new Step("an action", false, null, it -> action.run()));
        return this;
    }

    /** When the script is over, channels and the connection may be closed, and nothing else is expected. */
    public FakeBroker polite() {
        return otherwise((broker, arrived) -> {
            if (!broker.answersClose(arrived)) {
                broker.fail(new AssertionError("expected nothing but closing, received " + arrived));
            }
        });
    }

    /** Answers what closes a channel or the connection, or the answer to that; whether it was that. */
    public boolean answersClose(Received arrived) {
        if (arrived.method() instanceof ChannelMethod.Close) {
            say(arrived.channel(), new ChannelMethod.CloseOk());
        } else if (arrived.method() instanceof ConnectionMethod.Close) {
            say(0, new ConnectionMethod.CloseOk());
            hangUp();
        } else {
            return arrived.method() instanceof ChannelMethod.CloseOk
                    || arrived.method() instanceof ConnectionMethod.CloseOk;
        }
        return true;
    }

    /** When the script is over, whatever arrives goes here. */
    public FakeBroker otherwise(BiConsumer<FakeBroker, Received> taker) {
        rest = taker;
        return this;
    }

    // ---- what it does at once: in actions and through FakeBrokerServer.act ------------------------------------------

    public void say(int channel, Method method) {
        FrameWriter.method(out, channel, method);
    }

    public void say(int channel, Method method, BasicProperties properties, byte[] body) {
        FrameWriter.method(out, channel, method);
        FrameWriter.contentHeader(out, channel, BasicMethod.CLASS_ID, body.length, properties);
        int payloadMax = frameMax - FrameType.OVERHEAD;
        for (int offset = 0; offset < body.length; offset += payloadMax) {
            FrameWriter.body(out, channel, body, offset, Math.min(payloadMax, body.length - offset));
        }
    }

    public void sayDelivery(int channel, String consumerTag, long deliveryTag, String text) {
        say(
                channel,
                new BasicMethod.Deliver(consumerTag, deliveryTag, false, "", "q"),
                BasicProperties.EMPTY,
                text.getBytes(StandardCharsets.UTF_8));
    }

    public void sayRaw(byte... bytes) {
        out.writeBytes(bytes);
    }

    public void sayHeartbeat() {
        FrameWriter.heartbeat(out);
    }

    public void hangUp() {
        dropped = true;
    }

    /** Ends {@link #stall}; the script goes on. */
    public void listen() {
        stalled = false;
        perform(last);
        while (!stalled && !unheard.isEmpty()) {
            onReceived(unheard.remove());
        }
    }

    // ---- what the carrier uses ------------------------------------------------------------------------------------

    /** Feeds what the client wrote. */
    void onBytes(ByteBuf in) {
        try {
            if (!headerSeen) {
                headerBytes.writeBytes(in, Math.min(in.readableBytes(), 8 - headerBytes.readableBytes()));
                if (headerBytes.readableBytes() < 8) {
                    return;
                }
                onHeader();
            }
            if (in.isReadable() && failure == null) {
                reader.read(in);
            }
        } catch (AssertionError e) {
            fail(e);
        } catch (RuntimeException e) {
            fail(new AssertionError("the client wrote what cannot be read: " + e, e));
        }
    }

    /** What to write to the client; the caller releases it. */
    ByteBuf takeOutput() {
        ByteBuf output = out;
        out = Unpooled.buffer();
        return output;
    }

    boolean isDropped() {
        return dropped;
    }

    boolean isStalled() {
        return stalled;
    }

    // ---- what tests ask -------------------------------------------------------------------------------------------

    /** Everything that was received, in order. */
    public List<Received> received() {
        return List.copyOf(received);
    }

    /** The methods of {@link #received()} of one kind. */
    public <M extends Method> List<M> received(Class<M> kind) {
        return received.stream()
                .map(Received::method)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    public int heartbeats() {
        return heartbeats;
    }

    /** Whether all that was expected has come. */
    public boolean isDone() {
        return script.isEmpty() || failure != null;
    }

    /** Fails if the script has failed or is not done. */
    public void assertDone() {
        if (failure != null) {
            throw new AssertionError(failure.getMessage(), failure);
        }
        if (!script.isEmpty()) {
            throw new AssertionError(
                    "still expected: " + script.stream().map(Step::description).toList() + "; received: " + received);
        }
    }

    private void onHeader() {
        headerSeen = true;
        byte[] bytes = new byte[8];
        headerBytes.getBytes(0, bytes);
        if (!Arrays.equals(bytes, PROTOCOL_HEADER)) {
            throw new AssertionError("not the protocol header: " + Arrays.toString(bytes));
        }
        Step step = script.poll();
        if (step == null || !step.header) {
            throw new AssertionError("the script does not begin with the protocol header");
        }
        perform((Received) null);
    }

    private void onReceived(Received arrived) {
        if (stalled) {
            unheard.add(arrived);
            return;
        }
        received.add(arrived);
        Step step = script.peek();
        if (step == null && rest != null && failure == null) {
            rest.accept(this, arrived);
            return;
        }
        script.poll();
        if (step == null || step.expectation == null || !step.expectation.test(arrived)) {
            fail(new AssertionError("expected " + (step == null ? "nothing" : step.description) + ", received "
                    + arrived + " after " + received.subList(0, received.size() - 1)));
            return;
        }
        perform(arrived);
    }

    /** Does what the script has to do before it waits again. */
    private void perform(@Nullable Received arrived) {
        last = arrived;
        for (Step step = script.peek(); step != null && step.action != null; step = script.peek()) {
            if (stalled || dropped) {
                return;
            }
            script.poll();
            step.action.accept(arrived);
        }
    }

    private void fail(AssertionError error) {
        if (failure == null) {
            failure = error;
        }
        dropped = true;
    }
}
